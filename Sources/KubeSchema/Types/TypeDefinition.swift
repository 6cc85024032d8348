public import KubeObjects

/// An object type of the API, such as `api.batch.v1.JobSpec`.
public final class TypeDefinition: Sendable {
    /// The name with its package.
    public let name: String
    /// The fields, sorted by name.
    public let fields: [TypeField]
    /// The kinds of which this is the type.
    public let kinds: [GroupVersionKind]
    let mapType: String?
    private let positions: [String: Int]

    init(name: String, fields: [TypeField], kinds: [GroupVersionKind], mapType: String?) {
        self.name = name
        self.fields = fields
        self.kinds = kinds
        self.mapType = mapType
        positions = Dictionary(
            fields.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }

    /// The field of this name.
    public func field(_ name: String) -> TypeField? { positions[name].map { fields[$0] } }

    /// The name without its package: `JobSpec`.
    public var shortName: String {
        String(name[(name.lastIndex(of: ".").map(name.index(after:)) ?? name.startIndex)...])
    }
}

/// A field of an object type.
public struct TypeField: Sendable {
    /// The name in JSON.
    public let name: String
    /// Whether the type's documentation says that it must be there.
    public let isRequired: Bool
    /// Whether its zero value is left out, as Go's `omitempty` does: `""`, `0`, `false`, an empty list or map.
    public let omitsZero: Bool
    /// What it holds.
    public let type: TypeSchema
}
