import KubeObjects
import Testing

@testable import FakeCluster

/// How podman is told to run a container.
struct PodmanArgumentsTests {
    /// The arguments for a process, without those that all have.
    private func arguments(_ change: (inout ProcessSpecification) -> Void) -> [String] {
        var process = ProcessSpecification(arguments: [], image: "id", environment: [], workingDirectory: "")
        process.replacesEntrypoint = false
        let plain = PodmanArguments.run("name", owner: "o", process)
        change(&process)
        return PodmanArguments.run("name", owner: "o", process).filter { !plain.contains($0) }
    }

    @Test func `a container without wishes is left to its image`() {
        #expect(arguments { _ in } == [])
    }

    @Test func `a command replaces the entrypoint, arguments only follow it`() {
        #expect(arguments { $0.arguments = ["a", "b"] } == ["a", "b"])
        #expect(
            arguments {
                $0.arguments = ["sh", "-c", "x"]
                $0.replacesEntrypoint = true
            } == ["--entrypoint", "[\"sh\"]", "-c", "x"])
    }

    @Test func `paths with commas and quotes stay whole`() {
        let mounts = arguments {
            $0.mounts = [
                ContainerMount(hostPath: "/a", containerPath: "/b", isReadOnly: true),
                ContainerMount(hostPath: "/a,b", containerPath: "/\"c"),
            ]
        }
        #expect(
            mounts == [
                "--mount", "type=bind,source=/a,destination=/b,ro=true", "--mount",
                "type=bind,\"source=/a,b\",\"destination=/\"\"c\"",
            ])
    }

    @Test func `what a container asks for is passed on`() {
        let context: JSONValue = [
            "securityContext": [
                "privileged": true, "allowPrivilegeEscalation": false,
                "capabilities": ["add": ["NET_ADMIN"], "drop": ["ALL"]],
            ]
        ]
        var process = ProcessSpecification(arguments: [], image: "id", environment: [], workingDirectory: "/w")
        process.origin = ProcessOrigin(
            pod: KubeObject([:]), container: context, restartCount: 0, terminationMessage: "")
        process.hasReadOnlyRoot = true
        process.sharesHostProcesses = true
        process.user = ProcessUser(user: 1, group: 2)
        process.hostname = "h"
        process.environment = [EnvironmentVariable(name: "A", value: "b=c")]
        let given = PodmanArguments.run("n", owner: "o", process).joined(separator: " ")
        for expected in [
            "--name n --label fake-cluster.pods=o", "--hostname h", "--pid host", "--workdir /w", "--user 1:2",
            "--read-only --read-only-tmpfs=false", "--privileged --cap-drop ALL --cap-add NET_ADMIN",
            "--security-opt no-new-privileges", "--env A=b=c", "-- id",
        ] { #expect(given.contains(expected), "\(given)") }
    }
}
