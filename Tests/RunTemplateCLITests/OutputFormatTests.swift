import ArgumentParser
import KubeObjects
import Testing

@testable import RunTemplateCLI

/// `-o` and its like: what is read, what is refused, what is printed.
struct OutputFormatTests {
    private static let run: KubeObject = KubeObject([
        "apiVersion": "cellbytes.io/v1", "kind": "JobRun",
        "metadata": ["name": "r", "managedFields": [["manager": "m"]], "labels": ["a": "<x>"]],
        "status": ["phase": "Failed", "exitCode": 3, "counts": [1, 2]],
    ])
    private static let other: KubeObject = KubeObject([
        "apiVersion": "cellbytes.io/v1", "kind": "JobRun", "metadata": ["name": "other\u{1B}[1m"],
    ])

    struct Case: Sendable, CustomTestStringConvertible {
        var format: String
        var text: String
        var testDescription: String { format }
    }

    @Test(arguments: [
        Case(format: "name", text: "jobrun.cellbytes.io/r\n"), Case(format: "jsonpath={.metadata.name}", text: "r"),
        Case(format: "jsonpath-as-json={.status.counts[*]}", text: "[\n    1,\n    2\n]\n"),
        Case(
            format: "custom-columns=NAME:.metadata.name,N:status.counts,X:{.status.none}",
            text: "NAME   N       X\nr      [1 2]   <none>\n"),
        Case(format: "jsonpath={.metadata.managedFields}", text: ""),
        Case(
            format: "yaml",
            text: """
                apiVersion: cellbytes.io/v1
                kind: JobRun
                metadata:
                  labels:
                    a: <x>
                  name: r
                status:
                  counts:
                  - 1
                  - 2
                  exitCode: 3
                  phase: Failed

                """),
    ])
    func anObjectIsPrinted(_ example: Case) throws {
        #expect(try OutputFormat(example.format, template: nil).text(Self.run) == example.text)
    }

    @Test func jsonIsGos() throws {
        let text = try OutputFormat.json.text(Self.run)
        #expect(text.hasPrefix("{\n    \"apiVersion\": \"cellbytes.io/v1\",\n"))
        #expect(text.contains(#""a": "\u003cx\u003e""#))
        #expect(!text.contains("managedFields"))
        var format = OutputFormat.json
        format.showsManagedFields = true
        #expect(try format.text(Self.run).contains("managedFields"))
    }

    @Test func severalObjectsAreAList() throws {
        let objects = [Self.run, Self.other]
        let path = try OutputFormat("jsonpath", template: "{.kind}{range .items[*]} {.status.phase}.{end}")
        #expect(try path.text(objects) == "List Failed. .")
        let columns = try OutputFormat("custom-columns=N:.metadata.name,P:.status.phase", template: nil)
        #expect(try columns.text(objects) == "N            P\nr            Failed\nother^[[1m   <none>\n")
        let bare = try OutputFormat("custom-columns=N:.kind,P:.status.exitCode", template: nil, hasHeaders: false)
        #expect(try bare.text(objects) == "JobRun   3\nJobRun   <none>\n")
        #expect(try OutputFormat.name.text([Self.run]) == "jobrun.cellbytes.io/r\n")
    }

    @Test(arguments: [
        ("jsonpath", "template format specified but no template given"),
        ("jsonpath={.a[", "error parsing jsonpath {.a[, unterminated array"),
        ("jsonpath-file=/nowhere", "error reading --template /nowhere"),
        ("custom-columns", "custom-columns format specified but no custom columns given"),
        ("custom-columns=A", "unexpected custom-columns spec: A, expected <header>:<json-path-expr>"),
        ("custom-columns=A:{.x}{.y}", "unexpected path string"),
        ("custom-columns-file", "custom-columns-file format specified but no file given"),
        ("go-template={{.kind", "error parsing template {{.kind, template: output:1: unclosed action"),
        ("go-template", "template format specified but no template given"),
        ("go-template-file=/nowhere", "error reading --template /nowhere"),
        ("yaml=", "output format \"yaml=\""), ("wide=1", "output format \"wide=1\""),
        ("jsn", "unable to match a printer suitable for the output format \"jsn\""), ("jsn", "did you mean \"json\"?"),
    ])
    func whatIsNoFormatIsRefused(_ format: String, _ message: String) {
        let failure = #expect(throws: CommandFailure.self) { try OutputFormat(format, template: nil) }
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
        #expect(failure?.exitCode == 2)
    }

