import FoundationEssentials

/// Runs containers' processes on the host, each in namespaces of its own (bubblewrap) where the host allows them, so that
/// volumes are at their paths and the first process has the id 1.
///
/// Where bubblewrap is not there, or may not make namespaces, everything runs as it is, and paths are rewritten.
struct HostLauncher: ProcessLauncher {
    private struct Tools {
        var bubblewrap: String
        var enter: String?
        var setUser: String?
        var isolation: Isolation
    }

    private static let folders = ["/usr/bin", "/bin", "/usr/local/bin"]

    private let plain = PlainLauncher()
    /// What this machine has and allows, found out once; nil if nothing can be isolated.
    private static let tools = Task { await probe() }

    private static func find(_ name: String) -> String? {
        folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile(atPath:))
    }

    func isolation() async -> Isolation { await Self.tools.value?.isolation ?? .none }

    private static func probe() async -> Tools? {
        guard let path = find("bwrap") else { return nil }
        for isolation in [Isolation.full, .mounts] {
            let process = ProcessSpecification(
                arguments: ["/bin/sh", "-c", ":"], environment: [], workingDirectory: "/", hostname: "trial")
            var trial = process
            trial.arguments = [path] + MountPlan(process, isolation).arguments + ["--"] + process.arguments
            let exit = try? await PlainLauncher().run(path, of: trial) { _, _ in
            } started: { _ in
            }
            guard exit == .exited(0) else { continue }
            return Tools(
                bubblewrap: path, enter: find("nsenter"), setUser: find("setpriv"), isolation: isolation)
        }
        return nil
    }

    func run(
        _ process: ProcessSpecification, output: @escaping @Sendable (OutputStream, [UInt8]) -> Void,
        started: @Sendable (RunningProcess) -> Void
    ) async throws(LaunchFailure) -> ProcessExit {
        guard let tools = await Self.tools.value else {
            return try await plain.run(process, output: output, started: started)
        }
        try Self.look(for: process)
        var wrapped = process
        wrapped.workingDirectory = "/"
        var command = process.arguments
        if let user = process.user, let setUser = tools.setUser, RunningProcess.isSuperuser {
            command =
                [setUser, "--reuid=\(user.user)", "--regid=\(user.group)", "--clear-groups", "--"] + command
        }
        if let enter = tools.enter, let first = await process.neighbour?.firstProcess() {
            wrapped.arguments = [enter] + Self.entering(first, process) + ["--"] + command
            return try await plain.run(enter, of: wrapped, output: output, started: started)
        }
        wrapped.arguments =
            [tools.bubblewrap] + MountPlan(process, tools.isolation).arguments
            + ["--chdir", process.workingDirectory, "--"] + command
        return try await plain.run(tools.bubblewrap, of: wrapped, output: output) { running in
            started(RunningProcess(processIdentifier: running.processIdentifier, isWrapper: true))
        }
    }

    /// The arguments of nsenter(1) that lead into a container.
    private static func entering(_ first: Int32, _ process: ProcessSpecification) -> [String] {
        let user = RunningProcess.isSuperuser ? [] : ["--user", "--preserve-credentials"]
        let directory = process.workingDirectory == "/" ? [] : ["--wdns=\(process.workingDirectory)"]
        return ["--target=\(first)", "--mount", "--pid", "--uts", "--ipc"] + user + directory
    }

    /// Looks for the executable on the host, where mounts are elsewhere; so that what is not there is refused in the
    /// usual words.
    private static func look(for process: ProcessSpecification) throws(LaunchFailure) {
        let command = process.arguments.first ?? ""
        guard command.utf8.contains(UInt8(ascii: "/")) else {
            let searchPath = process.environment.last { $0.name == "PATH" }?.value ?? ""
            _ = try ExecutableLookup.resolve(
                command, searchPath: searchPath, workingDirectory: process.workingDirectory)
            return
        }
        let onHost = PathRewriting(process.mounts).apply(to: command)
        do throws(LaunchFailure) {
            _ = try ExecutableLookup.resolve(onHost, searchPath: "", workingDirectory: process.workingDirectory)
        } catch {
            throw LaunchFailure(description: error.description.replacing(onHost, with: command))
        }
    }
}
