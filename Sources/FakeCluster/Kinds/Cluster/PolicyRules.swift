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

/// `admissionregistration.k8s.io/v1` ValidatingAdmissionPolicies. They are stored and checked for form.
struct AdmissionPolicyRules: KindRules {
    var hasGeneration: Bool { true }
    var hasStatus: Bool { true }
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .admissionPolicies }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.setDefault("failurePolicy", "Fail")
            spec.edit("matchConstraints", MatchResources.applyDefaults)
        }
        object.setDefault("status", [:])
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors = ChoiceRule.check("failurePolicy", spec, in: ["Fail", "Ignore"], at: path)
        if let match = spec["matchConstraints"] {
            if match.list("resourceRules").isEmpty {
                errors.append(.required(path.child("matchConstraints", "resourceRules")))
            }
        } else {
            errors.append(.required(path.child("matchConstraints")))
        }
        if spec.list("validations").isEmpty, spec.list("auditAnnotations").isEmpty {
            for key in ["validations", "auditAnnotations"] {
                errors.append(
                    .required(path.child(key), "validations or auditAnnotations must be non-empty"))
            }
        }
        for (position, validation) in spec.list("validations").enumerated()
        where validation.text("expression").isEmpty {
            errors.append(
                .required(path.child("validations").index(position).child("expression"), "expression is not specified"))
        }
        return errors
    }
}

/// `admissionregistration.k8s.io/v1` ValidatingAdmissionPolicyBindings.
struct AdmissionPolicyBindingRules: KindRules {
    private static let actions = ["Audit", "Deny", "Warn"]

    var hasGeneration: Bool { true }
    var table: TableConvention { .admissionPolicyBindings }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { $0.edit("matchResources", MatchResources.applyDefaults) }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        if spec.text("policyName").isEmpty { errors.append(.required(path.child("policyName"))) }
        let actions = spec.list("validationActions")
        if actions.isEmpty { errors.append(.required(path.child("validationActions"))) }
        for (position, action) in actions.enumerated() where !Self.actions.contains(action.string ?? "") {
            errors.append(
                .notSupported(
                    path.child("validationActions").index(position), action, supported: Self.actions))
        }
        return errors
    }
}

/// Which requests an admission policy is about.
private enum MatchResources {
    static func applyDefaults(_ match: inout JSONObject) {
        match.setDefault("matchPolicy", "Equivalent")
        match.setDefault("namespaceSelector", [:])
        match.setDefault("objectSelector", [:])
        for list in ["resourceRules", "excludeResourceRules"] { match.editEach(list) { $0.setDefault("scope", "*") } }
    }
}
