import KubeObjects
import KubeSchema

/// What a Job must be (Kubernetes v1.36, `batch` validation).
extension JobRules {
    private static let maxParallelismIndexed: Int64 = 100_000
    private static let maxFailedIndexes: Int64 = 100_000
    private static let manyCompletions: Int64 = 100_000
    private static let maxForManyCompletions: Int64 = 10_000
    private static let maxManagerBytes = 63
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
        // An update is checked as a creation is, and its spec once more.
        var errors = validate(object, context) + Self.validateSpecAndSelector(spec, at: path)
        errors += validateCompletions(spec, oldSpec, at: path.child("completions"))
        errors += Immutability.check("selector", spec, oldSpec, at: path)
        errors += validateTemplateUpdate(object, old, at: path)
        for field in ["completionMode", "backoffLimitPerIndex", "managedBy"] {
            errors += Immutability.check(field, spec, oldSpec, at: path)
        }
        for (field, type) in [("podFailurePolicy", "PodFailurePolicy"), ("successPolicy", "SuccessPolicy")]
        where spec[field] != oldSpec[field] {
            let shown = spec[field].map { InternalForm.text($0, as: type) } ?? "\"null\""
            errors.append(.invalid(path.child(field), shown: shown, Immutability.message))
        }
        return errors
    }

    func validateStatusUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        JobStatusRules(object, old: old).validate()
    }

    /// A Job's spec in its own right: what also holds within a CronJob's template.
    static func validateSpec(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for field in nonNegative { errors += NumberRule.nonNegative(spec[field], at: path.child(field)) }
        if let manager = spec["managedBy"] { errors += validateManager(manager, at: path.child("managedBy")) }
        errors += validateCompletionMode(spec, at: path)
        if let policy = spec["podFailurePolicy"] {
            errors += PodFailurePolicyRules.validate(policy, spec, at: path.child("podFailurePolicy"))
        }
        if let policy = spec["successPolicy"] {
            errors += SuccessPolicyRules.validate(policy, spec, at: path.child("successPolicy"))
        }
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
        errors +=
            spec["selector"].map { LabelSelectorValidation.validate($0, at: path.child("selector")) }
            ?? [.required(path.child("selector"))]
        let labels = spec[path: "template", "metadata", "labels"]
        if LabelSelectorValidation.matches(spec["selector"], labels: labels?.strings ?? [:]) == false {
            errors.append(
                .invalid(
                    path.child("template", "metadata", "labels"), shown: labels?.compactText ?? "null",
                    "`selector` does not match template `labels`"))
        }
        return errors
    }

    /// Who takes care of the Job: a name with a domain before it (KEP-4368).
    private static func validateManager(_ manager: JSONValue, at path: FieldPath) -> [FieldError] {
        let text = manager.string ?? ""
        var errors = NameValidation.domainPrefixedPath(text).map { fault in
            fault.part.isEmpty ? FieldError.required(path) : .invalid(path, .string(fault.part), fault.message)
        }
        if text.utf8.count > maxManagerBytes { errors.append(.tooLong(path, maximum: maxManagerBytes)) }
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
            errors += validateManyCompletions(spec, at: path)
        } else if mode == "NonIndexed" || mode.isEmpty {
            for field in ["backoffLimitPerIndex", "maxFailedIndexes"] {
                guard let value = spec[field] else { continue }
                errors.append(.invalid(path.child(field), value, "requires indexed completion mode"))
            }
        }
        return errors
    }

    /// The bounds that keep the lists of indexes in the status short.
    private static func validateManyCompletions(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let limit = spec["maxFailedIndexes"]
        if let limit, spec.number("maxFailedIndexes") > maxFailedIndexes {
            errors.append(
                .invalid(
                    path.child("maxFailedIndexes"), limit, "must be less than or equal to \(maxFailedIndexes)"))
        }
        guard spec.number("completions") > manyCompletions, spec["backoffLimitPerIndex"] != nil else { return errors }
        if limit == nil {
            errors.append(
                .required(
                    path.child("maxFailedIndexes"),
                    "must be specified when completions is above \(manyCompletions)"))
        }
        for field in ["parallelism", "maxFailedIndexes"] where spec.number(field) > maxForManyCompletions {
            errors.append(
                .invalid(
                    path.child(field), spec[field],
                    "must be less than or equal to \(maxForManyCompletions) when completions are above "
                        + "\(manyCompletions) and used with backoff limit per index"))
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
        let generated = Dictionary(uniqueKeysWithValues: expected)
        if LabelSelectorValidation.matches(selector, labels: generated) == false {
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
        // That an Indexed Job has completions is another rule's.
        guard let completions = spec["completions"] else { return [] }
        if completions.integer == spec["parallelism"]?.integer { return [] }
        return [.invalid(path, completions, "can only be modified in tandem with spec.parallelism")]
    }

    /// The template is fixed, but for where the pods of a suspended Job may run (KEP-2926) and for what they ask for
    /// (KEP-5440).
    private func validateTemplateUpdate(_ object: KubeObject, _ old: KubeObject, at path: FieldPath) -> [FieldError] {
        let template = object["spec"]?["template"] ?? [:]
        let oldTemplate = old["spec"]?["template"] ?? [:]
        let isSuspended = old["spec"]?["suspend"] == true
        let isIdle =
            old["status"]?["startTime"] == nil
            || (JobStatus(old).isTrue("Suspended") && old["status"]?.number("active") == 0)
        guard isSuspended, isIdle else {
            if template == oldTemplate { return [] }
            return [
                .invalid(
                    path.child("template"), shown: InternalForm.podTemplate(template), Immutability.message)
            ]
        }
        if Self.withoutMutable(template["spec"]) == Self.withoutMutable(oldTemplate["spec"]) { return [] }
        return [
            .invalid(
                path.child("template", "spec"), shown: InternalForm.podSpec(template["spec"] ?? [:]),
                Immutability.message)
        ]
    }

    /// A pod's spec without what may change while the Job is suspended.
    private static func withoutMutable(_ spec: JSONValue?) -> JSONObject {
        var spec = spec?.object ?? [:]
        for key in ["nodeSelector", "tolerations", "schedulingGates"] { spec[key] = nil }
        spec.edit("affinity") { $0["nodeAffinity"] = nil }
        if spec["affinity"] == [:] { spec["affinity"] = nil }
        for list in ["containers", "initContainers"] { spec.editEach(list) { $0["resources"] = nil } }
        return spec
    }
}
