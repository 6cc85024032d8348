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
@Suite(.timeLimit(.minutes(5)), .containersAreIsolated)
struct HostLauncherTests {
    @Test func mountsAppearAtTheirPathsAndLeaveNoTrace() async throws {
        let launcher = HostLauncher()
        try await withFolder { folder in
            try Data("there\n".utf8).write(to: URL(filePath: "\(folder)/file"))
            let mounts = [
                ContainerMount(hostPath: folder, containerPath: "/etc/fake-mount", isReadOnly: true),
                ContainerMount(hostPath: folder, containerPath: "/fake-mount"),
            ]
            let script = """
                cat /etc/fake-mount/file; cat /etc/hostname > /dev/null && echo host
                (echo x > /etc/fake-mount/file) 2> /dev/null || echo read-only
                echo written > /fake-mount/file
                """
            let (exit, text) = try await run(launcher, Self.process(script, mounts, folder) { _ in })
            #expect(exit == .exited(0))
            #expect(text == "there\nhost\nread-only\n")
            #expect(try String(contentsOf: URL(filePath: "\(folder)/file"), encoding: .utf8) == "written\n")
            #expect(!FileManager.default.fileExists(atPath: "/fake-mount"))
            #expect(!FileManager.default.fileExists(atPath: "/etc/fake-mount"))
        }
    }

    @Test func aMissingCommandIsRefusedInTheUsualWords() async throws {
        let launcher = HostLauncher()
        try await withFolder { folder in
            let process = ProcessSpecification(
                arguments: ["/m/none"], environment: [], workingDirectory: folder,
                mounts: [ContainerMount(hostPath: folder, containerPath: "/m")], scratch: folder)
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
            await running?.terminate()
            let ended = try await exit
            #expect(ended == .exited(5))
        }
    }

    @Test func aContainerSeesItsOwnProcessesNameAndTemporaryFolder() async throws {
        try await withFolder { folder in
            let stray = "/tmp/\(UUID().uuidString)"
            try Data().write(to: URL(filePath: stray))
            defer { try? FileManager.default.removeItem(atPath: stray) }
            let script = "echo $$; hostname; ls \(stray) 2>/dev/null; pwd; touch /made && echo made"
            let process = Self.process(script, [], folder, directory: "/usr/src/absent") { $0.hostname = "p" }
            let (exit, text) = try await run(HostLauncher(), process)
            #expect(exit == .exited(0))
            #expect(text == "1\np\n/usr/src/absent\nmade\n")
            #expect(!FileManager.default.fileExists(atPath: "/made"))
            #expect(!FileManager.default.fileExists(atPath: "/usr/src/absent"))
        }
    }

    @Test func aReadOnlyRootCanBeWrittenInMountsOnly() async throws {
        try await withFolder { folder in
            let script = "for f in /x /tmp/x /m/x; do (echo > $f) 2>/dev/null && echo $f; done; true"
            let mounts = [ContainerMount(hostPath: folder, containerPath: "/m")]
            let process = Self.process(script, mounts, folder) { $0.hasReadOnlyRoot = true }
            let text = try await run(HostLauncher(), process).1
            #expect(text == "/m/x\n")
        }
    }

    @Test func aNeighbourSeesWhatTheContainerSees() async throws {
        try await withFolder { folder in
            let launcher = HostLauncher()
            let mounts = [ContainerMount(hostPath: folder, containerPath: "/m")]
            let process = Self.process("echo here > /tmp/mine; echo up; sleep 60", mounts, folder) { _ in }
            let started = OneShot<RunningProcess>()
            let output = OneShot<[UInt8]>()
            async let exit = launcher.run(process) {
                output.happen($1)
            } started: {
                started.happen($0)
            }
            _ = await output.wait()
            let running = await started.wait()
            let beside = Self.process("cat /tmp/mine; readlink /proc/1/exe | grep -c bwrap", mounts, folder) {
                $0.neighbour = running
            }
            let text = try await run(launcher, beside).1
            #expect(text == "here\n0\n")
            running?.killGroup()
            let code = try await exit.code
            #expect(code == 137)
        }
    }

    private static func process(
        _ script: String, _ mounts: [ContainerMount], _ folder: String, directory: String = "/",
        _ change: (inout ProcessSpecification) -> Void
    ) -> ProcessSpecification {
        var process = ProcessSpecification(
            arguments: ["sh", "-c", script],
            environment: [EnvironmentVariable(name: "PATH", value: "/usr/bin:/bin")], workingDirectory: directory,
            mounts: mounts, scratch: folder)
        change(&process)
        return process
    }

    private func run(
        _ launcher: HostLauncher, _ process: ProcessSpecification
    ) async throws -> (ProcessExit, String) {
        let printed = Printed()
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

extension Trait where Self == ConditionTrait {
    /// Runs a test only where containers can be isolated from the host and each other.
    static var containersAreIsolated: Self {
        .enabled("bubblewrap is not installed or may not make namespaces here") {
            await HostLauncher().isolation() == .full
        }
    }
}
