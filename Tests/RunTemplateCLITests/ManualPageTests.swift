import KubeObjects
import TestSupport
import Testing

@testable import RunTemplateCLI

struct ManualPageTests {
    @Test("Golden: the manual page is made from the commands; make golden writes it")
    func theManualIsCurrent() throws {
        try Golden.expect(ManualPage.text, matches: "kubectl-plugin/kubectl-run-template.1")
    }

    @Test func everyVerbAndFlagIsTold() {
        let page = ManualPage.text.replacing("\\-", with: "-")
        for verb in RunTemplate.verbs.subtracting(["help"]) {
            #expect(page.contains("\n.SS \"\(verb)\"\n"), "\(verb)")
        }
        for flag in FlagTable.all.names
        where !["username", "password", "client-certificate", "client-key", "field-manager", "version"].contains(flag) {
            #expect(page.contains("--\(flag)\\fR"), "--\(flag)")
        }
    }
}
