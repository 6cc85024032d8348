import KubeObjects
import KubeSchema
import KubeWire

/// The strategy of one version of a custom resource: its schema does what the types' tables do for built-in kinds.
struct CustomResourceStrategy: ResourceStrategy {
    private static let metadataType = BuiltinTypes.schema(named: "apimachinery.pkg.apis.meta.v1.ObjectMeta")

    /// The version's resource.
    let resource: APIResource
    /// What its objects must look like.
    let schema: StructuralSchema
    /// The schema as its definition states it.
    let source: JSONValue
    /// Whether `status` is changed by its subresource only.
    let hasStatus: Bool
    /// The columns of its tables.
    let table: TableConvention
    /// The fields that a field selector may name beside name and namespace, by their text.
    let fieldPaths: [String: JSONPathTemplate]

    var hasGeneration: Bool { true }
    var allowsUnconditionalUpdate: Bool { false }
    var mergeSchema: (any MergeSchema)? { schema }
    var defaultPropagation: DefaultPropagation { .background }

    func decode(_ object: inout KubeObject) throws -> [String] {
        var faults: [String] = []
        if var metadata = object["metadata"], let type = Self.metadataType {
            do {
                faults = try type.decode(&metadata, at: FieldPath("metadata"))
            } catch {
                throw KubeStatus(
                    code: 400, reason: .badRequest,
                    message: "\(resource.kind) in version \"\(resource.version)\" cannot be handled as a "
                        + "\(resource.kind): \(error)")
            }
            object["metadata"] = metadata
        }
        var value = object.value
        object.json = [:]
        faults += schema.prune(&value).map { "unknown field \"\($0)\"" }
        object.json = value.object ?? [:]
        return faults
    }

    func applyDefaults(_ object: inout KubeObject) {
        var value = object.value
        object.json = [:]
        schema.applyDefaults(to: &value)
        object.json = value.object ?? [:]
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        if hasStatus { object["status"] = nil }
    }

    func prepareForUpdate(
        _ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) {
        guard hasStatus else { return }
        guard subresource == "status" else {
            object["status"] = old["status"]
            return
        }
        // Through the status nothing else changes, labels and annotations neither.
        let (status, metadata) = (object["status"], object.metadata)
        object.json = old.json
        object["status"] = status
        for key in ["resourceVersion", "uid", "managedFields"] { object.metadata[key] = metadata[key] }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        ObjectMetaValidation.validate(
            object, isNamespaced: resource.isNamespaced, nameRule: .subdomain, finalizers: .qualified)
            + EmbeddedResourceRules.validate(object.value, schema) + schema.validate(object.value, old: nil)
    }

    func validateUpdate(
        _ object: KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) -> [FieldError] {
        ObjectMetaValidation.validateUpdate(object, old: old, finalizers: .qualified)
            + EmbeddedResourceRules.validate(object.value, schema) + schema.validate(object.value, old: old.value)
    }

    func warnings(_ object: KubeObject, old: KubeObject?) -> [String] {
        let known = Set((old?.finalizers ?? []) + ["orphan", "foregroundDeletion", "kubernetes"])
        return object.finalizers.filter { !$0.contains("/") && !known.contains($0) }.map {
            "metadata.finalizers: \"\($0)\": prefer a domain-qualified finalizer name including a path (/) to avoid "
                + "accidental conflicts with other finalizer writers"
        }
    }

    func changesGeneration(_ object: KubeObject, old: KubeObject) -> Bool {
        let ignored = hasStatus ? ["metadata", "status"] : ["metadata"]
        var (new, before) = (object.json, old.json)
        for key in ignored { (new[key], before[key]) = (nil, nil) }
        return new != before
    }

    func selectableFields(_ object: KubeObject) -> [String: String] {
        fieldPaths.mapValues { path in
            guard let value = try? path.values(in: object.value).first, !value.isNull else { return "" }
            return value.string ?? value.encodedString()
        }
    }
}
