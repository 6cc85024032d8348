import Foundation
import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// What becomes of pods whose containers a script plays.
@Suite(.timeLimit(.minutes(5)))
struct PodScriptTests {
    private static let pods = "/api/v1/namespaces/demo/pods"

    /// Runs a cluster with a script, makes the pod `p` and waits until it is as it should be.
    private func play(
        _ script: PodScript, _ spec: String = "{restartPolicy: Never, containers: [{name: main, image: x/y:1}]}",
        until holds: (JSONValue) -> Bool, _ body: (PolicyServer, JSONValue) async throws -> Void
    ) async throws {
        var configuration = FakeCluster.Configuration()
        configuration.script = script
        try await PolicyServer.running(configuration) { cluster in
            try await cluster.make(Self.pods, "{metadata: {name: p}, spec: \(spec)}")
            try await body(cluster, try await cluster.wait(for: Self.pods, holds))
        }
    }

    private static func isOver(_ pod: JSONValue) -> Bool {
        ["Succeeded", "Failed"].contains(pod["status"]?["phase"]?.string ?? "")
    }

    private static func end(of pod: JSONValue) -> JSONValue? {
        pod["status"]?.list("containerStatuses").first?["state"]?["terminated"]
    }

    @Test func `a closure decides what a container prints and how it ends`() async throws {
        let script = PodScript { container in
            container.print("one of \(container.pod.name ?? ""), \(container.image), \(container.command)")
            container.printError("two")
            container.leaveMessage("last words")
            return 7
        }
        let spec = "{restartPolicy: Never, containers: [{name: main, image: x/y:1, args: [a, b]}]}"
        try await play(script, spec, until: Self.isOver) { cluster, pod in
            #expect(Self.end(of: pod)?["exitCode"] == 7)
            #expect(Self.end(of: pod)?["message"] == "last words")
            let log = try await cluster.server.send(.get, Self.pods + "/p/log")
            #expect(log.text.split(separator: "\n").sorted() == ["one of p, x/y:1, [\"a\", \"b\"]", "two"])
        }
    }

    @Test func `a container may end otherwise the second time`() async throws {
        let script = PodScript { $0.restartCount == 0 ? 1 : 0 }
        let spec = "{restartPolicy: OnFailure, containers: [{name: main, image: x}]}"
        try await play(script, spec, until: Self.isOver) { _, pod in
            #expect(pod["status"]?["phase"] == "Succeeded")
            #expect(pod["status"]?.list("containerStatuses").first?["restartCount"] == 1)
        }
    }

    @Test func `last words are those of one run`() async throws {
        let script = PodScript { container in
            if container.restartCount == 0 { container.leaveMessage("not yet") }
            return container.restartCount == 0 ? 1 : 0
        }
        let spec = "{restartPolicy: OnFailure, containers: [{name: main, image: x}]}"
        try await play(script, spec, until: Self.isOver) { _, pod in
            let status = pod["status"]?.list("containerStatuses").first
            #expect(status?["lastState"]?["terminated"]?["message"] == "not yet")
            #expect(Self.end(of: pod)?["message"] == nil)
        }
    }

    @Test func `a volume is not made, but what it needs must be there`() async throws {
        let data = NSTemporaryDirectory() + "script-volumes-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: data) }
        let spec = """
            {restartPolicy: Never, volumes: [{name: c, configMap: {name: words}}, {name: e, emptyDir: {}}],
             containers: [{name: main, image: x, volumeMounts: [{name: c, mountPath: /c}, {name: e, mountPath: /e}]},
                          {name: silent, image: x}]}
            """
        var configuration = FakeCluster.Configuration()
        configuration.script = PodScript { container in
            if container.name == "main" { container.print("hello") }
            return 0
        }
        configuration.dataDirectory = data
        try await PolicyServer.running(configuration) { cluster in
            try await cluster.make(Self.pods, "{metadata: {name: p}, spec: \(spec)}")
            _ = try await cluster.wait(for: "/api/v1/namespaces/demo/events") {
                $0["reason"] == "FailedMount"
                    && $0["message"] == #"MountVolume.SetUp failed for volume "c" : configmap "words" not found"#
            }
            try await cluster.make("/api/v1/namespaces/demo/configmaps", "{metadata: {name: words}, data: {a: b}}")
            _ = try await cluster.wait(for: Self.pods, Self.isOver)
            let files = FileManager.default.enumerator(atPath: "\(data)/pods")?.compactMap { $0 as? String } ?? []
            #expect(files.filter { $0.contains(".") }.map { $0.split(separator: "/").last } == ["0.log"], "\(files)")
            #expect(!files.contains { $0.contains("volumes") || $0.contains("silent") })
            let log = try await cluster.server.send(.get, Self.pods + "/p/log?container=silent")
            #expect(log.status == 200 && log.text.isEmpty)
        }
    }

    @Test func `a container that waits is asked to end`() async throws {
        let script = try PodScript(parsing: Array("rules: [{do: [{wait: forever}, {exit: 3}]}]".utf8), file: "s")
        try await play(script, until: { $0["status"]?["phase"] == "Running" }) { cluster, _ in
            let events = Task { try await cluster.wait(for: Self.pods) { Self.end(of: $0) != nil } }
            let answer = try await cluster.server.send(.delete, Self.pods + "/p")
            #expect(answer.status == 200)
            let last = try await events.value
            #expect(Self.end(of: last)?["exitCode"] == 3)
        }
    }

    @Test func `the first rule that fits plays a container`() async throws {
        let text = """
            rules:
            - {pod: q*, do: [{exit: 1}]}
            - {container: main, image: x/*, run: 1, do: [{print: hello}, {wait: 1ms}, {exit: 4}]}
            - do: []
            """
        let script = try PodScript(parsing: Array(text.utf8), file: "s")
        try await play(script, until: Self.isOver) { cluster, pod in
            #expect(Self.end(of: pod)?["exitCode"] == 4)
            let log = try await cluster.server.send(.get, Self.pods + "/p/log")
            #expect(log.text == "hello\n")
        }
    }

    @Test func `a container that no rule fits does not start, and says why`() async throws {
        let script = try PodScript(parsing: Array("rules: []".utf8), file: "s")
        try await play(script, until: Self.isOver) { _, pod in
            #expect(Self.end(of: pod)?["reason"] == "StartError")
            #expect(
                Self.end(of: pod)?["message"]?.string?.hasSuffix(
                    "no rule fits the container main (image x/y:1) of the pod p; a last rule without conditions fits "
                        + "every one") == true)
        }
    }

    @Test(arguments: [
        (
            "rules: [{pods: x}]",
            "s:1: rules[0].pods: there is no such field; known are pod, namespace, container, "
                + "image, run, do"
        ),
        (
            "rules:\n- do: [{print: a, exit: 0}]",
            "s:2: rules[0].do[0]: a step is one of print, printError, message, "
                + "wait, exit"
        ),
        ("rules:\n- do: [{wait: soon}]", "s:2: rules[0].do[0].wait: this must be a duration such as 250ms or 1m30s"),
        ("rules: [{run: 0}]", "s:1: rules[0].run: this must be a whole number from 1"),
    ])
    func `what is wrong with a script is told with its place`(_ text: String, _ message: String) {
        let error = #expect(throws: FieldFileError.self) { try PodScript(parsing: Array(text.utf8), file: "s") }
        #expect(error?.description == message)
    }
}
