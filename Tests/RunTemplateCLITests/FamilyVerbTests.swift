import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire
import RunCore
import Synchronization
import Testing

@testable import RunTemplateCLI

/// One run of each family but JobRun; each prints a word and fails with a code of its own.
let manifestOfAllFamilies = """
    apiVersion: acme.com/v1
    kind: Run
    metadata: {name: plain}
    image: busybox
    command: [sh, -c, "echo plain; exit 3"]
    retries: 0
    ---
    apiVersion: kubernetes.project-planton.org/v1
    kind: KubernetesJob
    metadata: {name: planton}
    spec:
      namespace: {value: default}
      image: {repo: busybox, tag: "1"}
      backoffLimit: 0
      command: [sh, -c, "echo planton; exit 4"]
    ---
    \(errandManifest(name: "oneoff", run: "once", script: "echo oneoff; exit 5"))
    ---
    apiVersion: tekton.dev/v1alpha1
    kind: Run
    metadata: {name: step}
    spec:
      ref: {apiVersion: cellbytes.io/v1, kind: JobTemplate, name: shell}
      params: [{name: args, value: ["echo step; exit 6"]}]
    ---
    apiVersion: tekton.dev/v1beta1
    kind: CustomRun
    metadata: {name: custom}
    spec:
      customRef: {apiVersion: cellbytes.io/v1, kind: JobTemplate, name: shell}
      params: [{name: args, value: ["echo custom; exit 7"]}]
    ---
    apiVersion: tekton.dev/v1beta1
    kind: CustomRun
    metadata: {name: foreign}
    spec:
      customRef: {apiVersion: example.com/v1, kind: Approval, name: yes-please}
    """

/// Runs of every family, by the same verbs.
@Suite(.timeLimit(.minutes(5)))
struct FamilyVerbTests {
    /// Name on the command line, as kubectl prints it, exit code.
    private static let runs: [(name: String, reference: String, code: Int32)] = [
        ("run.acme.com/plain", "run.acme.com/plain", 3),
        ("kjob/planton", "kubernetesjob.kubernetes.project-planton.org/planton", 4),
        ("ejob/oneoff", "extendedjob.fissile.cloudfoundry.org/oneoff", 5),
        ("runs.tekton.dev/step", "run.tekton.dev/step", 6), ("customrun/custom", "customrun.tekton.dev/custom", 7),
    ]

