import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunCore
import Synchronization
import Testing

@testable import RunTemplateCLI

let echoTemplate = """
    apiVersion: cellbytes.io/v1
    kind: JobTemplate
    metadata: {name: echo}
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          containers:
          - {name: main, image: "busybox:1.36", command: [echo], args: [from the template]}
    """

let shellTemplate = """
    apiVersion: cellbytes.io/v1
    kind: JobTemplate
    metadata: {name: shell}
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 1
          containers:
          - {name: main, image: "busybox:1.36", command: [sh, -c], args: [exit 0]}
    """

/// Warns of every run.
private let warningPolicy = """
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: warn}
    spec:
      matchConstraints:
        resourceRules:
        - {apiGroups: [cellbytes.io], apiVersions: [v1], operations: [CREATE], resources: [jobruns]}
      validations:
      - {expression: "false", message: "think twice"}
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: warn}
    spec: {policyName: warn, validationActions: [Warn]}
    """

/// The plugin against a cluster with the run controller and real processes as pods.
@Suite(.timeLimit(.minutes(5)))
struct RunCommandTests {
    @Test func aRunIsFollowedAndItsCodeReturned() async throws {
        try await CLICluster.run(templates: [echoTemplate]) { cluster in
            let result = await cluster.plugin("echo", "--args", "Hello")
            #expect(result.exitCode == 0)
            #expect(result.output == "Hello\n")
            let name = try #require(try await cluster.onlyRun()?.name)
            #expect(name.hasPrefix("echo-"))
            #expect(result.errors.hasPrefix("jobrun.cellbytes.io/\(name) created\n"))
            #expect(result.errors.contains("\njobrun.cellbytes.io/\(name) succeeded"))
        }
    }

