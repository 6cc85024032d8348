import ArgumentParser
import KubeClient
import KubeObjects
import KubeWire
import RunCore
import Testing

@testable import RunTemplateCLI

/// A template with parameters, and a few things that a run may change.
private let migrateTemplate = """
    apiVersion: cellbytes.io/v1
    kind: JobTemplate
    metadata: {name: migrate}
    overridable: [args, parameters, env, image]
    parameters:
    - {name: database, enum: [orders, users], description: Which database to migrate.}
    - {name: steps, type: integer, default: 3, minimum: 1}
    - {name: verbose, type: boolean, default: false}
    - {name: image, default: none}
    spec:
      backoffLimit: 0
      template:
        spec:
          restartPolicy: Never
          containers:
          - name: main
            image: "busybox:1.36"
            command: [sh, -c, 'echo "$(params.database) $(params.steps) $(params.verbose) $(params.image) $MODE"; exit 4']
    """

/// What a user sees of a template before and at the start of a run.
@Suite(.timeLimit(.minutes(5)))
struct TemplateVerbTests {
    @Test func parametersAreFlags() async throws {
        try await CLICluster.run(templates: [migrateTemplate]) { cluster in
            let result = await cluster.plugin(
                "migrate", "--database", "orders", "--steps=5", "--verbose", "-p", "image=x", "-e", "MODE=now", "-q")
            #expect(result.output == "orders 5 true x now\n")
            #expect(result.errors == "")
            #expect(result.exitCode == 4)
        }
    }

    @Test func whatIsWrongIsRefusedBeforeAnythingExists() async throws {
        try await CLICluster.run(templates: [migrateTemplate]) { cluster in
            let cases: [([String], Int32, String)] = [
                (["--databse", "orders"], 2, "did you mean \"--database\"?"),
                (
                    ["-p", "databse=orders"], 2,
                    "it declares \"database\", \"steps\", \"verbose\", \"image\"; did you mean \"database\"?\n"
                ),
                ([], 2, "parameter \"database\" needs a value"),
                (["--database", "order"], 2, "parameter \"database\": \"order\" is not one of \"orders\", \"users\""),
                (["--database", "users", "--steps", "many"], 2, "parameter \"steps\": must be of type integer"),
                (["--database", "users", "--steps", "-1"], 2, "parameter \"steps\": -1 is less than 1"),
                (
                    ["--database", "users", "--retries", "2"], 125,
                    "spec.backoffLimit may not be set: JobTemplate \"migrate\" allows args, parameters, env, image"
                ),
            ]
            for (words, exitCode, message) in cases {
                let result = await cluster.plugin(["migrate"] + words)
                #expect(result.exitCode == exitCode, "\(words)")
                #expect(result.errors.contains(message), "\(words): \(result.errors)")
                #expect(result.errors.split(separator: "\n").count == 1, "\(words): \(result.errors)")
            }
            let runs = try await cluster.runs()
            #expect(runs.isEmpty)
        }
    }