    @Test(arguments: [("JSON", OutputFormat.json), ("Yaml", .yaml), ("NAME", .name)])
    func whatTakesNoArgumentMayBeWrittenInAnyCase(_ word: String, _ format: OutputFormat) throws {
        #expect(try OutputFormat(word, template: nil) == format)
    }

    @Test func anEmptyFormatIsNone() throws {
        #expect(try OutputArguments.parse(["-o", ""]).read() == nil)
    }

    @Test func aTemplateThatDoesNotFitIsAFailure() throws {
        let format = try OutputFormat("jsonpath={.status.phase[0]}", template: nil)
        let failure = #expect(throws: CommandFailure.self) { try format.text(Self.run) }
        #expect(
            failure
                == CommandFailure(
                    "error executing jsonpath \"{.status.phase[0]}\": string is not array or slice", exitCode: 1))
    }

    @Test func aGoTemplateIsFilled() throws {
        for word in ["go-template", "template"] {
            let format = try OutputFormat(word, template: "{{.kind}} {{.status.phase}}{{\"\\n\"}}")
            #expect(try format.text(Self.run) == "JobRun Failed\n")
        }
        let list = try OutputFormat("go-template={{range .items}}{{.metadata.name}};{{end}}", template: nil)
        #expect(try list.text([Self.run, Self.run]) == "r;r;")
        let misfit = try OutputFormat("go-template={{.kind.x}}", template: nil)
        let failure = #expect(throws: CommandFailure.self) { try misfit.text(Self.run) }
        #expect(
            failure
                == CommandFailure(
                    "error executing template \"{{.kind.x}}\": template: output:1:7: executing \"output\" at <.kind.x>: "
                        + "can't evaluate field x in type interface {}", exitCode: 1))
    }

    @Test func columnsMayBeInAFile() throws {
        let columns = try CustomColumns(file: "NAME  CODE\nmetadata.name {.status.exitCode}\n", hasHeaders: true)
        #expect(try columns.text([Self.run.value]) == "NAME   CODE\nr      3\n")
        for text in ["", "NAME\n", "A B\n.a\n"] {
            #expect(throws: CommandFailure.self) { try CustomColumns(file: text, hasHeaders: true) }
        }
    }

    @Test(arguments: [
        (["run-9", "run-10", "run-1"], ["run-1", "run-10", "run-9"]), (["b", "a", "B"], ["B", "a", "b"]),
        (["10", "9", "a"], ["9", "10", "a"]), (["1Gi", "200Mi", "3k"], ["3k", "200Mi", "1Gi"]),
    ])
    func textsAreSortedAsKubectlDoes(_ texts: [String], _ sorted: [String]) throws {
        let values = texts.map { JSONValue.object(["k": .string($0)]) }
        #expect(try ObjectOrder("k").sorted(values) { $0 }.compactMap { $0["k"]?.string } == sorted)
    }

    @Test func whatHasNothingToSortByComesFirst() throws {
        let values: [JSONValue] = [["n": 2], ["n": 1], [:], ["n": 2, "x": 1]]
        #expect(try ObjectOrder(".n").sorted(values) { $0 } == [[:], ["n": 1], ["n": 2], ["n": 2, "x": 1]])
        #expect(throws: CommandFailure.self) { try ObjectOrder(".typo").sorted(values) { $0 } }
        #expect(throws: CommandFailure.self) { try ObjectOrder("{.a}{.b}") }
    }
}
