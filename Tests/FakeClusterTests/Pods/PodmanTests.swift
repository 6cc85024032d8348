import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// What becomes of pods whose images podman runs.
@Suite(.timeLimit(.minutes(5)), .imagesRun)
struct PodmanTests {
    private static let pods = "/api/v1/namespaces/demo/pods"

    /// Runs a cluster, makes the pod `p` and waits until it is as it should be.
    private func run(
        _ spec: String, objects: [(String, String)] = [], until holds: (JSONValue) -> Bool = isOver,
        _ body: (PolicyServer, JSONValue) async throws -> Void
    ) async throws {
        var configuration = FakeCluster.Configuration()
        configuration.runsImages = true
        try await PolicyServer.running(configuration) { cluster in
            for (path, object) in objects { try await cluster.make("/api/v1/namespaces/demo/\(path)", object) }
            try await cluster.make(Self.pods, "{metadata: {name: p}, spec: \(spec)}")
            try await body(cluster, try await cluster.wait(for: Self.pods, holds))
        }
    }

    private static func isOver(_ pod: JSONValue) -> Bool {
        ["Succeeded", "Failed"].contains(pod["status"]?["phase"]?.string ?? "")
    }

    private static func isWaiting(_ pod: JSONValue, for reason: String) -> Bool {
        status(pod)?["state"]?["waiting"]?["reason"]?.string == reason
    }

    private static func status(_ pod: JSONValue) -> JSONValue? { pod["status"]?.list("containerStatuses").first }

    private static func end(of pod: JSONValue) -> JSONValue? { status(pod)?["state"]?["terminated"] }

    private static func log(_ cluster: PolicyServer) async throws -> String {
        try await cluster.server.send(.get, pods + "/p/log").text
    }

    @Test(
        "a container runs what its image says, unless it says so itself",
        arguments: [
            ("", "from the image as it is\n"), ("args: [so]", "from the image so\n"), ("command: [echo, so]", "so\n"),
            ("command: [echo], args: [$(OF_POD)], env: [{name: OF_POD, value: its own}]", "its own\n"),
        ])
    func command(_ fields: String, _ output: String) async throws {
        let spec = "{restartPolicy: Never, containers: [{name: main, image: \"\(PodmanImages.plain)\", \(fields)}]}"
        try await run(spec) { cluster, pod in
            #expect(Self.end(of: pod)?["exitCode"] == 0, "\(pod.encodedString())")
            let log = try await Self.log(cluster)
            #expect(log == output)
            #expect(Self.status(pod)?["imageID"]?.string?.contains("sha256:") == true)
        }
    }

