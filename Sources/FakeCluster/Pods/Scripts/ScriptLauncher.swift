import FoundationEssentials
import KubeObjects

/// Lets a script play containers.
struct ScriptLauncher: ProcessLauncher {
    let script: PodScript
    let time: TimeSource

    /// Nothing is shared with the machine, since nothing runs on it.
    func isolation() async -> Isolation { .full }

    var needsCommand: Bool { false }
    var usesFiles: Bool { false }

    func run(
        _ process: ProcessSpecification, output: @escaping @Sendable (OutputStream, [UInt8]) -> Void,
        started: @Sendable (RunningProcess) -> Void
    ) async throws(LaunchFailure) -> ProcessExit {
        // A probe, or a hook: there is nothing that it could find wrong.
        guard let origin = process.origin, process.neighbour == nil else { return .exited(0) }
        let control = ProcessControl()
        let container = ScriptedContainer(
            pod: origin.pod, name: origin.container["name"]?.string ?? "",
            image: origin.container["image"]?.string ?? "", command: process.arguments,
            environment: Dictionary(process.environment.map { ($0.name, $0.value) }) { _, last in last },
            restartCount: origin.restartCount, time: time, output: output,
            write: { message in
                let file = URL(filePath: origin.terminationMessage)
                try? PodDirectory.make(file.deletingLastPathComponent().path)
                try? Data(message.utf8).write(to: file)
            }, stop: control.stop)
        started(RunningProcess(control: control))
        let result: Result<ProcessExit, LaunchFailure> = await withTaskGroup(
            of: Result<ProcessExit, LaunchFailure>.self
        ) { [play = script.play] group in
            group.addTask {
                do {
                    return .success(.exited(try await play(container)))
                } catch {
                    return .failure(LaunchFailure(description: "script: \(error)"))
                }
            }
            group.addTask {
                _ = await control.kill.wait()
                return .success(.signalled(9))
            }
            defer { group.cancelAll() }
            return await group.next() ?? .success(.signalled(9))
        }
        return try result.get()
    }
}

/// Which container a process is the first one of.
struct ProcessOrigin: Sendable, Hashable {
    /// The pod.
    var pod: KubeObject
    /// The container, as the pod's specification has it.
    var container: JSONValue
    /// How often it was started before.
    var restartCount: Int
    /// The file of its last words on the host.
    var terminationMessage: String
}
