import KubeClient
import KubeObjects
import KubeWire

/// Reads one container's log from its first byte to its last, however often the connection breaks.
struct LogReader: Sendable {
    let client: KubeClient
    let namespace: String
    let source: LogSource
    let printer: LogPrinter
    let time: TimeSource
    /// Where the log is begun.
    var start = LogStart()
    /// Whether what the container has yet to write is waited for.
    var follows = true

    private static let firstDelay = Duration.milliseconds(100)
    private static let longestDelay = Duration.seconds(3)
    /// How often in a row a connection may break without a new byte before whoever does not follow gives up.
    private static let attempts = 8

    /// How the log ended.
    enum End: Sendable, Hashable {
        case complete
        /// Lines in the middle of it may be missing.
        case gap
        /// The log, or its rest, cannot be had any more, and why.
        case lost(String)
    }

    /// What became of the container while its log was read.
    enum Fate {
        case running, over, replaced, gone
    }

    /// Reads until the container is over and all it wrote is shown, or all that it has written if nothing more is waited
    /// for.
    /// - Parameter known: What has become of the container, if that was just seen.
    /// - Throws: `CancellationError`; for whoever does not follow, what keeps us from reaching the server.
    func read(known: Fate? = nil) async throws -> End {
        var cursor = LogCursor()
        var delay = Self.firstDelay
        var known = known
        var failures = 0
        defer { printer.finish(source) }
        while true {
            var problem: String?
            let shown = cursor.byteCount
            do {
                // A container that was started again is over; its log is had as the one before the current one.
                let fate: Fate = if let known { known } else { try await fate() }
                known = nil
                if fate == .gone { return .lost("the pod is gone") }
                let bytes = try await transfer(
                    &cursor, follow: follows && fate == .running, previous: fate == .replaced)
                if fate != .running || !follows { return cursor.mayHaveGap ? .gap : .complete }
                if bytes > 0 { delay = Self.firstDelay }
            } catch let status as KubeStatus where !ObjectObserver.isTransient(status) {
                if status.isNotFound { return .lost("the pod is gone") }
                // 400: the container is only about to start, or its log was removed.
                if status.code != 400 || !follows || delay >= Self.longestDelay { return .lost(status.message) }
                problem = status.message
            } catch let error where ObjectObserver.isTransient(error) {
                problem = "\(error)"
                failures = cursor.byteCount > shown ? 1 : failures + 1
                if !follows, failures >= Self.attempts { throw error }
            }
            if problem != nil { delay = min(delay * 2, Self.longestDelay) }
            try await time.sleep(delay)
        }
    }

    /// Asks for the log from where the cursor stands and shows it. Returns how many bytes came.
    private func transfer(_ cursor: inout LogCursor, follow: Bool, previous: Bool) async throws -> Int {
        var options = LogOptions(container: source.container, follow: follow)
        options.previous = previous
        options.timestamps = true
        options.sinceTime = cursor.resumeTime
        if cursor.resumeTime == nil { start.apply(to: &options) }
        let body = try await client.logs(namespace: namespace, pod: source.pod, options: options)
        cursor.reconnect()
        var count = 0
        for try await chunk in body {
            count += chunk.count
            printer.write(cursor.consume(chunk), of: source)
        }
        return count
    }

    private func fate() async throws -> Fate {
        let pod: KubeObject
        do {
            pod = try await client.get(.pods, namespace: namespace, name: source.pod)
        } catch let status as KubeStatus where status.isNotFound {
            return .gone
        }
        guard pod.uid == source.podUID else { return .gone }
        let starts = LogSource.all(of: pod).filter { $0.source.container == source.container }
        guard let current = starts.last else { return .running }
        if current.source.restart > source.restart {
            return current.source.restart == source.restart + 1 ? .replaced : .gone
        }
        return current.isOver ? .over : .running
    }
}
