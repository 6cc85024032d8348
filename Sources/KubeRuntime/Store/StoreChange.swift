public import KubeObjects

/// What a store's content went through: told to an informer's handlers after the store shows it.
public enum StoreChange: Sendable, Hashable {
    /// An object is new to the store.
    case added(KubeObject)
    /// An object has another content or version.
    case updated(old: KubeObject, new: KubeObject)
    /// An object is gone; this is its last known state, with the version in which it is known to be gone.
    case deleted(KubeObject)

    /// The object as it is now; for a deletion, its last known state.
    public var object: KubeObject {
        switch self {
        case .added(let object), .updated(_, let object), .deleted(let object): object
        }
    }

    /// The object's namespace and name.
    public var key: ObjectKey { object.key }
}

/// What a reflector does to its store.
enum StoreUpdate: Sendable, Hashable {
    /// These are all the objects there are in this version; packed, because they may be many and come in pages. Without a
    /// version there is nothing to be listed any more.
    case replace([PackedObject], version: String?)
    /// This object is new or changed.
    case upsert(KubeObject)
    /// This object is gone.
    case remove(KubeObject)
    /// Nobody needs this object any more; nothing has happened to it.
    case release(KubeObject)
}
