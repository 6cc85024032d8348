import KubeObjects
import KubeSchema
import KubeWire

/// The strategy of a built-in kind: its type's table decodes, its ``KindRules`` do the rest.
struct BuiltinStrategy: ResourceStrategy {
    /// The kind.
    let resource: APIResource
    /// What is particular to the kind.
    let rules: any KindRules
    private let schema: TypeSchema?

    /// The strategy of a kind.
    init(resource: APIResource, rules: any KindRules) {
        self.resource = resource
        self.rules = rules
        schema = BuiltinTypes.schema(for: resource.groupVersionKind)
    }

    var hasGeneration: Bool { rules.hasGeneration }
    var allowsUnconditionalUpdate: Bool { rules.allowsUnconditionalUpdate }
    var createsOnUpdate: Bool { rules.createsOnUpdate }
    var mergeSchema: (any MergeSchema)? { schema }
    var table: TableConvention { rules.table }
    var defaultPropagation: DefaultPropagation { rules.defaultPropagation }

    func decode(_ object: inout KubeObject) throws -> [String] {
        guard let schema else { return [] }
        var value = object.value
        object.json = [:]
        defer { object.json = value.object ?? [:] }
        do {
            return try schema.decode(&value)
        } catch {
            throw KubeStatus(
                code: 400, reason: .badRequest,
                message:
                    "\(resource.kind) in version \"\(resource.version)\" cannot be handled as a \(resource.kind): \(error)"
            )
        }
    }

    func applyDefaults(_ object: inout KubeObject) {
        rules.applyDefaults(&object.json)
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        if rules.hasStatus { object["status"] = [:] }
        rules.prepareForCreate(&object, context)
    }

    func prepareForUpdate(
        _ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) {
        if subresource == "status" {
            let (metadata, status) = (object["metadata"], object["status"])
            object.json = old.json
            object["metadata"] = metadata
            object["status"] = status ?? [:]
        } else if rules.hasStatus {
            object["status"] = old["status"]
        }
        rules.prepareForUpdate(&object, old: old, subresource: subresource, context)
    }

    func refusal(_ object: KubeObject, _ context: StrategyContext) -> String? { rules.refusal(object, context) }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        validateMetadata(object) + rules.validate(object, context)
    }

    func validateUpdate(
        _ object: KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) -> [FieldError] {
        let isStatus = subresource == "status"
        let checks = isStatus ? .onlyChanged : rules.metadataChecks
        var errors: [FieldError] = []
        for _ in 0..<checks.asChanged {
            errors += ObjectMetaValidation.validateUpdate(object, old: old, finalizers: rules.finalizerRule)
        }
        for _ in 0..<checks.asNew { errors += validateMetadata(object) }
        if isStatus { return errors + rules.validateStatusUpdate(object, old: old) }
        let own = subresource.flatMap { rules.validateUpdate(object, old: old, through: $0) }
        return errors + (own ?? rules.validateUpdate(object, old: old, context))
    }

    private func validateMetadata(_ object: KubeObject) -> [FieldError] {
        ObjectMetaValidation.validate(
            rules.givenMetadata(object), isNamespaced: resource.isNamespaced, nameRule: rules.nameRule,
            finalizers: rules.finalizerRule)
    }

    func warnings(_ object: KubeObject, old: KubeObject?) -> [String] { rules.warnings(object, old: old) }
    func answered(_ object: KubeObject) -> KubeObject { rules.answered(object) }

    func changesGeneration(_ object: KubeObject, old: KubeObject) -> Bool {
        rules.changesGeneration(object, old: old)
    }

    func selectableFields(_ object: KubeObject) -> [String: String] { rules.selectableFields(object) }
}
