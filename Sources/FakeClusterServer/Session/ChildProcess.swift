import Foundation
import Subprocess
import Synchronization

/// The command's process, from before it is there until it is gone: what signals are for.
final class ChildProcess: Sendable {
    private enum State {
        /// Nothing was started yet.
        case awaited
        /// Nothing is to be started any more.
        case givenUp
        /// It is about to be there; a signal that comes meanwhile is for it.
        case starting(pending: Int32?)
        case running(ProcessIdentifier)
        case ended
    }

    private let state = Mutex(State.awaited)
    private let (early, feed) = AsyncStream<Int32>.makeStream()

    /// Waits for a signal that comes before the process is begun, and keeps it from being begun.
    func earlySignal() async throws(CancellationError) -> Int32 {
        for await signal in early { return signal }
        throw CancellationError()
    }

    /// Says that the process is about to start.
    /// - Throws: `CancellationError` if a signal was first.
    func begin() throws(CancellationError) {
        let isFirst = state.withLock { state in
            guard case .awaited = state else { return false }
            state = .starting(pending: nil)
            return true
        }
        guard isFirst else { throw CancellationError() }
    }

    /// Says which process it is; sends it what has come since it was begun.
    func set(_ started: ProcessIdentifier) {
        state.withLock { state in
            if case .starting(let signal?) = state { kill(started.value, signal) }
            state = .running(started)
        }
    }

    /// Says that it is gone: signals do nothing any more.
    func end() { state.withLock { $0 = .ended } }

    /// Hands a signal on.
    /// - Parameter hasOne: Whether the process got the signal of its own, if it runs.
    func send(_ signal: Int32, hasOne: Bool = false) {
        state.withLock { state in
            switch state {
            case .awaited:
                state = .givenUp
                feed.yield(signal)
            case .starting: state = .starting(pending: signal)
            case .running(let process): if !hasOne { kill(process.value, signal) }
            case .givenUp, .ended: break
            }
        }
    }
}
