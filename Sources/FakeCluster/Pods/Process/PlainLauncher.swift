import Subprocess
import SystemPackage

/// Runs containers' processes on the host as they are, each in a process group of its own, without isolation.
struct PlainLauncher: ProcessLauncher {
    /// How long a process may take to end after SIGTERM when the pod runner itself stops.
    var stopGracePeriod: Duration = .milliseconds(500)

    func isolation() async -> Isolation { .none }

    func run(
        _ process: ProcessSpecification, output: @escaping @Sendable (OutputStream, [UInt8]) -> Void,
        started: @Sendable (RunningProcess) -> Void
    ) async throws(LaunchFailure) -> ProcessExit {
        let searchPath = process.environment.last { $0.name == "PATH" }?.value ?? "/usr/local/bin:/usr/bin:/bin"
        let executable = try ExecutableLookup.resolve(
            process.arguments.first ?? "", searchPath: searchPath, workingDirectory: process.workingDirectory)
        return try await run(executable, of: process, output: output, started: started)
    }

    /// Runs a found executable.
    func run(
        _ executable: String, of process: ProcessSpecification,
        output: @escaping @Sendable (OutputStream, [UInt8]) -> Void, started: @Sendable (RunningProcess) -> Void
    ) async throws(LaunchFailure) -> ProcessExit {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: stopGracePeriod)]
        let configuration = Configuration(
            executable: .path(FilePath(executable)),
            arguments: Arguments(
                executablePathOverride: process.arguments.first, remainingValues: Array(process.arguments.dropFirst())),
            environment: .custom(process.environmentEntries),
            workingDirectory: FilePath(process.workingDirectory), platformOptions: options)
        do {
            let standardOutput = try OutputPipe { output(.stdout, $0) }
            let standardError = try OutputPipe { output(.stderr, $0) }
            let result = try await Subprocess.run(
                configuration, input: .none,
                output: .fileDescriptor(standardOutput.writeEnd, closeAfterSpawningProcess: true),
                error: .fileDescriptor(standardError.writeEnd, closeAfterSpawningProcess: true)
            ) { execution in
                let running = RunningProcess(processIdentifier: execution.processIdentifier.value)
                started(running)
                return running
            }
            // The first process of a container takes all others with it.
            result.closureResult.killGroup()
            await standardOutput.finish()
            await standardError.finish()
            return ProcessExit(result.terminationStatus)
        } catch {
            throw LaunchFailure(description: "exec: \"\(process.arguments.first ?? "")\": \(error)")
        }
    }
}

extension ProcessSpecification {
    /// `NAME=value` and a NUL, as a process gets it; each name once, with its last value.
    fileprivate var environmentEntries: [[UInt8]] {
        var positions: [String: Int] = [:]
        var entries: [[UInt8]] = []
        for variable in environment {
            let entry = Array("\(variable.name)=\(variable.value)\0".utf8)
            if let position = positions[variable.name] {
                entries[position] = entry
            } else {
                positions[variable.name] = entries.count
                entries.append(entry)
            }
        }
        return entries
    }
}

extension ProcessExit {
    fileprivate init(_ status: TerminationStatus) {
        switch status {
        case .exited(let code): self = .exited(Int(code))
        case .signaled(let signal): self = .signalled(Int(signal))
        }
    }
}
