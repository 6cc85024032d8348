public import KubeObjects

/// What pods' containers do, decided by a test: no process runs.
///
/// A cluster with a script (``FakeCluster/Configuration/script``) runs it once for each start of a container. Pods,
/// statuses, logs, restarts and grace periods are as with processes; probes and hooks that run a command succeed.
public struct PodScript: Sendable {
    /// Plays a container: returns its exit code when it ends. Must return soon after its task is cancelled.
    public typealias Play = @Sendable (ScriptedContainer) async throws -> Int

    let play: Play

    /// A script in Swift. An error that is thrown fails the start of the container.
    public init(_ play: @escaping Play) { self.play = play }
}

/// A container that a script plays.
public struct ScriptedContainer: Sendable {
    /// The pod, as it was when the container was started.
    public let pod: KubeObject
    /// The container's name.
    public let name: String
    /// The container's image.
    public let image: String
    /// Its command with its arguments; empty if it has none, whatever its image is.
    public let command: [String]
    /// Its environment.
    public let environment: [String: String]
    /// How often it was started before.
    public let restartCount: Int

    let time: TimeSource
    let output: @Sendable (OutputStream, [UInt8]) -> Void
    let write: @Sendable (String) -> Void
    let stop: OneShot<Void>

    /// Writes a line to standard output.
    public func print(_ line: String) { output(.stdout, Array("\(line)\n".utf8)) }

    /// Writes a line to standard error.
    public func printError(_ line: String) { output(.stderr, Array("\(line)\n".utf8)) }

    /// Leaves last words, which become `message` of the container's end.
    public func leaveMessage(_ text: String) { write(text) }

    /// Whether the container was asked to end.
    public var isStopping: Bool { stop.hasHappened }

    /// Waits, by the cluster's time, or until the container is asked to end.
    /// - Returns: whether all of the time has passed.
    public func wait(_ duration: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { [time, stop] group in
            group.addTask { (try? await time.sleep(duration)) != nil }
            group.addTask {
                _ = await stop.wait()
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// Waits until the container is asked to end.
    public func waitUntilStopped() async { _ = await stop.wait() }
}
