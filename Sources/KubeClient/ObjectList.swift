public import KubeObjects
import KubeWire

/// One page of a list.
public struct ObjectList: Sendable {
    /// The objects, each with its `apiVersion` and `kind` (a server leaves them out of typed lists).
    public var items: [KubeObject]
    /// The version of the whole: where a watch goes on from.
    public var resourceVersion: String
    /// Where the next page begins; nil if this is the last.
    public var `continue`: String?
    /// How many objects follow this page, if the server knows.
    public var remainingItemCount: Int?

    /// A page of its parts.
    public init(
        items: [KubeObject], resourceVersion: String, continue: String? = nil, remainingItemCount: Int? = nil
    ) {
        self.items = items
        self.resourceVersion = resourceVersion
        self.continue = `continue`
        self.remainingItemCount = remainingItemCount
    }

    /// Reads a list as it is sent. Nil if it is none; an item that is no object is left out, so that one bad object
    /// does not hide the others.
    init?(_ json: JSONValue, of resource: APIResource) {
        // `items: null` is how Go writes an empty list in old servers and aggregated APIs.
        guard let members = json.object, let items = members["items"], items.isNull || items.array != nil else {
            return nil
        }
        let metadata = members["metadata"]
        let token = metadata?["continue"]?.string ?? ""
        self.init(
            items: (items.array ?? []).compactMap { item in
                guard var object = KubeObject(item) else { return nil }
                if object.json["kind"] == nil { object["kind"] = .string(resource.kind) }
                if object.json["apiVersion"] == nil { object["apiVersion"] = .string(resource.apiVersion) }
                return object
            },
            resourceVersion: metadata?["resourceVersion"]?.string ?? "", continue: token.isEmpty ? nil : token,
            remainingItemCount: metadata?["remainingItemCount"]?.integer.flatMap { Int(exactly: $0) })
    }
}
