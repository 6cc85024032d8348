import KubeObjects
import Testing

@testable import ChartGenerator

/// A chart of templates that is generated again follows the templates and keeps what a person has changed.
struct TemplateUpdateTests {
    private static let month = "- name: month\n  default: \"2031-05\""

    private func folder(_ text: String = manifest(parameters: month)) throws -> TemplateFolder {
        let folder = try TemplateFolder(["a.yaml": text])
        try folder.generate()
        return folder
    }

    @Test func nothingNewWritesNothing() throws {
        let folder = try folder()
        let again = try folder.generate()
        #expect(again.written == [])
        #expect(again.notices == [])
    }

    @Test func whatWasNotChangedFollowsTheTemplates() throws {
        let folder = try folder()
        try folder.edit("jobs/a.yaml", "app:1", "app:2")
        try folder.edit("jobs/a.yaml", "2031-05", "2031-06")
        #expect(try folder.generate().notices == [])
        let values = try folder.text("my-jobs/values.yaml")
        #expect(
            values == TemplateChart(name: "my-jobs", version: "0.1.0", templates: try folder.templates()).valuesText)
    }

    @Test func editedValuesStayWithTheirCommentsAndTheOthersFollow() throws {
        let folder = try folder()
        try folder.edit("my-jobs/values.yaml", "month: 2031-05", "month: \"1999-01\"   # for the archive")
        try folder.edit("my-jobs/values.yaml", "image: app:1", "image: app:1 # from our registry")
        try folder.edit("jobs/a.yaml", "app:1", "app:2")
        try folder.edit("jobs/a.yaml", "2031-05", "2031-06")
        let again = try folder.generate()
        #expect(
            again.notices == [
                "values.yaml: templates.import.parameters.month stays \"1999-01\", which was set by hand; the templates "
                    + "say \"2031-06\""
            ])
        let values = try folder.text("my-jobs/values.yaml")
        #expect(values.contains("      month: \"1999-01\"   # for the archive\n"))
        #expect(values.contains("        image: app:2 # from our registry\n"))
        #expect(try folder.generate().notices == [])
    }

    @Test func newValuesAreAddedToAnEditedFile() throws {
        let folder = try folder()
        try folder.edit("my-jobs/values.yaml", "month: 2031-05", "month: \"1999-01\"")
        try folder.write(try folder.text("my-jobs/values.yaml") + "\nmine:\n  a: 1 # own\n", to: "my-jobs/values.yaml")
        try folder.write(
            manifest(
                parameters: Self.month + "\n- name: day\n  type: integer\n  default: 3\n  description: which day",
                container: "image: app:1\n      - name: second\n        image: b"), to: "jobs/a.yaml")
        try folder.write(manifest("export"), to: "jobs/b.yaml")
        #expect(try folder.generate().notices == [])
        let text = try folder.text("my-jobs/values.yaml")
        let values = try #require(try YAML.parse(text).first?.value)
        #expect(values["templates"]?["import"]?["parameters"] == ["month": "1999-01", "day": 3])
        #expect(values["templates"]?["import"]?["containers"]?["second"]?["image"] == "b")
        #expect(values["templates"]?["export"]?["containers"]?["main"]?["image"] == "app:1")
        #expect(values["mine"] == ["a": 1])
        #expect(text.contains("      # which day (of type integer)\n      day: 3\n"))
        #expect(text.contains("a: 1 # own\n"))
        let schema = try JSONValue(parsing: try folder.text("my-jobs/values.schema.json"))
        #expect(schema["properties"]?.object?.keys == ["templates", "global", "mine"])
    }

    @Test func whatIsGoneFromTheTemplatesLeavesTheValues() throws {
        let folder = try folder(manifest(parameters: Self.month + "\n- name: day\n  default: \"3\""))
        try folder.write(manifest("export"), to: "jobs/b.yaml")
        try folder.generate()
        try folder.edit("my-jobs/values.yaml", "day: \"3\"", "day: \"4\"")
        try folder.write(manifest("export"), to: "jobs/a.yaml")
        try folder.write(manifest(parameters: Self.month), to: "jobs/b.yaml")
        #expect(
            try folder.generate().notices == [
                "values.yaml: templates.import.parameters.day is gone with what it was for; set by hand it was \"4\""
            ])
        try folder.write(manifest("other"), to: "jobs/a.yaml")
        let again = try folder.generate()
        #expect(again.written.contains("templates/export.yaml (removed)"))
        #expect(!folder.exists("my-jobs/templates/export.yaml"))
        let values = try #require(try YAML.parse(try folder.text("my-jobs/values.yaml")).first?.value)
        #expect(values["templates"]?.object?.keys == ["import", "other"])
        #expect(values["templates"]?["import"]?["parameters"] == ["month": "2031-05"])
    }

    @Test func editedFilesAreLeftAloneAndNamed() throws {
        let folder = try folder()
        try folder.edit("my-jobs/templates/import.yaml", "restartPolicy: Never", "restartPolicy: OnFailure")
        try folder.edit("my-jobs/Chart.yaml", "type: application", "type: application\nicon: https://example.com/i.png")
        try folder.write("mine\n", to: "my-jobs/templates/own.yaml")
        try folder.remove("my-jobs/templates/NOTES.txt")
        try folder.edit("jobs/a.yaml", "2031-05", "2031-06")
        let again = try folder.generate(version: "0.2.0")
        #expect(
            again.notices == [
                "templates/NOTES.txt: was deleted by hand and is not made again; --force makes it",
                "templates/import.yaml: was changed by hand and is left alone; --force writes over it",
            ])
        #expect(try folder.text("my-jobs/templates/import.yaml").contains("OnFailure"))
        #expect(try folder.text("my-jobs/templates/own.yaml") == "mine\n")
        let head = try folder.text("my-jobs/Chart.yaml")
        #expect(head.contains("version: 0.2.0\n") && head.contains("icon: https"))
        try folder.write(manifest("export"), to: "jobs/b.yaml")
        try folder.generate()
        try folder.remove("jobs/b.yaml")
        try folder.edit("my-jobs/templates/export.yaml", "restartPolicy: Never", "restartPolicy: OnFailure")
        #expect(
            try folder.generate().notices.contains(
                "templates/export.yaml: its template is gone, but it was changed by hand and is left alone"))
        try folder.write("{}", to: "my-jobs/.chart-generator.json")
        #expect(
            folder.faults() == [".chart-generator.json: is not what chart-generator wrote; restore it, or use --force"])
        let forced = try folder.generate(isForced: true)
        #expect(forced.notices.contains("templates/import.yaml: written over"))
        #expect(!(try folder.text("my-jobs/templates/import.yaml").contains("OnFailure")))
        #expect(folder.exists("my-jobs/templates/NOTES.txt"))
        #expect(try folder.text("my-jobs/Chart.yaml").contains("version: 0.2.0\n"))
    }

    @Test func aValueTakenOutIsNotPutBack() throws {
        let folder = try folder()
        try folder.edit("my-jobs/values.yaml", "      month: 2031-05\n", "      month2: x\n")
        #expect(
            try folder.generate().notices == [
                "values.yaml: templates.import.parameters.month was taken out by hand and is not put back"
            ])
    }

    @Test func valuesThatCannotBeMergedAreRefusedUntouched() throws {
        let folder = try folder()
        let flow =
            "templates: {import: {parameters: {month: 1999-01}, containers: {main: {image: app:1, resources: {}}}}}\n"
        try folder.write(flow, to: "my-jobs/values.yaml")
        try folder.edit("jobs/a.yaml", "app:1", "app:2")
        let template = try folder.text("my-jobs/templates/import.yaml")
        #expect(
            folder.faults() == [
                "values.yaml:1: is not in block style, one value a line; put it into that form, or use --force to write "
                    + "the file anew"
            ])
        #expect(try folder.text("my-jobs/values.yaml") == flow)
        #expect(try folder.text("my-jobs/templates/import.yaml") == template)
    }

    @Test func aChartOfOthersIsNotTouched() throws {
        let folder = try TemplateFolder(["a.yaml": manifest()])
        try folder.write("name: theirs\n", to: "my-jobs/Chart.yaml")
        #expect(folder.faults().first?.hasPrefix("there is a chart already") == true)
        #expect(try folder.text("my-jobs/Chart.yaml") == "name: theirs\n")
    }

    @Test func checkFailsWhenThereIsSomethingToWrite() throws {
        let folder = try folder()
        let generation = { (folder: TemplateFolder) in
            try TemplateChartGeneration(
                sources: ["\(folder.path)/jobs"], output: folder.chart, version: nil, isForced: false)
        }
        try generation(folder).check()
        try folder.edit("jobs/a.yaml", "app:1", "app:2")
        #expect(throws: ChartError.self) { try generation(folder).check() }
    }

    struct Edit: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let path: [String]
        let new: JSONValue
        let result: String
    }

    static let edits = [
        Edit(
            testDescription: "a value of several lines", text: "a:\n  b: |+\n    x\n\n  # next\n  c: 1\n",
            path: ["a", "b"], new: "y", result: "a:\n  b: \"y\"\n  # next\n  c: 1\n"),
        Edit(
            testDescription: "a list at its name's column", text: "a:\n- 1\n- 2\nb: 3\n", path: ["a"], new: [4],
            result: "a:\n- 4\nb: 3\n"),
        Edit(
            testDescription: "a value in quotes of another kind", text: "a: 'x'   # why\nb: 1\n", path: ["a"], new: "z",
            result: "a: z\nb: 1\n"),
    ]

    @Test(arguments: edits)
    func valuesAreReplacedInPlace(_ edit: Edit) throws {
        var file = try ValuesFile(edit.text)
        try file.replace(edit.path, with: edit.new)
        #expect(file.text == edit.result)
    }
}
