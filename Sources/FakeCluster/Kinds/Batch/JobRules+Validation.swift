import KubeObjects
import KubeSchema

/// What a Job must be (Kubernetes v1.36, `batch` validation).
extension JobRules {
    private static let maxParallelismIndexed: Int64 = 100_000
    private static let nonNegative = [
        "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished",
        "backoffLimitPerIndex", "maxFailedIndexes",
    ]

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        return validateGeneratedSelector(object) + Self.validateSpecAndSelector(spec, at: FieldPath("spec"))
            + validateHostname(object, spec)
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let path = FieldPath("spec")
        let (spec, oldSpec) = (object["spec"] ?? [:], old["spec"] ?? [:])
        var errors = Self.validateSpecAndSelector(spec, at: path)
        errors += validateCompletions(spec, oldSpec, at: path.child("completions"))
        errors += Immutability.check("selector", spec, oldSpec, at: path)
        errors += validateTemplateUpdate(object, old, at: path)
        for field in ["completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"] {
            errors += Immutability.check(field, spec, oldSpec, at: path)
        }
        return errors
    }

    /// A Job's spec in its own right: what also holds within a CronJob's template.
    static func validateSpec(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for field in nonNegative { errors += NumberRule.nonNegative(spec[field], at: path.child(field)) }
        errors += validateCompletionMode(spec, at: path)
        if let policy = spec["podFailurePolicy"] {
            errors += PodFailurePolicyRules.validate(policy, spec, at: path.child("podFailurePolicy"))
        }
        if let policy = spec["successPolicy"] { errors += validateSuccessPolicy(policy, spec, at: path) }
        if let policy = spec["podReplacementPolicy"]?.string {
            let isExclusive = spec["podFailurePolicy"] != nil
            let supported = isExclusive ? ["Failed"] : ["Failed", "TerminatingOrFailed"]
            if !supported.contains(policy) {
                errors.append(
                    .notSupported(path.child("podReplacementPolicy"), .string(policy), supported: supported))
            }
        }
        let template = spec["template"] ?? [:]
        errors += PodTemplateValidation.validate(template, at: path.child("template"))
        return errors + validateRestartPolicy(template, spec, at: path.child("template", "spec", "restartPolicy"))
    }

    private static func validateSpecAndSelector(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors = validateSpec(spec, at: path)
        guard let selector = spec["selector"] else { return errors + [.required(path.child("selector"))] }
        errors += LabelSelectorValidation.validate(selector, at: path.child("selector"))
        let labels = spec[path: "template", "metadata", "labels"]
        if LabelSelectorValidation.matches(selector, labels: labels?.strings ?? [:]) == false {
            errors.append(
                .invalid(
                    path.child("template", "metadata", "labels"), labels,
                    "`selector` does not match template `labels`"))
        }
        return errors
    }

    private static func validateCompletionMode(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let mode = spec.text("completionMode")
        if !["NonIndexed", "Indexed"].contains(mode), !mode.isEmpty {
            errors.append(
                .notSupported(
                    path.child("completionMode"), .string(mode), supported: ["NonIndexed", "Indexed"]))
        }
        if spec["maxFailedIndexes"] != nil, spec["backoffLimitPerIndex"] == nil {
            errors.append(.required(path.child("backoffLimitPerIndex"), "when maxFailedIndexes is specified"))
        }
        if mode == "Indexed" {
            if spec["completions"] == nil {
                errors.append(.required(path.child("completions"), "when completion mode is Indexed"))
            }
            if let parallelism = spec["parallelism"], parallelism.integer ?? 0 > maxParallelismIndexed {
                errors.append(
                    .invalid(
                        path.child("parallelism"), parallelism,
                        "must be less than or equal to \(maxParallelismIndexed) when completion mode is Indexed"))
            }
            if let limit = spec["maxFailedIndexes"], let completions = spec["completions"]?.integer,
                limit.integer ?? 0 > completions
            {
                errors.append(
                    .invalid(path.child("maxFailedIndexes"), limit, "must be less than or equal to completions"))
            }
        } else if mode == "NonIndexed" || mode.isEmpty {
            for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
                guard let value = spec[field] else { continue }
                errors.append(.invalid(path.child(field), value, "requires indexed completion mode"))
            }
        }
        return errors
    }

    private static func validateSuccessPolicy(
        _ policy: JSONValue, _ spec: JSONValue, at path: FieldPath
    ) -> [FieldError] {
        let path = path.child("successPolicy")
        guard spec["completionMode"] == "Indexed" else {
            return [.invalid(path, policy, "requires indexed completion mode")]
        }
        let rules = policy.list("rules")
        if rules.isEmpty {
            return [
                .required(
                    path.child("rules"), "at least one rules must be specified when the successPolicy is specified")
            ]
        }
        var errors: [FieldError] = []
        for (position, rule) in rules.enumerated() {
            let place = path.child("rules").index(position)
            if rule["succeededCount"] == nil, rule["succeededIndexes"] == nil {
                errors.append(
                    .required(place, "at least one of succeededCount or succeededIndexes must be specified"))
            }
            errors += NumberRule.nonNegative(rule["succeededCount"], at: place.child("succeededCount"))
            if let count = rule["succeededCount"], let completions = spec["completions"]?.integer,
                count.integer ?? 0 > completions
            {
                errors.append(
                    .invalid(
                        place.child("succeededCount"), count,
                        "must be less than or equal to \(completions) (the number of specified completions)"))
            }
        }
        return errors
    }

    private static func validateRestartPolicy(
        _ template: JSONValue, _ spec: JSONValue, at path: FieldPath
    ) -> [FieldError] {
        let policy = template["spec"]?.text("restartPolicy") ?? ""
        switch policy {
        case "", "Always": return [.required(path, "valid values: \"OnFailure\", \"Never\"")]
        case "OnFailure", "Never":
            guard spec["podFailurePolicy"] != nil, policy != "Never" else { return [] }
            return [.invalid(path, .string(policy), "only \"Never\" is supported when podFailurePolicy is specified")]
        default: return [.notSupported(path, .string(policy), supported: ["OnFailure", "Never"])]
        }
    }
}

