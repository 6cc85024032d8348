import KubeObjects
import KubeWire
import Synchronization

/// Streams that are open when a partition begins, or the cluster stops, end with it, even if nothing comes along them:
/// nothing that happens from then on gets through.
extension FaultInjector {
    /// Ends the streams that are open.
    func endStreams() {
        let streams = state.withLock { state in
            state.stops += 1
            defer { state.streams = [:] }
            return state.streams
        }
        for stream in streams.values { stream.body.end() }
    }

    /// Ends a stream when it has to end, for as long as somebody holds what this returns.
    /// - Parameters:
    ///   - body: the stream.
    ///   - subject: the request that it answers.
    ///   - stops: how often the cluster had stopped when the request came.
    func watch(_ body: ResponseBody, answering subject: FaultSubject, since stops: Int) -> WatchedStream {
        let now = time.now()
        let (number, isPartitioned, hasStopped) = state.withLock { state in
            state.nextStream += 1
            state.streams[state.nextStream] = OpenStream(subject: subject, body: body)
            return (state.nextStream, state.isPartitioned(subject, at: now), state.stops != stops)
        }
        if isPartitioned { body.end(throwing: Self.connectionLost) }
        if hasStopped { body.end() }
        return WatchedStream { [weak self] in
            // What is let go of may come here again as it goes, which it must not do under the lock.
            _ = self?.state.withLock { $0.streams.removeValue(forKey: number) }
        }
    }

    /// Ends the streams that a partition cuts now, and waits for the next one that is planned.
    func cutPartitioned() {
        let now = time.now()
        let cut = state.withLock { state in
            state.timer?.cancel()
            state.timer = state.nextPartition(after: now).map { wait in
                Task { [weak self, time] in
                    guard (try? await time.sleep(wait)) != nil else { return }
                    self?.cutPartitioned()
                }
            }
            return state.streams.values.filter { state.isPartitioned($0.subject, at: now) }
        }
        for stream in cut { stream.body.end(throwing: Self.connectionLost) }
    }
}

/// A stream that is open.
struct OpenStream: Sendable {
    let subject: FaultSubject
    let body: ResponseBody
}

/// Who holds this reads a stream that may have to end.
final class WatchedStream: Sendable {
    private let onRelease: @Sendable () -> Void

    fileprivate init(_ onRelease: @escaping @Sendable () -> Void) {
        self.onRelease = onRelease
    }

    deinit { onRelease() }
}

extension FaultInjector.State {
    private var partitions: some Sequence<FaultPlan.Rule> {
        rules.lazy.map(\.rule).filter { $0.fault == .partition }
    }

    /// Whether nothing gets through for a request.
    fileprivate func isPartitioned(_ subject: FaultSubject, at now: Timestamp) -> Bool {
        isPartitioned || partitions.contains { $0.schedule.isOpen(at: now - start) && subject.isMatched(by: $0) }
    }

    /// How long it is until the next partition begins that is planned; nil if none is.
    fileprivate func nextPartition(after now: Timestamp) -> Duration? {
        partitions.map { $0.schedule.after - (now - start) }.filter { $0 > .zero }.min()
    }
}

extension FaultPlan.Schedule {
    /// Whether rules strike so long after the plan's start.
    func isOpen(at age: Duration) -> Bool {
        age >= after && !(until.map { age >= $0 } ?? false)
    }
}
