import ArgumentParser
import KubeObjects
import Testing

@testable import RunTemplateCLI

/// Overrides as flags: what they become in the run's spec.
struct OverrideArgumentsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var words: [String]
        var fields: JSONValue
        var testDescription: String { words.joined(separator: " ") }
    }

    @Test(arguments: [
        Case(words: [], fields: [:]),
        Case(words: ["--image", "busybox:2"], fields: ["image": "busybox:2"]),
        Case(
            words: ["-e", "A=1", "--env", "B=x=y", "-e", "C="],
            fields: [
                "env": [["name": "A", "value": "1"], ["name": "B", "value": "x=y"], ["name": "C", "value": ""]]
            ]),
        Case(
            words: ["--env-from", "configmap/a", "--env-from", "secret/b"],
            fields: ["envFrom": [["configMapRef": ["name": "a"]], ["secretRef": ["name": "b"]]]]),
        Case(
            words: ["--cpu", "500m", "--limits", "cpu=1,memory=1Gi"],
            fields: ["resources": ["requests": ["cpu": "500m"], "limits": ["cpu": "1", "memory": "1Gi"]]]),
        Case(
            words: ["--memory", "64Mi"],
            fields: ["resources": ["requests": ["memory": "64Mi"], "limits": ["memory": "64Mi"]]]),
        Case(words: ["--service-account", "x"], fields: ["serviceAccountName": "x"]),
        Case(words: ["--node-selector", "a=b,c=d"], fields: ["nodeSelector": ["a": "b", "c": "d"]]),
        Case(words: ["--timeout", "90s"], fields: ["activeDeadlineSeconds": 90]),
        Case(words: ["--timeout", "1500ms"], fields: ["activeDeadlineSeconds": 2]),
        Case(
            words: ["--retries", "0", "--parallelism", "3", "--completions", "6", "--ttl", "1h"],
            fields: ["backoffLimit": 0, "parallelism": 3, "completions": 6, "ttlSecondsAfterFinished": 3600]),
        Case(words: ["--patch", "labels: {a: b}"], fields: ["labels": ["a": "b"]]),
        Case(words: ["--patch", #"{"image": "x"}"#, "--image", "y"], fields: ["image": "y"]),
    ])
    func flagsBecomeFields(_ test: Case) throws {
        #expect(try .object(OverrideArguments.parse(test.words).fields()) == test.fields)
    }

    @Test(arguments: [
        (["-e", "A"], "--env A: NAME=VALUE is expected"),
        (["--env-from", "x"], "--env-from x: configmap/NAME or secret/NAME is expected"),
        (["--cpu", "much"], "requests.cpu: \"much\" is no quantity; give one such as 500m or 256Mi"),
        (["--timeout", "0"], "--timeout: 0 is out of range; 1 is the least"),
        (["--retries=-1"], "--retries: -1 is out of range; 0 is the least"),
        (["--patch", "[]"], "--patch: one object is expected, such as {labels: {a: b}}"),
        (
            ["--patch", "imag: x"],
            "--patch: imag is nothing that a run can set; there are command, args, image, env, envFrom, resources, "
                + "serviceAccountName, nodeSelector, tolerations, parallelism, completions, backoffLimit, "
                + "activeDeadlineSeconds, ttlSecondsAfterFinished, labels, annotations; did you mean \"image\"?"
        ),
    ])
    func whatIsWrongIsSaid(_ words: [String], _ message: String) throws {
        let arguments = try OverrideArguments.parse(words)
        #expect(throws: CommandFailure(message, exitCode: 2)) { try arguments.fields() }
    }
}
