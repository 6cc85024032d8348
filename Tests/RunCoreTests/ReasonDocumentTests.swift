import RunCore
import TestSupport
import Testing

struct ReasonDocumentTests {
    /// The first table of docs/reasons.md is the list of the code: nothing missing, nothing left over, same order.
    @Test func thePageListsExactlyOurReasons() throws {
        let page = try Repository.text("docs/reasons.md")
        let ours = page.split(separator: "## The Job controller's").first ?? ""
        let documented = ours.split(separator: "\n").compactMap { line in
            line.hasPrefix("| `") ? line.split(separator: "`").dropFirst().first.map(String.init) : nil
        }
        #expect(documented == RunReason.allCases.map(\.rawValue))
    }

    @Test func thePagesNameEveryPhase() throws {
        let page = try Repository.text("docs/reference/job-template.md")
        for phase in RunPhase.allCases { #expect(page.contains("`\(phase.rawValue)`")) }
    }

    @Test func theReferenceNamesEveryOverride() throws {
        let page = try Repository.text("docs/reference/job-template.md")
        for field in JobOverride.allCases { #expect(page.contains("`\(field.rawValue)`"), "\(field)") }
    }
}
