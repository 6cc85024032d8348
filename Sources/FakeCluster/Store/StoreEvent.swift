/// One change of the store: what watches send and what old lists are rebuilt from.
struct StoreEvent: Sendable {
    /// The object after the change; for a deletion its last state at the version of the deletion.
    let object: StoredObject
    /// The object before the change; nil if it is new.
    let previous: StoredObject?
    /// Whether the object is gone with this change.
    let isDeletion: Bool

    /// The version that the change made.
    var version: UInt64 { object.version }
}

/// What a reader of the history gets.
enum EventBatch: Sendable {
    /// The next changes, oldest first; none if the wait was cancelled. There is nothing more up to this version.
    case events([StoreEvent], upTo: UInt64)
    /// Changes after the reader's version are no longer kept.
    case expired(oldest: UInt64)
}