    @Test func `its surroundings are those of the image and of the pod`() async throws {
        let script = """
            echo $OF_IMAGE, $OF_POD, $(pwd), $(hostname), $(id -u):$(id -g); cat /etc/words/greeting; cat /shared/left
            echo x > /etc/words/greeting || echo read-only; echo x > /place/file || echo read-only, too
            echo last words > /dev/termination-log; test -e \(#filePath) || echo not this machine; exit 7
            """
        let spec = """
            {restartPolicy: Never, hostname: somewhere, securityContext: {runAsUser: 4321, runAsGroup: 99},
            volumes: [{name: words, configMap: {name: words}}, {name: shared, emptyDir: {}}],
            initContainers: [{name: first, image: "\(PodmanImages.plain)",
            command: [sh, -c, "echo left by another > /shared/left"],
            volumeMounts: [{name: shared, mountPath: /shared}]}],
            containers: [{name: main, image: "\(PodmanImages.plain)",
            command: [sh, -c, \(JSONValue.string(script).encodedString())],
            env: [{name: OF_POD, value: "with, commas\\" and quotes"}], securityContext: {readOnlyRootFilesystem: true},
            volumeMounts: [{name: words, mountPath: /etc/words}, {name: shared, mountPath: /shared}]}]}
            """
        let words = ("configmaps", "{metadata: {name: words}, data: {greeting: \"hello\\n\"}}")
        try await run(spec, objects: [words]) { cluster, pod in
            let log = try await Self.log(cluster)
            #expect(
                log.split(separator: "\n").filter { !$0.lowercased().contains("read-only file system") }
                    == [
                        "yes, with, commas\" and quotes, /place, somewhere, 4321:99", "hello", "left by another",
                        "read-only", "read-only, too", "not this machine",
                    ], "\(log)")
            #expect(Self.end(of: pod)?["exitCode"] == 7)
            #expect(Self.end(of: pod)?["message"] == "last words\n")
        }
    }

    @Test func `nothing of what it prints is lost or put into another order`() async throws {
        let lines = 5000
        let spec = """
            {restartPolicy: Never, containers: [{name: main, image: "\(PodmanImages.plain)", \
            command: [sh, -c, "seq \(lines); echo to the other stream >&2"]}]}
            """
        try await run(spec) { cluster, _ in
            let log = try await Self.log(cluster).split(separator: "\n")
            #expect(log.count == lines + 1)
            #expect(log.filter { $0 != "to the other stream" } == (1...lines).map { "\($0)" })
        }
    }

    @Test(
        "a container is asked to end by the signal of its image, and is ended when its time is over",
        arguments: [
            (PodmanImages.plain, "trap 'exit 3' TERM", 30, 3), (PodmanImages.careful, "trap 'exit 4' USR1", 30, 4),
            (PodmanImages.plain, "trap '' TERM", 1, 137),
        ])
    func end(_ image: String, _ trap: String, _ seconds: Int, _ code: Int64) async throws {
        let spec = """
            {terminationGracePeriodSeconds: \(seconds), containers: [{name: main, image: "\(image)", command: [sh, -c, \
            "\(trap); echo > /dev/termination-log; while :; do sleep 0.05; done"], \
            readinessProbe: {exec: {command: [test, -s, /dev/termination-log]}, periodSeconds: 1, \
            timeoutSeconds: 30}}]}
            """
        // Before its trap is set, the first process of a container does not hear the signal.
        try await run(spec, until: { Self.status($0)?["ready"] == true }) { cluster, _ in
            async let last = cluster.wait(for: Self.pods) { Self.end(of: $0) != nil }
            _ = try await cluster.server.send(.delete, Self.pods + "/p")
            let ended = try await last
            #expect(Self.end(of: ended)?["exitCode"]?.integer == code)
        }
    }

    @Test func `a probe's command runs inside of it`() async throws {
        let spec = """
            {containers: [{name: main, image: "\(PodmanImages.plain)", \
            command: [sh, -c, "cd /tmp 2>/dev/null || cd /; echo > here; sleep 1000"], \
            readinessProbe: {exec: {command: [sh, -c, "test -e /here -o -e /tmp/here"]}, periodSeconds: 1, timeoutSeconds: 30}}]}
            """
        try await run(spec, until: { Self.status($0)?["ready"] == true }) { _, pod in
            #expect(pod["status"]?["phase"] == "Running")
        }
    }

    @Test(
        "an image that cannot be had is told of as a kubelet does, in podman's words",
        arguments: [
            ("image: registry.example.invalid/x:1", "ImagePullBackOff", "pinging container registry"),
            (
                "image: localhost/none:1, imagePullPolicy: Never", "ErrImageNeverPull",
                "Container image \"localhost/none:1\" is not present with pull policy of Never"
            ),
        ])
    func missingImage(_ fields: String, _ reason: String, _ words: String) async throws {
        try await run("{containers: [{name: main, \(fields)}]}", until: { Self.isWaiting($0, for: reason) }) { _, pod in
            #expect(Self.status(pod)?["state"]?["waiting"]?["message"]?.string?.contains(words) == true)
            #expect(Self.status(pod)?["imageID"] == "")
        }
    }

    @Test func `an image that runs as root is refused where it must not`() async throws {
        let spec = """
            {securityContext: {runAsNonRoot: true}, containers: [{name: main, image: "\(PodmanImages.plain)"}]}
            """
        try await run(spec, until: { Self.isWaiting($0, for: "CreateContainerConfigError") }) { _, pod in
            let message = Self.status(pod)?["state"]?["waiting"]?["message"]?.string
            #expect(message?.hasPrefix("container has runAsNonRoot and image will run as root (pod: ") == true)
        }
        let other = """
            {restartPolicy: Never, securityContext: {runAsNonRoot: true}, \
            containers: [{name: main, image: "\(PodmanImages.careful)"}]}
            """
        try await run(other) { cluster, _ in
            let log = try await Self.log(cluster)
            #expect(log == "1234\n")
        }
    }

    @Test func `a command that the image has not is a start error, in the words of podman's runtime`() async throws {
        let spec = """
            {restartPolicy: Never, containers: [{name: main, image: "\(PodmanImages.plain)", command: [nothing-such]}]}
            """
        try await run(spec) { cluster, pod in
            #expect(Self.end(of: pod)?["reason"] == "StartError")
            #expect(Self.end(of: pod)?["message"]?.string?.contains("nothing-such") == true)
            let log = try await Self.log(cluster)
            #expect(log == "")
        }
    }

    @Test func `what a life without an end has left behind is removed by the next one`() async throws {
        let owner = "/test/\(Timestamp(seconds: 0).rfc3339)-\(UInt64.random(in: 0...UInt64.max))"
        let podman = try Podman()
        for mine in [owner, owner + "-other"] {
            let failure = try await PodmanImages.run(
                "podman run --detach --pull never --network host --label '\(PodmanArguments.label(mine))' $1 "
                    + "--entrypoint sleep \(PodmanImages.plain) 1000",
                PodmanArguments.limits.joined(separator: " "))
            #expect(failure == nil)
        }
        await PodmanLauncher(podman: podman, owner: owner).removeLeftovers()
        #expect(await podman.containers(label: PodmanArguments.label(owner)) == [])
        #expect(await podman.containers(label: PodmanArguments.label(owner + "-other")).count == 1)
        await PodmanLauncher(podman: podman, owner: owner + "-other").removeLeftovers()
    }
}
