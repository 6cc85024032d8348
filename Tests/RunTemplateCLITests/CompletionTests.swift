import ArgumentParser
import KubeObjects
import Testing

@testable import RunTemplateCLI

/// What a shell is offered, with a server that has templates and runs.
struct CompletionTests {
    private static let templates = """
        apiVersion: cellbytes.io/v1
        kind: JobTemplate
        metadata: {name: migrate}
        parameters:
        - {name: database, description: Which database., enum: [orders, users], default: orders}
        - {name: verbose, type: boolean}
        - {name: image}
        spec:
          template:
            spec:
              restartPolicy: Never
              containers:
              - {name: main, image: "busybox:1.36", command: ["true"]}
              - {name: side, image: "alpine:3", command: ["true"]}
        ---
        apiVersion: cellbytes.io/v1
        kind: JobTemplate
        metadata: {name: list}
        spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: busybox, command: ["true"]}]}}}
        """

    struct Case: Sendable, CustomTestStringConvertible {
        /// Words; `_` is an empty one.
        var line: String
        /// Whole lines that must be there.
        var has: [String] = []
        /// Values that must not be there.
        var hasNot: [String] = []
        var directive = ":4"
        var testDescription: String { line }
    }

    private static let cases = [
        Case(line: "mi", has: ["migrate\tbusybox:1.36, alpine:3"], hasNot: ["list"]),
        Case(line: "_", has: ["jt/list\tbusybox", "logs\tShow the logs of a run."], hasNot: ["__complete"]),
        Case(line: "lo", has: ["logs\tShow the logs of a run."], hasNot: ["migrate"]),
        Case(line: "-n default mi", has: ["migrate\tbusybox:1.36, alpine:3"]),
        Case(line: "-n other mi", hasNot: ["migrate"]),
        Case(
            line: "describe _", has: ["list\tbusybox", "migrate\tbusybox:1.36, alpine:3"], hasNot: ["logs", "jt/list"]),
        Case(line: "describe migrate _"), Case(line: "migrate _"),
        Case(line: "migrate --da", has: ["--database\tWhich database. orders|users"]),
        Case(line: "migrate --", has: ["--verbose\ta parameter", "--namespace\t"], hasNot: ["-n"]),
        Case(line: "migrate --im", has: ["--image\tThe container's image."]),
        Case(line: "migrate -", has: ["-n", "--namespace"]),
        Case(line: "migrate --database _", has: ["orders\tthe default", "users"]),
        Case(line: "migrate --database=u", has: ["users"], hasNot: ["orders"]),
        Case(line: "migrate --verbose _", has: ["true", "false"]),
        Case(line: "migrate -p _", has: ["database=\tWhich database."], directive: ":6"),
        Case(line: "migrate -p database=", has: ["database=orders\tthe default", "database=users"]),
        Case(line: "migrate --container s", has: ["side"], hasNot: ["main"]),
        Case(line: "migrate --on-interrupt _", has: ["cancel", "detach"]),
        Case(line: "list -o js", has: ["json", "jsonpath"], hasNot: ["yaml"]),
        Case(line: "list --output=ya", has: ["yaml"]),
        Case(line: "get _", has: ["done"]),
        Case(line: "get done _", has: ["extendedjob/"], hasNot: ["done"], directive: ":6"),
        Case(line: "get jobrun/d", has: ["jobrun/done"]),
        Case(line: "explain kub", has: ["kubernetesjob/"], directive: ":6"),
        Case(line: "runs --type e", has: ["extendedjob"], hasNot: ["jobrun"]),
        Case(line: "logs --color=a", has: ["auto", "always"]),
        Case(line: "logs -f do", has: ["done"]),
        Case(line: "list -n d", has: ["default"]),
        Case(line: "migrate --params-file _", directive: ":0"), Case(line: "migrate -- a", directive: ":0"),
        Case(line: "completion b", has: ["bash"]), Case(line: "migrate --name _"),
    ]

    @Test func whatIsOfferedFits() async throws {
        try await CLICluster.run(templates: [Self.templates]) { cluster in
            #expect(await cluster.plugin("migrate", "--name", "done", "-q", "--verbose", "-p", "image=x").exitCode == 0)
            for example in Self.cases {
                let words = example.line.split(separator: " ").map { $0 == "_" ? "" : String($0) }
                let result = await cluster.plugin(["__complete"] + words)
                #expect(result.exitCode == 0 && result.errors.isEmpty, "\(example.line): \(result)")
                let lines = result.output.split(separator: "\n").map(String.init)
                #expect(lines.last == example.directive, "\(example.line): \(lines)")
                for line in example.has {
                    #expect(
                        lines.contains {
                            line.contains("\t") && !line.hasSuffix("\t") ? $0 == line : $0.value == line.value
                        },
                        "\(example.line): \(line) is not in \(lines)")
                }
                let values = lines.map(\.value)
                for value in example.hasNot { #expect(!values.contains(value), "\(example.line): \(lines)") }
            }
        }
    }

    @Test func withoutAServerVerbsAndFlagsAreOffered() async throws {
        let output = TextBuffer()
        let errors = TextBuffer()
        let session = Session(
            output: output, errors: errors, makeClient: { _ in throw CommandFailure("there is no server") })
        #expect(await RunTemplate.main(["__complete", "lo"], session: session) == 0)
        #expect(await RunTemplate.main(["__complete", "get", "--names"], session: session) == 0)
        #expect(await RunTemplate.main(["__complete", "get", "x"], session: session) == 0)
        #expect(
            output.text.hasPrefix(
                "logs\tShow the logs of a run.\nlocal\t\(LocalRun.abstract)\n:4\n--namespace\t"))
        #expect(output.text.hasSuffix(":4\n:5\n"))
        #expect(errors.text == "")
    }

    /// The place names that ``Completer`` knows are those of the verbs.
    @Test func everyVerbsWordsAreKnown() {
        let known = ["template", "run", "runs", "name", "names", "other", "target", "arg"]
        for type in [RunTemplateCommand.self] + RunTemplateCommand.configuration.subcommands
            as [any ParsableCommand.Type]
        {
            let description = CommandDescription(type)
            #expect(description.flags.contains { $0.name == "--help" }, "\(description.name) has no flags")
            for argument in description.arguments where argument.kind == .positional {
                #expect(known.contains(argument.valueName), "\(description.name): \(argument.valueName)")
            }
        }
    }
}

extension String {
    /// What stands before the tab.
    fileprivate var value: String { String(prefix { $0 != "\t" }) }
}
