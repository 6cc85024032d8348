import KubeObjects

/// One write to the store, on a condition.
struct StoreWrite: Sendable {
    /// What must be there for the write to happen.
    enum Expectation: Sendable, Hashable {
        /// No object of this name.
        case absent
        /// The object at this version.
        case version(UInt64)
    }

    /// What is written.
    enum Change: Sendable {
        /// The object becomes this.
        case put(KubeObject)
        /// The object goes; this is its last state.
        case delete(KubeObject)
    }

    /// The resource.
    var resource: GroupResource
    /// Which object.
    var key: ObjectKey
    /// On what condition.
    var expectation: Expectation
    /// What is written.
    var change: Change
}

/// How a write ended.
enum StoreOutcome: Sendable {
    /// It is on disk.
    case written(StoredObject)
    /// Something else is there than was expected: the object that is, if any.
    case conflict(StoredObject?)
    /// The object has more bytes than a store takes.
    case tooLarge
    /// The object has more levels than could be read back.
    case tooDeep
    /// The disk failed; nothing was written.
    case failed(String)
}
