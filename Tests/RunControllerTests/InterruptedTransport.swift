import HTTPTypes
import KubeWire
import Synchronization
import TestSupport

/// A transport that keeps a list of the writes that pass it, and on demand dies at one of its requests: as a process
/// that is killed, nothing passes from then on.
final class InterruptedTransport: Transport {
    /// At which request the connection dies, counted from 1, and whether the server still gets that one.
    struct Death: Sendable, Hashable {
        var request: Int
        var isDelivered: Bool
    }

    private struct State {
        var count = 0
        var writes: [String] = []
        var lists: [String] = []
    }

    private let base: any Transport
    private let death: Death?
    private let state = Mutex(State())
    /// The path of each watch that was opened.
    let watches = Journal<String>()

    init(_ base: any Transport, death: Death? = nil) {
        self.base = base
        self.death = death
    }

    /// Method and path of each write that the server got.
    var writes: [String] { state.withLock(\.writes) }
    /// The path of each list.
    var lists: [String] { state.withLock(\.lists) }
    /// How many requests there were, watches and lists not counted: those of one run's life.
    var requestCount: Int { state.withLock(\.count) }
    /// Whether the connection is dead.
    var isDead: Bool { state.withLock { state in death.map { state.count >= $0.request } ?? false } }

    func send(_ request: WireRequest) async throws -> WireResponse {
        let isReflector = request.method == .get && request.path.contains("?")
        let count = state.withLock { state in
            if !isReflector { state.count += 1 }
            return state.count
        }
        let isLast = death.map { !isReflector && count == $0.request } ?? false
        let isOver = death.map { isReflector ? count >= $0.request : count > $0.request } ?? false
        if isOver || (isLast && death?.isDelivered == false) { throw Self.dead }
        let response = try await base.send(request)
        if isReflector { note(reflector: request.path) }
        if request.method != .get {
            state.withLock { $0.writes.append("\(request.method) \(request.path.prefix { $0 != "?" })") }
        }
        if isLast { throw Self.dead }
        return response
    }

    private func note(reflector path: String) {
        if path.contains("watch=true") {
            watches.add(path)
        } else {
            state.withLock { $0.lists.append(path) }
        }
    }

    private static let dead = TransportError(.connectionLost, "the process was stopped")
}
