import KubeObjects
import Synchronization

/// Why a stream ends from outside.
enum StreamEnd: Sendable {
    /// A partition began.
    case partition
    /// The cluster stopped.
    case stop
}

/// Streams that are open when a partition begins, or the cluster stops, end then, even if nothing comes along them.
extension FaultInjector {
    /// Ends the streams that are open.
    func endStreams() {
        change { $0.stops += 1 }
    }

    /// Waits until the stream that answers a request has to end; nil when the task is cancelled.
    /// - Parameter stops: how often the cluster had stopped when the stream began.
    func streamEnd(of subject: FaultSubject, since stops: Int) async -> StreamEnd? {
        while !Task.isCancelled {
            let now = time.now()
            let (wait, hasStopped, generation) = state.withLock {
                ($0.timeToPartition(of: subject, at: now), $0.stops != stops, $0.generation)
            }
            if wait == .zero { return .partition }
            if hasStopped { return .stop }
            await withTaskGroup(of: Void.self) { [time] group in
                group.addTask { await self.nextChange(after: generation) }
                if let wait { group.addTask { try? await time.sleep(wait) } }
                await group.next()
                group.cancelAll()
            }
        }
        return nil
    }

    private func nextChange(after generation: Int) async {
        let number = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let isReady = state.withLock { state in
                    // What came between the look and this lock would otherwise be slept through.
                    if Task.isCancelled || state.generation != generation { return true }
                    state.waiters[number] = waiter
                    return false
                }
                if isReady { waiter.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
}

extension FaultInjector.State {
    /// How long it is until nothing gets through for a request; zero if that is so now, nil if it is not planned.
    fileprivate func timeToPartition(of subject: FaultSubject, at now: Timestamp) -> Duration? {
        if isPartitioned { return .zero }
        let age = now - start
        return rules.lazy.map(\.rule)
            .filter { $0.fault == .partition && !$0.schedule.isOver(at: age) && subject.isMatched(by: $0) }
            .map { max($0.schedule.after - age, .zero) }
            .min()
    }
}

extension FaultPlan.Schedule {
    /// Whether rules strike so long after the plan's start.
    func isOpen(at age: Duration) -> Bool {
        age >= after && !isOver(at: age)
    }

    /// Whether rules strike no more.
    fileprivate func isOver(at age: Duration) -> Bool {
        until.map { age >= $0 } ?? false
    }
}
