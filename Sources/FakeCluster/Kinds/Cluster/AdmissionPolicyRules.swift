import KubeObjects
import KubeSchema

/// `admissionregistration.k8s.io/v1` ValidatingAdmissionPolicies (Kubernetes, `admissionregistration/validation`).
struct AdmissionPolicyRules: KindRules {
    var allowsUnconditionalUpdate: Bool { false }
    private static let missing = "validations or auditAnnotations must contain at least one item"
    private static let reasons = ["Forbidden", "Invalid", "RequestEntityTooLarge"]

    var hasGeneration: Bool { true }
    var hasStatus: Bool { true }
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .admissionPolicies }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.setDefault("failurePolicy", "Fail")
            spec.edit("matchConstraints", AdmissionMatchRules.applyDefaults)
        }
        object.setDefault("status", [:])
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors = ChoiceRule.check("failurePolicy", spec, in: ["Fail", "Ignore"], isRequired: true, at: path)
        let paramKind = spec["paramKind"].flatMap { $0.isNull ? nil : $0 }
        if let paramKind { errors += ParamRules.validate(kind: paramKind, at: path.child("paramKind")) }
        if let match = spec["matchConstraints"], !match.isNull {
            errors += AdmissionMatchRules.validate(match, at: path.child("matchConstraints"))
            if match.list("resourceRules").isEmpty {
                errors.append(.required(path.child("matchConstraints", "resourceRules")))
            }
        } else {
            errors.append(.required(path.child("matchConstraints")))
        }
        var expressions = PolicyExpressionRules(hasParams: paramKind != nil, policyName: object.name ?? "")
        errors += expressions.conditions(spec.list("matchConditions"), at: path.child("matchConditions"))
        errors += expressions.variables(spec.list("variables"), at: path.child("variables"))
        let validations = spec.list("validations")
        let annotations = spec.list("auditAnnotations")
        if validations.isEmpty, annotations.isEmpty {
            return errors + ["validations", "auditAnnotations"].map { .required(path.child($0), Self.missing) }
        }
        for (position, validation) in validations.enumerated() {
            let place = path.child("validations").index(position)
            errors += expressions.validation(validation, at: place)
            errors += ChoiceRule.check("reason", validation, in: Self.reasons, at: place)
        }
        return errors + expressions.annotations(annotations, at: path.child("auditAnnotations"))
    }
}

/// `admissionregistration.k8s.io/v1` ValidatingAdmissionPolicyBindings.
struct AdmissionPolicyBindingRules: KindRules {
    var allowsUnconditionalUpdate: Bool { false }
    private static let actions = ["Audit", "Deny", "Warn"]

    var hasGeneration: Bool { true }
    var table: TableConvention { .admissionPolicyBindings }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { $0.edit("matchResources", AdmissionMatchRules.applyDefaults) }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        let policy = spec.text("policyName")
        if policy.isEmpty {
            errors.append(.required(path.child("policyName")))
        } else {
            errors += NameRule.subdomain.validate(policy, at: path.child("policyName"))
        }
        if let reference = spec["paramRef"], !reference.isNull {
            errors += ParamRules.validate(reference: reference, at: path.child("paramRef"))
        }
        if let match = spec["matchResources"], !match.isNull {
            // The real server has the same slip of the pen in this path.
            errors += AdmissionMatchRules.validate(match, at: path.child("matchResouces"))
        }
        return errors + Self.validate(actions: spec["validationActions"] ?? [], at: path.child("validationActions"))
    }

    private static func validate(actions: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (position, action) in (actions.array ?? []).enumerated() {
            let text = action.string ?? ""
            if !Self.actions.contains(text) {
                errors.append(.notSupported(path.index(position), action, supported: Self.actions))
            }
            if !seen.insert(text).inserted { errors.append(.duplicate(path.index(position), action)) }
        }
        if seen.isSuperset(of: ["Deny", "Warn"]) {
            errors.append(
                .invalid(
                    path, actions,
                    "must not contain both Deny and Warn (repeating the same validation failure information in the API "
                        + "response and headers serves no purpose)"))
        }
        if seen.isEmpty { errors.append(.required(path, "at least one validation action is required")) }
        return errors
    }
}

/// The rules for the parameters of a policy: their kind, and how a binding refers to them.
private enum ParamRules {
    static func validate(kind: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let apiVersion = kind.text("apiVersion")
        let place = path.child("apiVersion")
        if apiVersion.isEmpty {
            errors.append(.required(place))
        } else if apiVersion.filter({ $0 == "/" }).count > 1 {
            errors.append(.invalid(place, .string(apiVersion), "unexpected GroupVersion string: \(apiVersion)"))
        } else {
            let parsed = GroupVersion(apiVersion: apiVersion)
            if !parsed.group.isEmpty {
                errors += invalid(place, parsed.group, NameValidation.dns1123Subdomain(parsed.group))
            }
            errors +=
                parsed.version.isEmpty
                ? [.invalid(place, .string(apiVersion), "version must be specified")]
                : invalid(place, parsed.version, NameValidation.dns1035Label(parsed.version))
        }
        let name = kind.text("kind")
        if name.isEmpty { return errors + [.required(path.child("kind"))] }
        let faults = NameValidation.dns1035Label(name.lowercased())
        if faults.isEmpty { return errors }
        let detail = "may have mixed case, but should otherwise match: " + faults.joined(separator: ",")
        return errors + [.invalid(path.child("kind"), .string(name), detail)]
    }

    private static func invalid(_ path: FieldPath, _ text: String, _ faults: [String]) -> [FieldError] {
        faults.isEmpty ? [] : [.invalid(path, .string(text), faults.joined(separator: ","))]
    }

    static func validate(reference: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let name = reference.text("name")
        let selector = reference["selector"].flatMap { $0.isNull ? nil : $0 }
        let exclusive = "name and selector are mutually exclusive"
        if !name.isEmpty {
            errors += NameRule.pathSegment.validate(name, at: path.child("name"))
            if selector != nil { errors.append(.forbidden(path.child("name"), exclusive)) }
        }
        if let selector {
            errors += LabelSelectorValidation.validate(selector, at: path.child("selector"))
            if !name.isEmpty { errors.append(.forbidden(path.child("selector"), exclusive)) }
        } else if name.isEmpty {
            errors.append(.required(path, "one of name or selector must be specified"))
        }
        return errors
            + ChoiceRule.check("parameterNotFoundAction", reference, in: ["Deny", "Allow"], isRequired: true, at: path)
    }
}
