/// An entry of `metadata.ownerReferences`: the garbage collector deletes an object when its last owner is gone.
public struct OwnerReference: Sendable, Hashable {
    /// The owner's `apiVersion`.
    public var apiVersion: String
    /// The owner's kind.
    public var kind: String
    /// The owner's name, in the dependent's namespace or cluster-scoped.
    public var name: String
    /// The owner's uid.
    public var uid: String
    /// Whether this owner is the managing controller; at most one is.
    public var controller: Bool?
    /// Whether foreground deletion of the owner waits for this object.
    public var blockOwnerDeletion: Bool?

    /// A reference to an owner.
    public init(
        apiVersion: String, kind: String, name: String, uid: String, controller: Bool? = nil,
        blockOwnerDeletion: Bool? = nil
    ) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.name = name
        self.uid = uid
        self.controller = controller
        self.blockOwnerDeletion = blockOwnerDeletion
    }

    /// The reference that a controller puts on what it makes for an object. Nil if the object has no uid yet.
    public init?(controllerOf owner: KubeObject) {
        guard let uid = owner.uid, let name = owner.name else { return nil }
        self.init(
            apiVersion: owner.apiVersion, kind: owner.kind, name: name, uid: uid, controller: true,
            blockOwnerDeletion: true)
    }

    /// Reads an entry; nil if one of the four required fields is missing.
    public init?(_ json: JSONValue) {
        guard let apiVersion = json["apiVersion"]?.string, let kind = json["kind"]?.string,
            let name = json["name"]?.string, let uid = json["uid"]?.string
        else { return nil }
        self.init(
            apiVersion: apiVersion, kind: kind, name: name, uid: uid, controller: json["controller"]?.bool,
            blockOwnerDeletion: json["blockOwnerDeletion"]?.bool)
    }

    /// As it stands in an object.
    public var json: JSONValue {
        var entry: JSONObject = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name), "uid": .string(uid),
        ]
        if let controller { entry["controller"] = .bool(controller) }
        if let blockOwnerDeletion { entry["blockOwnerDeletion"] = .bool(blockOwnerDeletion) }
        return .object(entry)
    }
}