    @Test func theContainersCodeIsOurs() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            let result = await cluster.plugin("shell", "--name", "seven", "--", "echo out; echo err >&2; exit 7")
            #expect(result.exitCode == 7)
            #expect(result.output.split(separator: "\n").sorted() == ["err", "out"])
            #expect(result.errors.contains("jobrun.cellbytes.io/seven failed with exit code 7, reason=Error: "))
        }
    }

    @Test func quietSaysNothing() async throws {
        try await CLICluster.run(templates: [echoTemplate]) { cluster in
            let result = await cluster.plugin("echo", "-q", "--rm")
            #expect(result.exitCode == 0)
            #expect(result.output == "from the template\n")
            #expect(result.errors == "")
            let runs = try await cluster.runs()
            #expect(runs.isEmpty)
        }
    }

    @Test func withAnOutputFormatTheLogsGoElsewhere() async throws {
        try await CLICluster.run(templates: [echoTemplate]) { cluster in
            let result = await cluster.plugin("echo", "-o", "json", "--name", "r")
            let json = try JSONValue(parsing: result.output)
            #expect(json["status"]?["phase"] == "Succeeded")
            #expect(json["metadata"]?["managedFields"] == nil)
            #expect(result.errors.contains("from the template\n"))
        }
    }

    @Test func anUnknownTemplateIsNamedWithItsNeighbours() async throws {
        try await CLICluster.run(templates: [echoTemplate, shellTemplate]) { cluster in
            let result = await cluster.plugin("ehco")
            #expect(result.exitCode == 125)
            #expect(result.output == "")
            #expect(
                result.errors
                    == "error: there is no JobTemplate \"ehco\" in the namespace \"default\"; did you mean \"echo\"?\n")
        }
    }

    @Test(arguments: [
        ("lgos r", 2, "Unexpected argument 'r'; did you mean the verb \"logs\"? (see kubectl run-template --help)"),
        ("-n demo explian r", 2, "Unexpected argument 'r'; did you mean the verb \"explain\"?"),
        ("zzzzzz r", 2, "Unexpected argument 'r' (see kubectl run-template --help)"),
        (
            "lsit", 125,
            "there is no JobTemplate \"lsit\" in the namespace \"default\"; did you mean the verb \"list\"?\n"
        ),
        ("ecoo", 125, "; did you mean \"echo\"?\n"), ("gte", 125, "; did you mean \"gate\" or the verb \"get\"?\n"),
        ("describe lsit", 125, "there is no JobTemplate \"lsit\" in the namespace \"default\"\n"),
    ])
    func aMistypedVerbIsNamed(_ line: String, _ exitCode: Int32, _ message: String) async throws {
        let template = echoTemplate.replacing("name: echo", with: "name: gate")
        try await CLICluster.run(templates: [echoTemplate, template]) { cluster in
            let result = await cluster.plugin(line.split(separator: " ").map(String.init))
            #expect(result.exitCode == exitCode)
            #expect(result.errors.contains(message), "\(result.errors)")
        }
    }

    @Test func whatTheTemplateDoesNotAllowIsRefusedBeforeAnythingExists() async throws {
        let closed = echoTemplate.replacing("kind: JobTemplate", with: "kind: JobTemplate\noverridable: [parameters]")
        try await CLICluster.run(templates: [closed]) { cluster in
            let result = await cluster.plugin("echo", "--", "x")
            #expect(result.exitCode == 125)
            #expect(
                result.errors
                    == "error: spec.args may not be set: JobTemplate \"echo\" allows parameters\n")
            let unknown = await cluster.plugin("echo", "-p", "nothing=1")
            #expect(unknown.exitCode == 2)
            let runs = try await cluster.runs()
            #expect(runs.isEmpty)
        }
    }

    @Test func aDryRunShowsRunAndJob() async throws {
        try await CLICluster.run(templates: [echoTemplate]) { cluster in
            let result = await cluster.plugin("echo", "--dry-run=client", "--name", "r", "--", "Hi")
            #expect(result.exitCode == 0)
            let documents = try YAML.parse(result.output).map(\.value)
            #expect(documents.map { $0["kind"] } == ["JobRun", "Job"])
            #expect(documents.first?["metadata"]?["name"] == "r")
            #expect(documents.first?["spec"] == ["templateRef": "echo", "args": ["Hi"]])
            #expect(documents.last?["spec"]?["template"]?["spec"]?["containers"]?[0]?["args"] == ["Hi"])
            let nameless = try YAML.parse(await cluster.plugin("echo", "--dry-run=client").output).map(\.value)
            let drawn = try #require(nameless.first?["metadata"]?["name"]?.string)
            #expect(drawn.wholeMatch(of: /echo-[a-z0-9]{5}/) != nil)
            #expect(nameless.last?["metadata"]?["labels"]?["cellbytes.io/job-run"]?.string == drawn)
            let server = await cluster.plugin("echo", "--dry-run=server", "--name", "r", "-o", "name")
            let names = try documents.map { try OutputFormat.reference(#require(KubeObject($0))) + "\n" }.joined()
            #expect(server.output == names, "as kubectl prints names: nothing else")
            let runs = try await cluster.runs()
            #expect(runs.isEmpty)
        }
    }

    @Test func aDetachedRunCanBeWaitedForAndRead() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            let started = await cluster.plugin(
                "shell", "-d", "-o", "name", "--name", "r", "--", "echo a; echo b; exit 3")
            #expect(started.exitCode == 0)
            #expect(started.output == "jobrun.cellbytes.io/r\n")
            #expect(started.errors.contains("  logs:    kubectl run-template logs -f r\n"))
            let waited = await cluster.plugin("wait", started.output.trimmingSuffix(while: \.isNewline))
            #expect(waited.exitCode == 3)
            #expect(waited.output == "")
            let logs = await cluster.plugin("logs", "r")
            #expect(logs.exitCode == 0)
            #expect(logs.output == "a\nb\n")
            let followed = await cluster.plugin("logs", "-f", "r", "--tail", "1")
            #expect(followed.output == "b\n")
        }
    }

    @Test func ourPatienceIsNotTheRuns() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            let result = await cluster.plugin("shell", "--wait-timeout", "200ms", "--name", "r", "--", "sleep 60")
            #expect(result.exitCode == 124)
            #expect(result.errors.contains("jobrun.cellbytes.io/r is not over yet; it goes on\n"))
            let run = try await cluster.onlyRun()
            #expect(run?[path: "spec", "cancel"] == nil)
            #expect(await cluster.plugin("wait", "r", "--timeout", "200ms").exitCode == 124)
            #expect(await cluster.plugin("cancel", "r").errors == "jobrun.cellbytes.io/r is being cancelled\n")
            #expect(await cluster.plugin("wait", "r").exitCode == 130)
        }
    }

    @Test func anInterruptCancelsTheRun() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            let result = await cluster.plugin(
                ["shell", "--name", "r", "--", "echo started; sleep 60"],
                interrupts: cluster.interrupts(once: .running, of: "r"))
            #expect(result.exitCode == 130)
            #expect(result.errors.contains("cancelling; Ctrl-C once more leaves at once\n"))
            let run = try await cluster.onlyRun()
            #expect(run?[path: "status", "phase"] == "Cancelled")
        }
    }

    @Test func aLostAnswerNeverStartsASecondRun() async throws {
        try await CLICluster.run(templates: [echoTemplate]) { cluster in
            let losses = Mutex(2)
            cluster.line.decide { request in
                guard request.method.rawValue == "POST" else { return .pass }
                return losses.withLock { count in
                    count -= 1
                    return count >= 0 ? (count == 1 ? .loseRequest : .loseAnswer) : .pass
                }
            }
            let result = await cluster.plugin("echo", "--args", "once")
            #expect(result.exitCode == 0)
            #expect(result.output == "once\n")
            let run = try await cluster.onlyRun()
            #expect(run != nil)
        }
    }

    @Test func brokenLogStreamsLoseAndRepeatNothing() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            cluster.line.decide { request in
                request.path.contains("/log?") && request.path.contains("follow=true") ? .cutBody(after: 700) : .pass
            }
            let script = "i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done"
            let result = await cluster.plugin("shell", "--", script)
            #expect(result.exitCode == 0)
            #expect(result.output == (0..<200).map { "line \($0)\n" }.joined())
        }
    }

    @Test func brokenWatchesAreTakenUpAgain() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            cluster.line.decide { $0.path.contains("watch=true") ? .cutBody(after: 400) : .pass }
            let result = await cluster.plugin("shell", "--", "echo a; sleep 0.3; exit 4")
            #expect(result.exitCode == 4)
            #expect(result.output == "a\n")
        }
    }

    @Test func everyPodIsFollowed() async throws {
        let retried = shellTemplate.replacing("backoffLimit: 0", with: "completions: 3\n  parallelism: 3")
        try await CLICluster.run(templates: [retried]) { cluster in
            let result = await cluster.plugin("shell", "--", "echo one; echo two")
            #expect(result.exitCode == 0)
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 6)
            #expect(lines.filter { $0.hasSuffix("one") }.count == 3)
        }
    }

    @Test func whatIsThereIsListed() async throws {
        try await CLICluster.run(templates: [echoTemplate, shellTemplate]) { cluster in
            let empty = await cluster.plugin("runs")
            #expect(empty.output == "")
            #expect(empty.errors == "No resources found in default namespace.\n")
            _ = await cluster.plugin("echo", "--name", "first")
            let list = await cluster.plugin("list")
            #expect(
                list.output.split(separator: "\n").map { $0.split(separator: " ").first } == ["NAME", "echo", "shell"])
            let runs = await cluster.plugin("runs", "echo", "-A")
            #expect(runs.output.split(separator: "\n").count == 2)
            #expect(runs.output.contains("default     first   echo       Succeeded   0"))
            #expect(await cluster.plugin("runs", "shell").output == "")
            #expect(await cluster.plugin("get", "first", "-o", "name").output == "jobrun.cellbytes.io/first\n")
            #expect(await cluster.plugin("delete", "first").exitCode == 0)
            let gone = await cluster.plugin("get", "first")
            #expect(gone.exitCode == 125)
            #expect(gone.errors == "error: there is no run \"first\" in the namespace \"default\"\n")
        }
    }

    @Test func versionsAreShown() async throws {
        try await CLICluster.run { cluster in
            let result = await cluster.plugin("version")
            #expect(result.exitCode == 0)
            #expect(result.output.hasPrefix("Plugin Version: v\(RunTemplate.version)\nServer Version: v1."))
            #expect(!result.output.contains("Controller Version"))
            for words in [["-o", "json"], ["-o=yaml"], ["--output", "json", "--client"]] {
                let made = await cluster.plugin(["version"] + words)
                let versions = try #require(try YAML.parse(made.output).first?.value)
                #expect(versions["clientVersion"] == ["gitVersion": .string("v\(RunTemplate.version)")])
                #expect((versions["serverVersion"]?["gitVersion"] == nil) == words.contains("--client"))
                #expect(made.exitCode == 0)
            }
            let wide = await cluster.plugin("version", "-o", "wide")
            #expect(wide.errors.contains("'json' and 'yaml'"), "\(wide.errors)")
            #expect(wide.exitCode == 2)
        }
    }

    @Test func theOwnVersionIsKnownWithoutAServer() async throws {
        try await CLICluster.run { cluster in
            cluster.line.decide { _ in .refuse }
            let result = await cluster.plugin("version", "-o", "json")
            let versions = try JSONValue(parsing: result.output)
            #expect(versions.object?.keys == ["clientVersion"])
            #expect(result.errors == "error: GET is forbidden\n")
            #expect(result.exitCode == 125)
        }
    }

    @Test func warningsAreErrorsForThoseWhoWantThat() async throws {
        try await CLICluster.run(templates: [echoTemplate, shellTemplate]) { cluster in
            let plurals = ["validatingadmissionpolicies", "validatingadmissionpolicybindings"]
            for (plural, document) in zip(plurals, try YAML.parse(warningPolicy)) {
                let object = try #require(KubeObject(document.value))
                let resource = APIResource(
                    group: "admissionregistration.k8s.io", version: "v1", plural: plural, kind: object.kind,
                    isNamespaced: false)
                _ = try await cluster.client.create(resource, object)
            }
            let errors = TextBuffer()
            func plugin(_ words: String...) async -> Int32 {
                await RunTemplate.main(
                    words,
                    session: Session(
                        output: TextBuffer(), errors: errors,
                        makeClient: { _ in
                            var client = cluster.client
                            client.onWarning = { errors.line("Warning: \($0)") }
                            return client
                        }))
            }
            #expect(await plugin("echo", "-q") == 0)
            #expect(errors.text.contains("Warning: "), "\(errors.text)")
            #expect(await plugin("echo", "-q", "--warnings-as-errors") == 1)
            #expect(errors.text.hasSuffix("error: 1 warning received\n"), "\(errors.text)")
            #expect(
                await plugin("shell", "-q", "--warnings-as-errors", "--", "exit 7") == 7, "the run's own code stays")
            #expect(await plugin("list", "--warnings-as-errors") == 0, "nobody has warned")
        }
    }

    @Test func theControllersVersionIsThatOfItsDeployment() async throws {
        try await CLICluster.run { cluster in
            let resource = APIResource(group: "apps", version: "v1", plural: "deployments", kind: "Deployment")
            let marked: JSONObject = [
                "cellbytes.io/component": "run-controller", "app.kubernetes.io/version": "9.8.7",
            ]
            for (name, labels) in [("any-name", marked), ("other", ["app.kubernetes.io/version": "1.1.1"])] {
                var deployment = KubeObject(apiVersion: "apps/v1", kind: "Deployment", namespace: "default", name: name)
                deployment.metadata["labels"] = .object(labels)
                deployment["spec"] = [
                    "replicas": 0, "selector": ["matchLabels": ["app": .string(name)]],
                    "template": [
                        "metadata": ["labels": ["app": .string(name)]],
                        "spec": ["containers": [["name": "main", "image": "busybox"]]],
                    ],
                ]
                _ = try await cluster.client.create(resource, namespace: "default", deployment)
            }
            let lines = await cluster.plugin("version").output.split(separator: "\n")
            #expect(lines.last == "Controller Version: 9.8.7")
            #expect(lines.count == 3)
        }
    }

    @Test(arguments: [
        [], ["--nope"], ["echo", "-x"], ["get"], ["echo", "-o", "xml"], ["echo", "--wait-timeout", "soon"],
    ])
    func aWrongCommandLineIsOneLine(_ words: [String]) async {
        let errors = TextBuffer()
        let session = Session(
            output: TextBuffer(), errors: errors,
            makeClient: { _ in throw KubeconfigError("no server was to be asked") })
        #expect(await RunTemplate.main(words, session: session) == 2)
        #expect(errors.text.split(separator: "\n").count == 1)
    }

    @Test(
        "what the parser refuses is said with what would be right",
        arguments: [
            (
                ["wait", "r", "--timeout", "soon"],
                "'--timeout <wait-timeout>'. How long to wait for each run, such as 10m. ("
            ),
            (["echo", "--since", "yesterday"], "'--since <since>'. Only what is younger, such as 5m. ("),
            (["get"], "'<names> ...'. The runs: NAME for a JobRun, TYPE/NAME for any. ("),
            (["completion"], "'<target>'. bash, zsh or fish for a script; install for kubectl. ("),
            (["list", "-n"], "'-n <namespace>'. The namespace; that of the context if absent. ("),
            (["echo", "--color", "maybe"], "Please provide one of 'auto', 'always' or 'never'. ("),
            (["lgos", "r"], "; did you mean the verb \"logs\"? ("),
        ])
    func whatWouldBeRight(_ words: [String], _ message: String) async {
        let errors = TextBuffer()
        let session = Session(
            output: TextBuffer(), errors: errors,
            makeClient: { _ in throw KubeconfigError("no server was to be asked") })
        #expect(await RunTemplate.main(words, session: session) == 2)
        #expect(errors.text.contains(message), "\(errors.text)")
    }

    @Test func helpIsAnAnswer() async {
        let output = TextBuffer()
        let session = Session(
            output: output, errors: TextBuffer(),
            makeClient: { _ in throw KubeconfigError("no server was to be asked") })
        for words in [
            ["--help"], ["help"], ["list", "--help"], ["help", "logs"], ["help", "local"], ["help", "help"],
        ] {
            #expect(await RunTemplate.main(words, session: session) == 0)
        }
        #expect(output.text.contains("USAGE: kubectl run-template TEMPLATE [flags] [-- ARG...]"))
        #expect(output.text.contains("USAGE: kubectl run-template logs"))
        #expect(!output.text.contains("kubectl-run_template"))
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var text = self
        while let last = text.last, predicate(last) { text.removeLast() }
        return text
    }
}
