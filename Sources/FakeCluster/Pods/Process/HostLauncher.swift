import FoundationEssentials
import Synchronization

/// Runs containers' processes on the host: as they are if they need nothing else, and in a mount namespace of their own
/// (bubblewrap) if they have volumes, so that these are at their paths.
///
/// Where bubblewrap is not there, or may not make namespaces, everything runs as it is, and paths are rewritten.
/// A namespace costs some 25 ms, so one is made only for containers that need it: not for the termination message and the
/// default service account, which every container has.
final class HostLauncher: ProcessLauncher {
    private static let candidates = ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap"]

    private let plain = PlainLauncher()
    private let bubblewrap = Mutex<String?>(nil)

    /// Finds out whether namespaces can be made.
    func prepare() async {
        guard let path = Self.candidates.first(where: FileManager.default.isExecutableFile(atPath:)) else { return }
        let trial = ProcessSpecification(
            arguments: [path] + MountPlan([], scratch: "/").arguments + ["--", "/bin/sh", "-c", ":"], environment: [],
            workingDirectory: "/")
        let exit = try? await plain.run(path, of: trial) { _, _ in
        } started: { _ in
        }
        if exit == .exited(0) { bubblewrap.withLock { $0 = path } }
    }

    func showsMounts(_ mounts: [ContainerMount]) -> Bool {
        bubblewrap.withLock { $0 != nil } && !mounts.allSatisfy(\.canBeRewritten)
    }

    func run(
        _ process: ProcessSpecification, output: @escaping @Sendable (OutputStream, [UInt8]) -> Void,
        started: @Sendable (RunningProcess) -> Void
    ) async throws(LaunchFailure) -> ProcessExit {
        guard let path = bubblewrap.withLock({ $0 }), !process.mounts.allSatisfy(\.canBeRewritten) else {
            return try await plain.run(process, output: output, started: started)
        }
        let command = process.arguments.first ?? ""
        let searchPath = process.environment.last { $0.name == "PATH" }?.value ?? ""
        // Looked for on the host, where mounts are elsewhere; so that what is not there is refused in the usual words.
        if command.utf8.contains(UInt8(ascii: "/")) {
            let onHost = PathRewriting(process.mounts).apply(to: command)
            do throws(LaunchFailure) {
                _ = try ExecutableLookup.resolve(onHost, searchPath: "", workingDirectory: process.workingDirectory)
            } catch {
                throw LaunchFailure(description: error.description.replacing(onHost, with: command))
            }
        } else {
            _ = try ExecutableLookup.resolve(
                command, searchPath: searchPath, workingDirectory: process.workingDirectory)
        }
        var wrapped = process
        wrapped.arguments =
            [path] + MountPlan(process.mounts, scratch: process.scratch).arguments
            + ["--chdir", process.workingDirectory, "--"] + process.arguments
        wrapped.workingDirectory = "/"
        return try await plain.run(path, of: wrapped, output: output) { running in
            started(RunningProcess(processIdentifier: running.processIdentifier, isWrapper: true))
        }
    }
}
