import KubeObjects
import KubeSchema

/// `v1` LimitRanges. Admission measures pods and claims by them.
struct LimitRangeRules: KindRules {
    var createsOnUpdate: Bool { true }
    var metadataChecks: MetadataChecks { MetadataChecks(asNew: 1, asChanged: 0) }
    var table: TableConvention { .limitRanges }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("spec", [:])
        object.edit("spec") { spec in
            spec.editEach("limits") { limit in
                guard limit["type"] == "Container" else { return }
                Self.fill(&limit, "default", from: "max")
                Self.fill(&limit, "defaultRequest", from: "default")
                Self.fill(&limit, "defaultRequest", from: "min")
            }
        }
    }

    private static func fill(_ limit: inout JSONObject, _ key: String, from source: String) {
        guard let values = limit[source]?.object, !values.isEmpty else { return }
        limit.editOrMake(key) { target in
            for (name, quantity) in values { target.setDefault(name, quantity) }
        }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let types = ["Container", "PersistentVolumeClaim", "Pod"]
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (position, limit) in (object["spec"]?.list("limits") ?? []).enumerated() {
            let place = FieldPath("spec", "limits").index(position)
            let type = limit.text("type")
            if !seen.insert(type).inserted { errors.append(.duplicate(place.child("type"), .string(type))) }
            if !type.contains("/") { errors += ChoiceRule.check("type", limit, in: types, isRequired: true, at: place) }
            let maximum = limit.map("max")
            for (name, value) in limit.map("min") {
                guard let least = value.quantity, let most = maximum[name]?.quantity, least > most else { continue }
                errors.append(
                    .invalid(
                        place.child("min").key(name), value,
                        "min value \(least) is greater than max value \(most)"))
            }
        }
        return errors
    }
}

/// `v1` ResourceQuotas. Admission counts new objects against them, a controller what is there.
struct ResourceQuotaRules: KindRules {
    var hasStatus: Bool { true }
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .resourceQuotas }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("spec", [:])
        object.setDefault("status", [:])
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        var errors: [FieldError] = []
        for (name, value) in object["spec"]?.map("hard") ?? [:] {
            let path = FieldPath("spec", "hard").key(name)
            errors += NameValidation.qualifiedName(name).map { .invalid(path, .string(name), $0) }
            if let quantity = value.quantity, quantity < .zero {
                errors.append(.invalid(path, value, "must be greater than or equal to 0"))
            }
        }
        return errors
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        validate(object, context)
            + Immutability.check("scopes", object["spec"] ?? [:], old["spec"] ?? [:], at: FieldPath("spec"))
    }
}