    @Test func eachIsWaitedForReadListedAndDeleted() async throws {
        try await CLICluster.run(templates: [shellTemplate, manifestOfAllFamilies]) { cluster in
            for run in Self.runs {
                let waited = await cluster.plugin("wait", run.name)
                #expect(waited.exitCode == run.code, "\(run.name): \(waited.errors)")
                #expect(waited.errors.contains("\(run.reference) failed with exit code \(run.code)"))
                let word = run.name.split(separator: "/").last.map(String.init) ?? ""
                #expect(await cluster.plugin("logs", run.name).output == "\(word)\n")
                #expect(await cluster.plugin("logs", "-f", run.name).output == "\(word)\n")
                #expect(await cluster.plugin("get", run.name, "-o", "name").output == "\(run.reference)\n")
            }
            _ = await cluster.plugin("shell", "--name", "ours", "-q", "--", "exit 2")
            let listed = await cluster.plugin("runs")
            #expect(
                listed.output.settled.linesSortedAfterTheFirst == """
                    NAME  TEMPLATE  PHASE  EXIT  DURATION  AGE
                    customrun/custom  shell  Failed  7  SPAN  SPAN
                    extendedjob/oneoff  Failed  5  SPAN  SPAN
                    kubernetesjob/planton  Failed  4  SPAN  SPAN
                    ours  shell  Failed  2  SPAN  SPAN
                    run.acme.com/plain  Failed  3  SPAN  SPAN
                    run.tekton.dev/step  shell  Failed  6  SPAN  SPAN

                    """, "\(listed.output)")
            #expect(listed.errors == "")
            let some = await cluster.plugin("runs", "--type", "ejob", "--type", "kjob", "-o", "name")
            #expect(
                some.output.split(separator: "\n").map { $0.split(separator: "/")[1] }.sorted() == [
                    "oneoff", "planton",
                ])
            let ofTemplate = await cluster.plugin("runs", "shell", "-o", "name").output.split(separator: "\n")
            #expect(
                ofTemplate == ["jobrun.cellbytes.io/ours", "run.tekton.dev/step", "customrun.tekton.dev/custom"])
            for run in Self.runs {
                #expect(await cluster.plugin("delete", run.name).errors == "\(run.reference) deleted\n")
                #expect(await cluster.plugin("get", run.name).exitCode == 125)
            }
        }
    }

    @Test func eachIsCancelledAsItsKindDoesIt() async throws {
        let slow = manifestOfAllFamilies.replacing(/exit [0-9]/, with: "sleep 300")
        try await CLICluster.run(templates: [shellTemplate, slow]) { cluster in
            let words = [
                "is deleted with its Job, as a Run of acme.com cannot be cancelled",
                "is being suspended, as a KubernetesJob cannot be cancelled: its pods end, spec.suspend: false resumes it",
                "is being cancelled: its Job oneoff-JOB is deleted, the ExtendedJob stays", "is being cancelled",
                "is being cancelled",
            ]
            for (run, word) in zip(Self.runs, words) {
                let name = try RunName(run.name)
                try await cluster.awaitPhase(.running, of: name)
                let cancelled = await cluster.plugin("cancel", run.name)
                #expect(cancelled.errors.settled == "\(run.reference) \(word)\n")
                #expect(cancelled.exitCode == 0)
                guard name.family.name != "plain-run" else { continue }
                guard name.family.name != "kubernetes-job" else {
                    try await cluster.awaitPhase(.suspended, of: name)
                    #expect(
                        await cluster.plugin("cancel", run.name).errors == "\(run.reference) is suspended already\n")
                    continue
                }
                let waited = await cluster.plugin("wait", run.name)
                #expect(waited.exitCode == 130, "\(waited.errors)")
                #expect(waited.errors.contains("\(run.reference) was cancelled"))
            }
        }
    }

    @Test func anInterruptEndsEachAsItsKindDoesIt() async throws {
        let slow = manifestOfAllFamilies.replacing(/exit [0-9]/, with: "sleep 300")
        try await CLICluster.run(templates: [shellTemplate, slow]) { cluster in
            for (name, last) in [
                ("run.acme.com/plain", "run.acme.com/plain was deleted"),
                ("kjob/planton", "kubernetesjob.kubernetes.project-planton.org/planton was suspended"),
                ("ejob/oneoff", "extendedjob.fissile.cloudfoundry.org/oneoff was cancelled, reason=Cancelled"),
            ] {
                let run = try RunName(name)
                try await cluster.awaitPhase(.running, of: run)
                let found = try await RunLookup(client: cluster.client).find(run)
                // The first byte of the log is when a user has seen enough.
                let output = InterruptingBuffer(behind: "")
                let errors = TextBuffer()
                let session = Session(
                    output: output, errors: errors, makeClient: { _ in cluster.client },
                    interrupts: { output.interrupts })
                let escort = RunEscort(
                    client: cluster.client, session: session, arguments: try FollowArguments.parse([]), hint: nil)
                #expect(try await escort.accompany(found) == 130)
                #expect(errors.text.split(separator: "\n").last.map(String.init) == last, "\(errors.text)")
            }
        }
    }

    @Test func kindsThatAreNotInstalledArePassedOver() async throws {
        try await CLICluster.run(templates: [echoTemplate]) { cluster in
            _ = await cluster.plugin("echo", "--name", "r", "-q")
            let removed = ["customruns.tekton.dev", "extendedjobs.fissile.cloudfoundry.org"]
            for name in removed {
                try await cluster.client.delete(.customResourceDefinitions, name: name)
            }
            // A definition goes when the last of its objects has gone.
            for try await _ in try await cluster.client.watch(.customResourceDefinitions) {
                let left = try await cluster.client.list(.customResourceDefinitions).items.compactMap(\.name)
                if removed.allSatisfy({ !left.contains($0) }) { break }
            }
            let listed = await cluster.plugin("runs", "-o", "name")
            #expect(listed.output == "jobrun.cellbytes.io/r\n")
            #expect(listed.errors == "")
            let asked = await cluster.plugin("runs", "--type", "customrun")
            #expect(asked.exitCode == 125)
            #expect(
                asked.errors == "error: the server knows no customruns.tekton.dev: is the run controller installed?\n")
            let got = await cluster.plugin("get", "customrun/x")
            #expect(got.errors == "error: the server knows no customruns.tekton.dev\n")
        }
    }

    @Test func noVerbDiscovers() async throws {
        try await CLICluster.run(templates: [shellTemplate, manifestOfAllFamilies]) { cluster in
            let paths = PathRecorder()
            cluster.line.decide { request in
                paths.record(request.path)
                return .pass
            }
            _ = await cluster.plugin("runs")
            #expect(paths.paths.count == RunFamilies.all.count)
            _ = await cluster.plugin("wait", "customrun/custom")
            #expect(!paths.paths.contains { path in ["/api", "/apis", "/openapi"].contains { path == $0 } })
            #expect(!paths.paths.contains { $0.hasPrefix("/openapi") })
        }
    }

    struct Name: Sendable, CustomTestStringConvertible {
        var argument: String
        var expected: String
        var testDescription: String { argument }
    }

    @Test(arguments: [
        Name(argument: "x", expected: "job-template x"), Name(argument: "jr/x", expected: "job-template x"),
        Name(argument: "JobRun/x", expected: "job-template x"),
        Name(argument: "jobruns.v1.cellbytes.io/x", expected: "job-template x"),
        Name(argument: "run.acme.com/x", expected: "plain-run x"),
        Name(argument: "runs.acme.com/x", expected: "plain-run x"),
        Name(argument: "run.tekton.dev/x", expected: "tekton-run x"),
        Name(argument: "kjob/x", expected: "kubernetes-job x"),
        Name(argument: "errand/x", expected: "extended-job x"), Name(argument: "ejobs/x", expected: "extended-job x"),
        Name(argument: "customruns/x", expected: "tekton-custom-run x"),
        Name(argument: "run/x", expected: "\"run\" is the type of several: say run.acme.com or run.tekton.dev"),
        Name(
            argument: "ejbo/x",
            expected: "\"ejbo\" is no type of runs; there are jobrun, run.acme.com, kubernetesjob, extendedjob, "
                + "run.tekton.dev, customrun; did you mean \"ejob\", \"ejobs\" or \"kjob\"?"),
        Name(argument: "a/b/c", expected: "\"a/b/c\" does not name a run: NAME or TYPE/NAME is expected"),
        Name(argument: "jr/", expected: "\"jr/\" does not name a run: NAME or TYPE/NAME is expected"),
        Name(argument: "", expected: "\"\" does not name a run: NAME or TYPE/NAME is expected"),
    ])
    func runsAreNamedAsKubectlNamesThem(_ test: Name) {
        do {
            let name = try RunName(test.argument)
            #expect("\(name.family.name) \(name.name)" == test.expected)
        } catch {
            #expect(error == CommandFailure(test.expected, exitCode: 2))
        }
    }

    @Test("a run that is not there is no error if that is wanted", arguments: ["get", "delete"])
    func missingRuns(verb: String) async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            let refused = await cluster.plugin(verb, "gone")
            #expect(refused.exitCode == 125)
            #expect(refused.errors == "error: there is no run \"gone\" in the namespace \"default\"\n")
            let ignored = await cluster.plugin(verb, "gone", "customrun/gone", "--ignore-not-found")
            #expect(ignored.exitCode == 0 && ignored.output.isEmpty && ignored.errors.isEmpty, "\(ignored)")
            // What else is wrong is said.
            let wrong = await cluster.plugin(verb, "gone", "nothing/gone", "--ignore-not-found")
            #expect(wrong.exitCode == 2 && wrong.errors.contains("nothing"), "\(wrong)")
        }
    }

    @Test func aNameOfAnotherKindIsPointedOut() async throws {
        try await CLICluster.run(templates: [shellTemplate, manifestOfAllFamilies]) { cluster in
            let got = await cluster.plugin("get", "oneoff")
            #expect(
                got.errors == "error: there is no run \"oneoff\" in the namespace \"default\"; "
                    + "did you mean \"extendedjob/oneoff\"?\n")
            let mistyped = await cluster.plugin("get", "kjob/plantn")
            #expect(mistyped.errors == "error: there is no kubernetesjob \"plantn\"; did you mean \"planton\"?\n")
        }
    }
}

extension String {
    /// The text with all lines but the first in the order of the alphabet: objects of the same second have none.
    fileprivate var linesSortedAfterTheFirst: String {
        let lines = split(separator: "\n", omittingEmptySubsequences: true)
        return ([lines[0]] + lines.dropFirst().sorted()).map { $0 + "\n" }.joined()
    }
}

/// Keeps the paths of requests.
private final class PathRecorder: Sendable {
    private let recorded = Mutex<[String]>([])

    var paths: [String] { recorded.withLock { $0 } }

    func record(_ path: String) { recorded.withLock { $0.append(path) } }
}
