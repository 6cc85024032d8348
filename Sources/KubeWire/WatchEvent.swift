public import KubeObjects

/// One frame of a watch stream.
public enum WatchEvent: Sendable, Hashable {
    /// An object that is new to the watcher.
    case added(KubeObject)
    /// An object that changed.
    case modified(KubeObject)
    /// An object that is gone, in its last state.
    case deleted(KubeObject)
    /// A resource version up to which everything was sent; the object carries nothing else but, at the end of the
    /// initial events of a streaming list (KEP-3157), an annotation.
    case bookmark(KubeObject)
    /// The stream cannot go on.
    case error(KubeStatus)

    /// The annotation of the bookmark that ends the initial events of a streaming list.
    public static let initialEventsEndAnnotation = "k8s.io/initial-events-end"

    /// The object of the frame; nil for an error.
    public var object: KubeObject? {
        switch self {
        case .added(let object), .modified(let object), .deleted(let object), .bookmark(let object): object
        case .error: nil
        }
    }

    /// The frame's `type` as it is sent.
    public var type: String {
        switch self {
        case .added: "ADDED"
        case .modified: "MODIFIED"
        case .deleted: "DELETED"
        case .bookmark: "BOOKMARK"
        case .error: "ERROR"
        }
    }

    /// Reads a frame. Nil if it is not one: an unknown type, or no object.
    public init?(_ json: JSONValue) {
        guard let object = json["object"].flatMap(KubeObject.init) else { return nil }
        switch json["type"]?.string {
        case "ADDED": self = .added(object)
        case "MODIFIED": self = .modified(object)
        case "DELETED": self = .deleted(object)
        case "BOOKMARK": self = .bookmark(object)
        case "ERROR":
            self = .error(
                KubeStatus(object.value) ?? KubeStatus(code: 500, reason: .internalError, message: "watch failed"))
        default: return nil
        }
    }
}
