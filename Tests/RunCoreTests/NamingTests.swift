import RunCore
import Testing

struct NamingTests {
    @Test func theSameRunAndAttemptGiveTheSameName() {
        let name = JobName.name(run: "greet-1", uid: "u1")
        #expect(name == JobName.name(run: "greet-1", uid: "u1"))
        #expect(name != JobName.name(run: "greet-1", uid: "u2"))
        #expect(name != JobName.name(run: "greet-1", uid: "u1", attempt: 1))
        #expect(name.hasPrefix("greet-1-"))
    }

    @Test(arguments: [
        "a", "greet-1", "a.b.c", String(repeating: "x", count: 253), String(repeating: "a-", count: 60) + "b",
    ])
    func namesAreLegalHostNames(_ run: String) {
        let name = JobName.name(run: run, uid: "5f8c")
        #expect(name.count <= JobName.maximumLength)
        #expect(name.wholeMatch(of: /[a-z0-9]([-a-z0-9]*[a-z0-9])?/) != nil)
        #expect(!name.contains("--"))
    }

    @Test func shortNamesAreTheirOwnLabelValues() {
        let name = String(repeating: "n", count: 63)
        #expect(LabelValue.name(name) == name)
    }

    @Test func longNamesAreShortenedAndStayDistinct() {
        let first = LabelValue.name(String(repeating: "n", count: 100) + ".a")
        let second = LabelValue.name(String(repeating: "n", count: 100) + ".b")
        #expect(first.count == LabelValue.maximumLength)
        #expect(first != second)
        let dotted = LabelValue.name(String(repeating: "a", count: 51) + "." + String(repeating: "b", count: 40))
        #expect(dotted.wholeMatch(of: /[a-z0-9][-a-z0-9.]*[a-z0-9]/) != nil)
        #expect(!dotted.contains(".-"))
    }
}
