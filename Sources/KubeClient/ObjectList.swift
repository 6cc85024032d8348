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

    /// Reads a list as it is sent, an item at a time. Nil if it is none; an item that is no object is left out, so that one
    /// bad object does not hide the others.
    /// - Parameter keep: what of an item is kept; nil for nothing.
    init?(
        parsing bytes: [UInt8], of resource: APIResource, keep: (KubeObject) -> KubeObject?
    ) throws(JSONError) {
        var kept: [KubeObject] = []
        let list = try JSONValue.parse(bytes, elementsOf: "items") { item in
            guard var object = KubeObject(item) else { return }
            if object.json["kind"] == nil { object["kind"] = .string(resource.kind) }
            if object.json["apiVersion"] == nil { object["apiVersion"] = .string(resource.apiVersion) }
            if let object = keep(object) { kept.append(object) }
        }
        // `items: null` is how Go writes an empty list in old servers and aggregated APIs.
        guard let members = list.object, let items = members["items"], items.isNull || items.array != nil else {
            return nil
        }
        let metadata = members["metadata"]
        let token = metadata?["continue"]?.string ?? ""
        self.init(
            items: kept, resourceVersion: metadata?["resourceVersion"]?.string ?? "",
            continue: token.isEmpty ? nil : token,
            remainingItemCount: metadata?["remainingItemCount"]?.integer.flatMap { Int(exactly: $0) })
    }
}
