import Foundation
import TestSupport
import Testing

struct DocumentationTests {
    private static let pages =
        Repository.files(under: "docs", endingWith: ".md") + [
            "README.md", "CONTRIBUTING.md", "kubectl-plugin/README.md",
        ]

    /// A link to a file of this repository leads to one.
    @Test func linksResolve() throws {
        var checked = 0
        for page in Self.pages {
            guard let text = try? Repository.text(page) else { continue }
            let folder = Repository.url(page).deletingLastPathComponent()
            for link in text.matches(of: /\]\(([^)\s]+)\)/).map(\.1) where !link.contains("://") && !link.hasPrefix("#")
            {
                let path = link.prefix { $0 != "#" }
                checked += 1
                #expect(
                    FileManager.default.fileExists(atPath: folder.appending(path: String(path)).path),
                    "\(page) links to \(link), which is not there")
            }
        }
        #expect(checked > 5, "the pages have hardly any links")
    }

    /// A file of this repository that a page names as code exists.
    @Test func filesThatPagesNameExist() throws {
        for page in Self.pages {
            guard let text = try? Repository.text(page) else { continue }
            for path in text.matches(of: /(?:docs|Sources|Tests|scripts)\/[A-Za-z0-9_\/.-]*[A-Za-z0-9]/).map(\.output)
            where !path.contains("...") && !text.contains("/" + path) {
                #expect(
                    FileManager.default.fileExists(atPath: Repository.url(String(path)).path),
                    "\(page) names \(path), which is not there")
            }
        }
    }

    @Test func theArchitectureFitsOnTwoScreens() throws {
        let lines = try Repository.text("docs/explanation/architecture.md").split(separator: "\n")
        #expect(lines.count <= 100)
    }
}