    @Test func anotherContainersCodeCanBeAskedFor() async throws {
        let template = shellTemplate.replacing(
            "args: [exit 0]}", with: "args: [exit 3]}\n      - {name: side, image: busybox, command: [sh, -c, exit 5]}")
        try await CLICluster.run(templates: [template]) { cluster in
            #expect(await cluster.plugin("shell", "--exit-code-from", "side", "-q").exitCode == 5)
            #expect(await cluster.plugin("shell", "--exit-code-from", "main", "--wait", "-q").exitCode == 3)
            let wrong = await cluster.plugin("shell", "--exit-code-from", "sid")
            #expect(wrong.exitCode == 2)
            #expect(
                wrong.errors == "error: --exit-code-from: the template has no container \"sid\"; there are main, side; "
                    + "did you mean \"side\"?\n")
        }
    }

    @Test func aRunThatCannotStartIsGivenUp() async throws {
        let template = shellTemplate.replacing("busybox:1.36", with: "registry.invalid/none:1")
        try await CLICluster.run(templates: [template]) { cluster in
            let result = await cluster.plugin("shell", "--name", "stuck", "--pending-timeout", "500ms")
            #expect(result.exitCode == 125)
            #expect(result.errors.contains("jobrun.cellbytes.io/stuck has not started in time"))
            #expect(result.errors.hasSuffix("; it was cancelled\n"))
            let run = try await cluster.client.get(.jobRuns, namespace: "default", name: "stuck")
            #expect(run[path: "spec", "cancel"] == true)
        }
    }

    @Test func helpShowsTheTemplatesParameters() async throws {
        try await CLICluster.run(templates: [migrateTemplate]) { cluster in
            let result = await cluster.plugin("migrate", "--help")
            #expect(result.exitCode == 0)
            #expect(
                result.output.hasPrefix(
                    """
                    PARAMETERS OF JOBTEMPLATE "migrate":
                      --database <string>     Which database to migrate. (required; orders|users)
                      --steps <integer>       (default: 3; >=1)
                      --verbose               (default: false)
                      -p image=<string>       (default: none)

                    A run may set: args, parameters, env, image

                    OVERVIEW: Run a JobTemplate
                    """))
        }
    }

    @Test func helpOfAnUnknownTemplateIsHelpAllTheSame() async throws {
        try await CLICluster.run { cluster in
            let result = await cluster.plugin("nothing", "--help")
            #expect(result.exitCode == 0)
            #expect(
                result.errors.hasPrefix("Warning: the template's parameters cannot be shown: there is no JobTemplate"))
            #expect(result.output.hasPrefix("OVERVIEW"))
        }
    }

    @Test func renderShowsTheJobThatTheControllerWillMake() async throws {
        try await CLICluster.run(templates: [migrateTemplate]) { cluster in
            let result = await cluster.plugin("render", "migrate", "--database", "users", "--name", "r", "-o", "json")
            let job = try JSONValue(parsing: result.output)
            let made = await cluster.plugin("migrate", "--database", "users", "--name", "r", "-q")
            #expect(made.exitCode == 4)
            let real = try await cluster.client.list(.jobs, namespace: "default").items
            #expect(real.count == 1)
            #expect(
                job["spec"]?["template"]?["spec"]?["containers"]?[0]?["command"]
                    == real.first?[path: "spec", "template", "spec", "containers"]?[0]?["command"])
        }
    }

    @Test func differencesToTheTemplateAreShown() async throws {
        try await CLICluster.run(templates: [migrateTemplate]) { cluster in
            let words = ["migrate", "--database", "users", "--name", "r", "-e", "MODE=now"]
            let result = await cluster.plugin(["diff"] + words)
            #expect(result.exitCode == 1)
            #expect(result.output.hasPrefix("--- jobtemplate/migrate\n+++ job of jobrun.cellbytes.io/r\n@@ "))
            #expect(result.output.contains("\n+        env:\n+        - name: MODE\n+          value: now\n"))
            let flag = await cluster.plugin(words + ["--diff"])
            #expect(flag.exitCode == 0)
            #expect(flag.output == result.output)
            let runs = try await cluster.runs()
            #expect(runs.isEmpty)
        }
    }

    @Test func aRunThatChangesNothingDiffersInNothing() async throws {
        try await CLICluster.run(templates: [echoTemplate]) { cluster in
            let result = await cluster.plugin("diff", "echo")
            #expect(result.output == "")
            #expect(result.exitCode == 0)
        }
    }

    @Test func helpOfATemplateIsItsOwn() async throws {
        try await CLICluster.run(templates: [migrateTemplate]) { cluster in
            let asked = await cluster.plugin("help", "migrate")
            #expect(asked.output.hasPrefix("PARAMETERS OF JOBTEMPLATE \"migrate\":\n"))
            #expect(asked.output == (await cluster.plugin("migrate", "--help")).output)
            let unknown = await cluster.plugin("help", "nope")
            #expect(unknown.errors.contains("there is no JobTemplate \"nope\""), "\(unknown.errors)")
        }
    }

    @Test func aFlagOfKubectlIsNoParameter() async throws {
        let template = migrateTemplate.replacing("name: verbose,", with: "name: profile,").replacing(
            "params.verbose", with: "params.profile")
        try await CLICluster.run(templates: [template]) { cluster in
            for words in [["migrate"], ["migrate", "--dry-run=client"], ["render", "migrate"], ["diff", "migrate"]] {
                let result = await cluster.plugin(words + ["--database", "orders", "--profile", "cpu"])
                #expect(result.exitCode == 2, "\(words)")
                #expect(
                    result.errors
                        == "error: --profile is a flag of kubectl: give the parameter as -p profile=VALUE\n",
                    "\(words)")
            }
            let runs = try await cluster.runs()
            #expect(runs.isEmpty)
            let given = await cluster.plugin("migrate", "-q", "--database", "orders", "-p", "profile=true")
            #expect(given.output == "orders 3 true none \n")
        }
    }

    @Test func parametersAreListed() async throws {
        try await CLICluster.run(templates: [migrateTemplate, echoTemplate]) { cluster in
            let result = await cluster.plugin("params", "migrate")
            #expect(
                result.output == """
                    NAME       TYPE      DEFAULT      ALLOWED        DESCRIPTION
                    database   string    <required>   orders|users   Which database to migrate.
                    steps      integer   3            >=1            \("")
                    verbose    boolean   false                       \("")
                    image      string    none                        \("")

                    """)
            let advice = "--image is a flag of kubectl run-template: give the parameter as -p image=VALUE"
            #expect(result.errors == "Warning: \(advice)\n")
            #expect(await cluster.plugin("params", "migrate", "-o", "name").errors == "")
            #expect(await cluster.plugin("params", "echo").errors == "JobTemplate \"echo\" declares no parameters.\n")
        }
    }

    @Test func theReservedNamesAreTheVerbs() {
        let verbs = RunTemplateCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        #expect(ReservedName.all == (verbs + ["help", LocalRun.verb]).sorted())
    }

    @Test func aTemplateIsDescribedWithItsRuns() async throws {
        let reserved = echoTemplate.replacing("name: echo", with: "name: list")
        try await CLICluster.run(templates: [migrateTemplate, reserved]) { cluster in
            _ = await cluster.plugin("migrate", "--database", "users", "--name", "first", "-q")
            let result = await cluster.plugin("describe", "migrate")
            #expect(result.output.hasPrefix("Name:          migrate\nNamespace:     default\nCreated:       "))
            #expect(result.output.contains("\nA run may set: args, parameters, env, image\nParameters:\n  --database"))
            #expect(result.output.contains("\nRuns:\n  NAME    TEMPLATE   PHASE    EXIT"))
            #expect(result.errors.hasPrefix("Warning: --image is a flag of kubectl run-template"))
            #expect(
                await cluster.plugin("describe", "jt/list").errors
                    == "Warning: \"list\" is also a verb of kubectl run-template: run the template as jt/list\n")
            let list = await cluster.plugin("list")
            #expect(
                list.errors == "Warning: \"list\" is also a verb of kubectl run-template: run the template as jt/list\n"
            )
            #expect(await cluster.plugin("list", "-o", "name").errors == "")
        }
    }
}
