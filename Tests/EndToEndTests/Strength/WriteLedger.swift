import KubeObjects
import KubeWire
import Synchronization

/// What clients know of the objects that they write: what was acknowledged, and what was under way when the server died.
final class WriteLedger: Sendable {
    /// An object's content; nil if there is none.
    typealias Content = String?

    private struct Entry {
        var acknowledged: Content = nil
        /// The version that an answer told; nil after a deletion.
        var version: UInt64? = nil
        /// What a write without an answer would have made of it.
        var pending: Content = nil
        var isPending = false
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var highest: UInt64 = 0
        var acknowledgements = 0
        var carriedOut = 0
        var lost = 0
    }

    private let state = Mutex(State())

    /// The highest version that anybody was told.
    var highestVersion: UInt64 { state.withLock(\.highest) }

    /// What is known in sum.
    var summary: String {
        state.withLock { state in
            "\(state.acknowledgements) writes acknowledged; of those without an answer \(state.carriedOut) were carried "
                + "out and \(state.lost) were not"
        }
    }

    /// What an object holds, as far as its writer knows.
    func content(of name: String) -> Content { state.withLock { $0.entries[name]?.acknowledged } }

    /// Takes note of a write that is sent.
    func begin(_ name: String, _ content: Content) {
        state.withLock { state in
            state.entries[name, default: Entry()].pending = content
            state.entries[name]?.isPending = true
        }
    }

    /// Takes note of the answer to the write that was sent.
    func acknowledge(_ name: String, version: UInt64?) {
        state.withLock { state in
            guard var entry = state.entries[name] else { return }
            entry.acknowledged = entry.pending
            entry.version = version
            entry.isPending = false
            state.entries[name] = entry
            state.highest = max(state.highest, version ?? 0)
            state.acknowledgements += 1
        }
    }

    /// Takes note of a version that a watch or a list told.
    func saw(_ version: UInt64) { state.withLock { $0.highest = max($0.highest, version) } }

    /// Holds what a new life of the server shows against what is known, and goes on from there.
    /// - Returns: the faults, one line each.
    func compare(_ present: [String: (content: String, version: UInt64)], listVersion: UInt64) -> [String] {
        state.withLock { state in
            var faults: [String] = []
            if listVersion < state.highest {
                faults.append("the list is of version \(listVersion), but \(state.highest) was told before")
            }
            for name in present.keys where state.entries[name] == nil { faults.append("\(name): nobody wrote it") }
            for (name, entry) in state.entries {
                let found = present[name]
                if entry.isPending, found?.content == entry.pending, found?.content != entry.acknowledged {
                    state.carriedOut += 1
                } else if found?.content == entry.acknowledged {
                    if entry.isPending { state.lost += 1 }
                    if let version = found?.version, version != entry.version, !entry.isPending {
                        faults.append("\(name): version \(version), acknowledged was \(entry.version ?? 0)")
                    }
                } else {
                    faults.append(
                        "\(name): \(found?.content ?? "absent"), acknowledged was \(entry.acknowledged ?? "absent")"
                            + (entry.isPending ? ", under way \(entry.pending ?? "its deletion")" : ""))
                }
                state.entries[name] = Entry(acknowledged: found?.content, version: found?.version)
            }
            state.highest = max(state.highest, listVersion)
            return faults
        }
    }
}
