import KubeObjects
import Testing

struct ResourceVersionTests {
    struct OrderCase: Sendable, CustomTestStringConvertible {
        var version: String?
        var other: String?
        var isOlder: Bool
        var testDescription: String { "\(version ?? "nil") before \(other ?? "nil")" }
    }

    @Test(arguments: [
        OrderCase(version: "9", other: "10", isOlder: true),
        OrderCase(version: "10", other: "9", isOlder: false),
        OrderCase(version: "10", other: "10", isOlder: false),
        OrderCase(version: "1844674407370955161600", other: "1844674407370955161601", isOlder: true),
        OrderCase(version: nil, other: "1", isOlder: false),
        OrderCase(version: "1", other: nil, isOlder: false),
        OrderCase(version: "abc", other: "abd", isOlder: false),
        OrderCase(version: "01", other: "2", isOlder: false),
        OrderCase(version: "", other: "2", isOlder: false),
    ])
    func numbersHaveAnOrderAndNothingElseHas(_ row: OrderCase) {
        #expect(ResourceVersion.isOlder(row.version, than: row.other) == row.isOlder)
    }
}
