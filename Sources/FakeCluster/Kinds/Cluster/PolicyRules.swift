import KubeObjects
import KubeSchema

/// `networking.k8s.io/v1` NetworkPolicies. They are stored; nothing is filtered by them.
struct NetworkPolicyRules: KindRules {
    var hasGeneration: Bool { true }
    var table: TableConvention { .networkPolicies }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.setDefault("podSelector", [:])
            let hasEgress = spec["egress"]?.array?.isEmpty == false
            spec.setDefault("policyTypes", hasEgress ? ["Ingress", "Egress"] : ["Ingress"])
            for direction in ["ingress", "egress"] {
                spec.editEach(direction) { rule in rule.editEach("ports") { $0.setDefault("protocol", "TCP") } }
            }
        }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors = LabelSelectorValidation.validate(spec["podSelector"] ?? [:], at: path.child("podSelector"))
        for (position, type) in spec.list("policyTypes").enumerated()
        where !["Ingress", "Egress"].contains(type.string ?? "") {
            errors.append(
                .notSupported(
                    path.child("policyTypes").index(position), type, supported: ["Ingress", "Egress"]))
        }
        return errors
    }
}

/// `policy/v1` PodDisruptionBudgets.
struct PodDisruptionBudgetRules: KindRules {
    private static let counts = ["currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods"]

    var hasGeneration: Bool { true }
    var hasStatus: Bool { true }
    var metadataChecks: MetadataChecks { MetadataChecks(asNew: 0, asChanged: 0) }
    var table: TableConvention { .podDisruptionBudgets }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("spec", [:])
        object.editOrMake("status") { status in
            for key in Self.counts { status.setDefault(key, 0) }
        }
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        object["status"] = .object(JSONObject(Self.counts.map { ($0, 0) }))
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        if spec["minAvailable"] != nil, spec["maxUnavailable"] != nil {
            errors.append(
                .invalid(path, spec, "minAvailable and maxUnavailable cannot be both set"))
        }
        for key in ["minAvailable", "maxUnavailable"] {
            errors += NumberRule.nonNegative(spec[key], at: path.child(key))
        }
        return errors + LabelSelectorValidation.validate(spec["selector"] ?? [:], at: path.child("selector"))
    }
}
