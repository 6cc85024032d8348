import FoundationEssentials
import Synchronization
import Testing

@testable import FakeCluster

/// What a process prints, both streams together.
private final class Printed: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    func append(_ chunk: [UInt8]) { bytes.withLock { $0 += chunk } }
}

/// Processes with mounts of their own, where the host allows them.
@Suite(.timeLimit(.minutes(1)))
struct HostLauncherTests {
    @Test func mountsAppearAtTheirPathsAndLeaveNoTrace() async throws {
        let launcher = HostLauncher()
        await launcher.prepare()
        try await withFolder { folder in
            try Data("there\n".utf8).write(to: URL(filePath: "\(folder)/file"))
            let mounts = [
                ContainerMount(hostPath: folder, containerPath: "/etc/fake-mount", isReadOnly: true),
                ContainerMount(hostPath: folder, containerPath: "/fake-mount"),
            ]
            guard launcher.showsMounts(mounts) else { return }
            let script = """
                cat /etc/fake-mount/file; cat /etc/hostname > /dev/null && echo host
                (echo x > /etc/fake-mount/file) 2> /dev/null || echo read-only
                echo written > /fake-mount/file
                """
            let (exit, text) = try await run(launcher, script, mounts, folder)
            #expect(exit == .exited(0))
            #expect(text == "there\nhost\nread-only\n")
            #expect(try String(contentsOf: URL(filePath: "\(folder)/file"), encoding: .utf8) == "written\n")
            #expect(!FileManager.default.fileExists(atPath: "/fake-mount"))
            #expect(!FileManager.default.fileExists(atPath: "/etc/fake-mount"))
        }
    }

    @Test func aMissingCommandIsRefusedInTheUsualWords() async throws {
        let launcher = HostLauncher()
        await launcher.prepare()
        try await withFolder { folder in
            let process = ProcessSpecification(
                arguments: ["/m/none"], environment: [], workingDirectory: folder,
                mounts: [ContainerMount(hostPath: folder, containerPath: "/m")], scratch: folder)
            guard launcher.showsMounts(process.mounts) else { return }
            let failure = await #expect(throws: LaunchFailure.self) {
                try await launcher.run(process) { _, _ in
                } started: { _ in
                }
            }
            #expect(failure?.description == "exec: \"/m/none\": stat /m/none: no such file or directory")
        }
    }

    @Test func aProcessBehindItsNamespaceIsAskedToEnd() async throws {
        let launcher = HostLauncher()
        await launcher.prepare()
        try await withFolder { folder in
            let mounts = [ContainerMount(hostPath: folder, containerPath: "/m")]
            let started = OneShot<RunningProcess>()
            let output = OneShot<[UInt8]>()
            let process = ProcessSpecification(
                arguments: ["sh", "-c", "trap 'exit 5' TERM; echo up; while :; do sleep 0.01; done"],
                environment: [EnvironmentVariable(name: "PATH", value: "/usr/bin:/bin")], workingDirectory: folder,
                mounts: mounts, scratch: folder)
            async let exit = launcher.run(process) {
                output.happen($1)
            } started: {
                started.happen($0)
            }
            let running = await started.wait()
            _ = await output.wait()
            running?.terminate()
            let ended = try await exit
            #expect(ended == .exited(5))
        }
    }

    private func run(
        _ launcher: HostLauncher, _ script: String, _ mounts: [ContainerMount], _ folder: String
    ) async throws -> (ProcessExit, String) {
        let printed = Printed()
        let process = ProcessSpecification(
            arguments: ["sh", "-c", script],
            environment: [EnvironmentVariable(name: "PATH", value: "/usr/bin:/bin")], workingDirectory: folder,
            mounts: mounts, scratch: folder)
        let exit = try await launcher.run(process) {
            printed.append($1)
        } started: { _ in
        }
        return (exit, printed.text)
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "launcher-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }
}
