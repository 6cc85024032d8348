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

    /// `metav1.ObjectMeta`: the metadata of every object.
    public static let objectMeta = schema(named: "apimachinery.pkg.apis.meta.v1.ObjectMeta")

    /// The type of schemas in resource definitions.
    static let schemaOfSchemas = schema(
        named: "apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps")

    private static let table = BuiltinTypeTable(parsing: [
        BuiltinTypeTable.core, BuiltinTypeTable.groups, BuiltinTypeTable.added,
    ])
}
