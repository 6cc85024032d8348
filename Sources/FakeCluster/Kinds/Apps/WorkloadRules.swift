import KubeObjects
import KubeSchema

/// `apps/v1` Deployments.
struct DeploymentRules: KindRules {
    var hasGeneration: Bool { true }
    var hasStatus: Bool { true }
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .deployments }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.setDefault("replicas", 1)
            spec.editOrMake("strategy") { strategy in
                strategy.setDefault("type", "RollingUpdate")
                guard strategy["type"] == "RollingUpdate" else { return }
                strategy.editOrMake("rollingUpdate") { update in
                    update.setDefault("maxUnavailable", "25%")
                    update.setDefault("maxSurge", "25%")
                }
            }
            spec.setDefault("revisionHistoryLimit", 10)
            spec.setDefault("progressDeadlineSeconds", 600)
            PodSpecDefaults.apply(toTemplateIn: &spec)
        }
        object.setDefault("status", [:])
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors = WorkloadValidation.validate(spec, at: path)
        for key in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] {
            errors += NumberRule.nonNegative(spec[key], at: path.child(key))
        }
        if let deadline = spec["progressDeadlineSeconds"]?.integer, deadline <= spec.number("minReadySeconds") {
            errors.append(
                .invalid(
                    path.child("progressDeadlineSeconds"), .integer(deadline),
                    "must be greater than minReadySeconds"))
        }
        let strategy = spec["strategy"] ?? [:]
        switch strategy.text("type") {
        case "Recreate":
            if strategy["rollingUpdate"] != nil {
                errors.append(
                    .forbidden(
                        path.child("strategy", "rollingUpdate"),
                        "may not be specified when strategy `type` is 'Recreate'"))
            }
        case "RollingUpdate":
            errors += validate(update: strategy["rollingUpdate"], at: path.child("strategy", "rollingUpdate"))
        default:
            errors.append(
                .notSupported(
                    path.child("strategy", "type"), strategy["type"], supported: ["Recreate", "RollingUpdate"]))
        }
        return errors
    }

    /// How an update goes on: with some pods more or less than wanted, but not with just as many.
    private func validate(update: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let update else { return [.required(path, "this should be defaulted and never be nil")] }
        var errors = ShareRule.check(update["maxUnavailable"], at: path.child("maxUnavailable"))
        errors += ShareRule.check(update["maxSurge"], isCapped: false, at: path.child("maxSurge"))
        if ShareRule.isZero(update["maxUnavailable"]), ShareRule.isZero(update["maxSurge"]) {
            errors.append(
                .invalid(path.child("maxUnavailable"), update["maxUnavailable"], "may not be 0 when `maxSurge` is 0"))
        }
        return errors
    }

    func warnings(_ object: KubeObject, old: KubeObject?) -> [String] {
        PodWarnings.workload(object, old: old, template: ["spec", "template"])
    }

    func validateStatusUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        let (status, before) = (object["status"] ?? [:], old["status"] ?? [:])
        let path = FieldPath("status")
        let parts = ["updatedReplicas", "readyReplicas", "availableReplicas"]
        var errors = ReplicaCounts.validate(status, parts, alone: ["unavailableReplicas", "collisionCount"], at: path)
        if before["collisionCount"] != nil,
            status.number("collisionCount") < before.number("collisionCount")
                || status["collisionCount"] == nil
        {
            errors.append(
                .invalid(
                    path.child("collisionCount"), .integer(status.number("collisionCount")), "cannot be decremented"))
        }
        return errors
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        validate(object, context)
            + Immutability.check("selector", object["spec"] ?? [:], old["spec"] ?? [:], at: FieldPath("spec"))
    }
}

/// How many pods a workload says that it has: of all no fewer than of those that are further on.
private enum ReplicaCounts {
    /// The faults of a state: `parts` are counts of some of the pods, `alone` are counts that no other is held against.
    static func validate(
        _ status: JSONValue, _ parts: [String], alone: [String] = [], at path: FieldPath
    ) -> [FieldError] {
        var errors = (["observedGeneration", "replicas", "terminatingReplicas"] + parts + alone).flatMap {
            NumberRule.nonNegative(status[$0], at: path.child($0))
        }
        for part in parts where status.number(part) > status.number("replicas") {
            errors.append(.invalid(path.child(part), status[part], "cannot be greater than status.replicas"))
        }
        if status.number("availableReplicas") > status.number("readyReplicas") {
            errors.append(
                .invalid(
                    path.child("availableReplicas"), status["availableReplicas"], "cannot be greater than readyReplicas"
                ))
        }
        return errors
    }
}

/// `apps/v1` ReplicaSets.
struct ReplicaSetRules: KindRules {
    var hasGeneration: Bool { true }
    var hasStatus: Bool { true }
    var table: TableConvention { .replicaSets }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.setDefault("replicas", 1)
            PodSpecDefaults.apply(toTemplateIn: &spec)
        }
        object.editOrMake("status") { $0.setDefault("replicas", 0) }
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        object["status"] = ["replicas": 0]
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        WorkloadValidation.validate(object["spec"] ?? [:], at: FieldPath("spec"))
    }

    func warnings(_ object: KubeObject, old: KubeObject?) -> [String] {
        PodWarnings.workload(object, old: old, template: ["spec", "template"])
    }

    func validateStatusUpdate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        ReplicaCounts.validate(
            object["status"] ?? [:], ["fullyLabeledReplicas", "readyReplicas", "availableReplicas"],
            at: FieldPath("status"))
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        validate(object, context) + validate(object, context)
            + Immutability.check("selector", object["spec"] ?? [:], old["spec"] ?? [:], at: FieldPath("spec"))
    }

    func selectableFields(_ object: KubeObject) -> [String: String] {
        ["status.replicas": String(object["status"]?.number("replicas") ?? 0)]
    }
}

/// What Deployments and ReplicaSets share: a number of pods of one template, found by a selector.
enum WorkloadValidation {
    static func validate(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors = NumberRule.nonNegative(spec["replicas"], at: path.child("replicas"))
        let template = spec["template"] ?? [:]
        errors += validate(selector: spec["selector"], at: path.child("selector"))
        let labels = template["metadata"]?["labels"]
        switch LabelSelectorValidation.matches(spec["selector"], labels: labels?.strings ?? [:]) {
        case nil:
            // The template of what cannot be selected is not looked at.
            return errors + [.invalid(path.child("selector"), spec["selector"], "invalid label selector")]
        case false?:
            errors.append(
                .invalid(
                    path.child("template", "metadata", "labels"), shown: labels?.compactText ?? "null",
                    "`selector` does not match template `labels`"))
        case true?: break
        }
        errors += PodTemplateValidation.validate(template, at: path.child("template"))
        let policy = template["spec"]?.text("restartPolicy") ?? ""
        if policy != "Always" {
            errors.append(
                .notSupported(
                    path.child("template", "spec", "restartPolicy"), .string(policy), supported: ["Always"]))
        }
        if template["spec"]?["activeDeadlineSeconds"] != nil {
            errors.append(
                .forbidden(
                    path.child("template", "spec", "activeDeadlineSeconds"),
                    "activeDeadlineSeconds in ReplicaSet is not Supported"))
        }
        return errors
    }

    private static func validate(selector: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let selector else { return [.required(path)] }
        let errors = LabelSelectorValidation.validate(selector, at: path)
        guard selector.map("matchLabels").isEmpty, selector.list("matchExpressions").isEmpty else { return errors }
        return errors + [.invalid(path, selector, "empty selector is invalid for deployment")]
    }
}
