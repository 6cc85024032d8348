import DequeModule
import KubeObjects

/// Keys in the order in which they get their turn: the namespaces one after another, so that nobody waits for the
/// thousand objects of a neighbour, and what has just happened before the backlog of what was found at the start.
struct WaitingLine: Sendable {
    /// A key, and since when it waits.
    struct Entry: Sendable, Hashable {
        var key: ObjectKey
        var since: Timestamp
    }

    /// The entries of each namespace, and whose turn it is.
    private struct Lane: Sendable {
        private var turns: Deque<String> = []
        private var entries: [String: Deque<Entry>] = [:]

        var isEmpty: Bool { turns.isEmpty }

        mutating func append(_ entry: Entry) {
            let namespace = entry.key.namespace
            if entries[namespace] == nil { turns.append(namespace) }
            entries[namespace, default: []].append(entry)
        }

        mutating func popFirst() -> Entry? {
            guard let namespace = turns.popFirst(), let entry = entries[namespace]?.popFirst() else { return nil }
            if entries[namespace]?.isEmpty == true { entries[namespace] = nil } else { turns.append(namespace) }
            return entry
        }
    }

    /// Of so many turns the backlog has one, however much happens.
    private static let backlogTurn = 4

    private var news = Lane()
    private var backlog = Lane()
    private var newsInARow = 0

    /// Puts an entry behind the others of its namespace.
    mutating func append(_ entry: Entry, isBacklog: Bool) {
        if isBacklog { backlog.append(entry) } else { news.append(entry) }
    }

    /// The entry whose turn it is, and whether it was backlog.
    mutating func popFirst() -> (entry: Entry, isBacklog: Bool)? {
        let isBacklogsTurn = news.isEmpty || newsInARow >= Self.backlogTurn - 1
        if isBacklogsTurn, let entry = backlog.popFirst() {
            newsInARow = 0
            return (entry, true)
        }
        guard let entry = news.popFirst() else { return nil }
        newsInARow += 1
        return (entry, false)
    }
}
