import KubeClient
import KubeObjects
import KubeWire
import RunCore
import Testing

@testable import RunTemplateCLI

private let greetTemplate = """
    apiVersion: cellbytes.io/v1
    kind: JobTemplate
    metadata: {name: greet}
    overridable: [args, parameters, env]
    parameters:
    - {name: word, default: Hello}
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          containers:
          - {name: main, image: busybox, command: [sh, -c, 'echo "$(params.word) $0 $A"'], args: [you]}
    """

/// What ran is run once more, and compared.
@Suite(.timeLimit(.minutes(5)))
struct RerunTests {
    @Test func theSameWordsAreRunAgain() async throws {
        try await CLICluster.run(templates: [greetTemplate]) { cluster in
            _ = await cluster.plugin(
                "--cache-dir", "x", "greet", "--name", "first", "-q", "--word", "Hi", "-e", "A=1", "-l", "k=v", "--",
                "all")
            let again = await cluster.plugin("rerun", "first", "--name", "second")
            #expect(again.output == "Hi all 1\n")
            #expect(again.errors.hasPrefix("jobrun.cellbytes.io/second created\n"))
            let run = try await cluster.client.get(.jobRuns, namespace: "default", name: "second")
            #expect(run.labels == ["k": "v"])
            #expect(run.annotations["cellbytes.io/rerun-of"] == "first")
            #expect(await cluster.plugin("rerun", "first", "-q", "--word", "Bye", "--", "you").output == "Bye you 1\n")
            #expect(await cluster.plugin("rerun", "first", "-q", "-p", "word=Oh", "-e", "A=2").output == "Oh all 2\n")
            let wrong = await cluster.plugin("rerun", "first", "--wrod", "x")
            #expect(wrong.exitCode == 2)
            #expect(wrong.errors.contains("did you mean \"--word\""))
            #expect(await cluster.plugin("rerun", "frist").errors.contains("did you mean \"first\"?"))
            let shown = await cluster.plugin("rerun", "first", "--dry-run=client", "--name", "third")
            #expect(try YAML.parse(shown.output).map { $0.value["kind"] } == ["JobRun", "Job"])
            let forbidden = await cluster.plugin("rerun", "first", "--image", "x")
            #expect(
                forbidden.errors
                    == "error: spec.image may not be set: JobTemplate \"greet\" allows args, parameters, env\n")
        }
    }

    @Test func exactlyWhatRanIsRunWhateverTheTemplateHasBecome() async throws {
        try await CLICluster.run(templates: [greetTemplate]) { cluster in
            _ = await cluster.plugin("greet", "--name", "first", "-q", "--word", "Hi", "-l", "k=v")
            // Nothing has changed: nothing needs to be kept.
            #expect(await cluster.plugin("rerun", "first", "--exact", "-q", "--kuberc", "x").output == "Hi you \n")
            #expect(try await cluster.client.list(.jobTemplates, namespace: "default").items.count == 1)
            _ = try await cluster.client.patch(
                .jobTemplates, namespace: "default", name: "greet", type: .merge,
                [
                    "parameters": [["name": "word", "default": "Changed"]], "overridable": ["parameters"],
                    "spec": ["backoffLimit": 1],
                ])
            let exact = await cluster.plugin("rerun", "first", "--exact", "--name", "exact")
            #expect(exact.output == "Hi you \n", "\(exact.errors)")
            let kept = try await cluster.client.get(.jobTemplates, namespace: "default", name: "exact")
            #expect(kept[path: "spec", "backoffLimit"] == 0)
            let run = try await cluster.client.get(.jobRuns, namespace: "default", name: "exact")
            #expect(kept.controllerReference?.uid == run.uid)
            #expect(run.labels == ["k": "v"])
            let changed = await cluster.plugin("rerun", "first", "--exact", "--", "x")
            #expect(changed.exitCode == 2)
            #expect(changed.errors == "error: --exact runs what ran: arguments behind -- cannot be given\n")
            for job in try await cluster.client.list(.jobs, namespace: "default").items {
                try await cluster.client.delete(
                    .jobs, namespace: "default", name: job.name ?? "",
                    options: DeleteOptions(propagationPolicy: .background))
            }
            let gone = await cluster.plugin("rerun", "first", "--exact")
            #expect(gone.exitCode == 125)
            #expect(
                gone.errors
                    == "error: jobrun.cellbytes.io/first: the template is not what it was when the run was made, "
                    + "and the Job that tells what ran is gone; without --exact the template of today is run\n")
        }
    }

    @Test func runsOfOtherKindsAreCopied() async throws {
        try await CLICluster.run(templates: [shellTemplate, manifestOfAllFamilies]) { cluster in
            for (name, code, word) in [
                ("run.acme.com/plain", Int32(3), "plain"), ("kjob/planton", 4, "planton"),
                ("customrun/custom", 7, "custom"),
            ] {
                let again = await cluster.plugin("rerun", name)
                #expect(again.exitCode == code, "\(again.errors)")
                #expect(again.output == "\(word)\n")
                #expect(again.errors.contains("/\(word)-"))
                let refused = await cluster.plugin("rerun", name, "-p", "a=b")
                #expect(refused.exitCode == 2)
                #expect(refused.errors.contains("is copied as it stands: --param cannot be given"))
            }
            let oneoff = await cluster.plugin("rerun", "ejob/oneoff")
            #expect(oneoff.exitCode == 125)
        }
    }

    @Test func aKeyStartsOneRunHoweverOftenItIsCalled() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            let words = ["shell", "--idempotency-key", "build 7", "--", "echo once; exit 5"]
            let first = await cluster.plugin(words)
            #expect(first.output == "once\n")
            let second = await cluster.plugin(words)
            #expect(second.output == "once\n")
            #expect(second.exitCode == 5)
            let name = try #require(try await cluster.onlyRun()?.name)
            #expect(
                second.errors.hasPrefix(
                    "jobrun.cellbytes.io/\(name) exists already; it was started with the same --idempotency-key\n"))
        }
    }

    @Test func twoRunsAreCompared() async throws {
        try await CLICluster.run(templates: [greetTemplate]) { cluster in
            _ = await cluster.plugin("greet", "--name", "first", "-q")
            _ = await cluster.plugin("greet", "--name", "second", "-q", "--word", "Hi")
            #expect(await cluster.plugin("diff", "first", "first").exitCode == 0)
            let result = await cluster.plugin("diff", "first", "jr/second")
            #expect(result.exitCode == 1)
            #expect(
                result.output.split(separator: "\n").filter { $0.hasPrefix("+") || $0.hasPrefix("-") } == [
                    "--- jobrun.cellbytes.io/first", "+++ jobrun.cellbytes.io/second",
                    "-          - echo \"Hello $0 $A\"", "+          - echo \"Hi $0 $A\"",
                    "+    parameters:", "+    - name: word", "+      value: Hi",
                ], "\(result.output)")
            let wrong = await cluster.plugin("diff", "first", "second", "--", "x")
            #expect(wrong.exitCode == 2)
        }
    }
}
