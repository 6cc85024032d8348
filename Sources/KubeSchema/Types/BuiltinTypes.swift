public import KubeObjects

/// The types of the Kubernetes API that a job system meets, as of v1.36: read once, when first asked for.
public enum BuiltinTypes {
    /// The type of a kind; nil for kinds that are not known here.
    public static func schema(for kind: GroupVersionKind) -> TypeSchema? {
        table.numberByKind[kind].map { table.schemas[$0] }
    }

    /// A type by its name with package, such as `api.batch.v1.JobSpec`.
    public static func schema(named name: String) -> TypeSchema? {
        table.numberByName[name].map { table.schemas[$0] }
    }

    /// All object types.
    public static var definitions: [TypeDefinition] { table.definitions }

    private static let table = BuiltinTypeTable(parsing: [BuiltinTypeTable.core, BuiltinTypeTable.groups])
}
