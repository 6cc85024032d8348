import Testing

@testable import ChartGenerator

/// What is wrong with templates is said with file and line, all of it at once.
struct TemplateReaderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let faults: [String]

        init(_ name: String, _ text: String, _ faults: String...) {
            (testDescription, self.text, self.faults) = (name, text, faults)
        }
    }

    static let cases = [
        Case("no YAML", "a: [", "a.yaml:2:1: did not find expected node content"),
        Case("no manifest", "- 1\n", "a.yaml:1: is no manifest: apiVersion and kind are expected"),
        Case(
            "another group", manifest().replacing("cellbytes.io/v1", with: "example.com/v1"),
            "a.yaml:1: apiVersion: \"example.com/v1\" has no JobTemplate of this kind; it is cellbytes.io/v1"),
        Case(
            "no name", manifest().replacing("  name: import", with: "  labels: {}"),
            "a.yaml:3: metadata.name is missing; a chart's templates have fixed names"),
        Case("a name that is a number", manifest("5"), "a.yaml:4: metadata.name: must be a text; put 5 in quotes"),
        Case(
            "a label that is a number", manifest("x\n  labels:\n    a: 1"),
            "a.yaml:6: metadata.labels[a]: must be a text; put 1 in quotes"),
        Case(
            "an unknown field", manifest(container: "imagee: app:1"),
            "a.yaml:11: spec.template.spec.containers[0].imagee: there is no such field"),
        Case(
            "a wrong type", manifest(container: "image: 5"),
            "a.yaml:11: spec.template.spec.containers[0].image: Invalid value: \"integer\": "
                + "spec.template.spec.containers[0].image in body must be of type string: \"integer\"; 5 is no text "
                + "without quotes: write \"5\""),
        Case(
            "a name that YAML reads as a truth value", manifest(parameters: "- name: n"),
            "a.yaml:6: parameters[0].name: Invalid value: \"boolean\": parameters[0].name in body must be of type "
                + "string: \"boolean\"; n is no text without quotes: write \"n\""),
        Case(
            "a default that the parameter refuses",
            manifest(parameters: "- name: month\n  type: integer\n  minimum: 1\n  default: 0"),
            "a.yaml:9: parameters[0].default: 0 is less than 1"),
        Case(
            "a pattern that is none", manifest(parameters: "- name: month\n  pattern: '('"),
            "a.yaml:7: parameters[0].pattern: \"(\" is no regular expression"),
        Case(
            "parameters that are not declared",
            manifest(
                parameters: "- name: month",
                container: "args: [$(params.month), $(params.moth), '$(params.all[*])', $$(params.no), $(VAR)]"),
            "a.yaml:5: parameters: $(params.all) in spec.template is not declared; declared are month",
            "a.yaml:5: parameters: $(params.moth) in spec.template is not declared; declared are month"),
        Case(
            "a parameter twice", manifest(parameters: "- name: month\n- name: month"),
            "a.yaml:7: parameters[1]: Duplicate value: {\"name\":\"month\"}"),
        Case(
            "a container twice",
            manifest(container: "image: a\n      initContainers:\n      - name: main\n        image: b"),
            "a.yaml:10: spec.template.spec.containers[0].name: there is another container \"main\" in this template"),
        Case(
            "several faults", manifest(parameters: "- name: a\n  tipe: integer\n- nam: b"),
            "a.yaml:7: parameters[0].tipe: there is no such field",
            "a.yaml:8: parameters[1].nam: there is no such field",
            "a.yaml:8: parameters[1].name: Required value"),
        Case(
            "a template twice",
            manifest() + "---\n" + manifest().replacing("  name: import", with: "  name: import\n  namespace: b"),
            "a.yaml:16: there is another JobTemplate \"import\" at a.yaml:4; values are named after templates, so rename "
                + "one, or make a chart for each namespace"),
    ]

    @Test(arguments: cases)
    func faultsAreNamed(_ given: Case) throws {
        let folder = try TemplateFolder(["a.yaml": given.text])
        #expect(folder.faults() == given.faults)
        #expect(!folder.exists("my-jobs/Chart.yaml"))
    }

    @Test func aFolderWithoutTemplatesIsRefused() throws {
        let other = try TemplateFolder(["a.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"])
        #expect(other.faults().first?.hasSuffix("/jobs: no JobTemplate (cellbytes.io/v1) in there") == true)
        let empty = try TemplateFolder(["notes.txt": ""])
        #expect(empty.faults().first?.hasSuffix("/jobs: no .yaml, .yml or .json file in there") == true)
    }

    @Test func whatIsNoTemplateStaysOutAndIsNamed() throws {
        let folder = try TemplateFolder([
            "a.yaml": manifest() + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n",
            "b.json": #"{"kind": "List", "apiVersion": "v1", "items": [{"kind": "Pod", "apiVersion": "v1"}]}"#,
            "c.txt": "nothing of ours",
        ])
        #expect(
            try folder.generate().notices == [
                "a.yaml:13: the Secret \"s\" stays out: a chart of templates holds JobTemplates only",
                "b.json:1: the Pod stays out: a chart of templates holds JobTemplates only",
            ])
    }

    @Test func whatCannotBeReadOrWrittenIsSaid() throws {
        let folder = try TemplateFolder(["a.yaml": manifest()])
        try folder.write("", to: "my-jobs/templates")
        #expect(folder.faults() == ["templates/NOTES.txt: cannot be written: File exists"])
        try folder.remove("jobs/a.yaml")
        #expect(folder.faults().first?.hasSuffix("no .yaml, .yml or .json file in there") == true)
    }

    @Test(arguments: ["My_Jobs", "", ".", "a.b"])
    func aFolderThatCannotNameAChartIsRefused(_ name: String) throws {
        #expect(throws: ChartError.self) {
            try TemplateChartGeneration(sources: ["x"], output: "charts/\(name)", version: nil, isForced: false)
        }
    }
}