extension JobRules {
    /// The labels and the selector that the server generates must have stayed what they are.
    private func validateGeneratedSelector(_ object: KubeObject) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        guard spec["manualSelector"] != true, let selector = spec["selector"] else { return [] }
        let labels = spec[path: "template", "metadata", "labels"]
        let (uid, name) = (object.uid ?? "", object.name ?? "")
        let path = FieldPath("spec", "template", "metadata", "labels")
        let expected = [
            (Self.legacyUIDLabel, uid), (Self.legacyNameLabel, name), (Self.uidLabel, uid), (Self.nameLabel, name),
        ]
        var errors: [FieldError] = []
        for (key, value) in expected {
            guard let found = labels?[key]?.string else {
                errors.append(.required(path.key(key), "must be '\(value)'"))
                continue
            }
            if found != value { errors.append(.invalid(path.key(key), labels, "must be '\(value)'")) }
        }
        if LabelSelectorValidation.matches(selector, labels: [Self.uidLabel: uid, Self.nameLabel: name]) == false {
            errors.append(.invalid(FieldPath("spec", "selector"), selector, "`selector` not auto-generated"))
        }
        return errors
    }

    /// The host name of an Indexed Job's last pod must be a DNS label.
    private func validateHostname(_ object: KubeObject, _ spec: JSONValue) -> [FieldError] {
        guard spec["completionMode"] == "Indexed", let completions = spec["completions"]?.integer, completions > 0,
            let name = object.name
        else { return [] }
        let hostname = "\(name)-\(completions - 1)"
        if NameRule.label.faults(hostname).isEmpty { return [] }
        return [
            .invalid(
                FieldPath("metadata", "name"), .string(name),
                "will not able to create pod with invalid DNS label: \(hostname)")
        ]
    }

    /// Elastic Indexed Jobs (KEP-3715): completions change together with parallelism, and only so.
    private func validateCompletions(_ spec: JSONValue, _ old: JSONValue, at path: FieldPath) -> [FieldError] {
        guard spec["completions"] != old["completions"] else { return [] }
        guard spec["completionMode"] == "Indexed" else {
            return [.invalid(path, spec["completions"] ?? .null, Immutability.message)]
        }
        guard let completions = spec["completions"] else {
            return [.invalid(path, .null, Immutability.message)]
        }
        if completions.integer == spec["parallelism"]?.integer { return [] }
        return [.invalid(path, completions, "can only be modified in tandem with spec.parallelism")]
    }

    /// The template is fixed, but for where its pods may run while the Job is suspended and has not started (KEP-2926).
    private func validateTemplateUpdate(_ object: KubeObject, _ old: KubeObject, at path: FieldPath) -> [FieldError] {
        var (template, oldTemplate) = (object["spec"]?["template"] ?? [:], old["spec"]?["template"] ?? [:])
        if old["spec"]?["suspend"] == true, old["status"]?["startTime"] == nil {
            for key in ["labels", "annotations"] {
                template.set(nil, at: ["metadata", key])
                oldTemplate.set(nil, at: ["metadata", key])
            }
            for key in ["nodeSelector", "affinity", "tolerations", "schedulingGates"] {
                template.set(nil, at: ["spec", key])
                oldTemplate.set(nil, at: ["spec", key])
            }
        }
        if template == oldTemplate { return [] }
        return [.invalid(path.child("template"), object["spec"]?["template"], Immutability.message)]
    }
}
