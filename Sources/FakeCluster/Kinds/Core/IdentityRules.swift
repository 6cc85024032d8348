import KubeObjects
import KubeSchema

/// `v1` ServiceAccounts. Their table has no column for secrets any more, which nothing fills since Kubernetes 1.24.
struct ServiceAccountRules: KindRules {}

/// `v1` PodTemplates.
struct PodTemplateRules: KindRules {
    var hasGeneration: Bool { true }
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .podTemplates }

    func applyDefaults(_ object: inout JSONObject) {
        PodSpecDefaults.apply(toTemplateIn: &object)
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        PodTemplateValidation.validate(object["template"] ?? [:], at: FieldPath("template"))
    }

    func changesGeneration(_ object: KubeObject, old: KubeObject) -> Bool { object["template"] != old["template"] }
}

/// `v1` Nodes.
struct NodeRules: KindRules {
    var table: TableConvention { .nodes }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("spec", [:])
        object.setDefault("status", [:])
    }

    // A kubelet brings the status along when it registers its node, so it is kept on creation and on nothing else.
    func prepareForUpdate(
        _ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) {
        if subresource == nil { object["status"] = old["status"] }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, taint) in (object["spec"]?.list("taints") ?? []).enumerated() {
            let place = FieldPath("spec", "taints").index(position)
            errors += NameValidation.labelName(taint.text("key")).map {
                .invalid(place.child("key"), taint["key"] ?? "", $0)
            }
            errors += ChoiceRule.check(
                "effect", taint, in: ["NoSchedule", "PreferNoSchedule", "NoExecute"], isRequired: true, at: place)
        }
        return errors
    }

    func selectableFields(_ object: KubeObject) -> [String: String] {
        ["spec.unschedulable": object["spec"]?["unschedulable"] == true ? "true" : "false"]
    }
}

/// `coordination.k8s.io/v1` Leases.
struct LeaseRules: KindRules {
    var createsOnUpdate: Bool { true }
    var allowsUnconditionalUpdate: Bool { false }
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .leases }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) { dropCoordination(&object) }

    func prepareForUpdate(
        _ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) { dropCoordination(&object) }

    /// What only a server with `CoordinatedLeaderElection` keeps, which is off unless it is asked for.
    private func dropCoordination(_ object: inout KubeObject) {
        object.json.edit("spec") { spec in
            spec["strategy"] = nil
            spec["preferredHolder"] = nil
        }
    }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("spec", [:])
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        if let duration = spec["leaseDurationSeconds"], duration.integer ?? 1 <= 0 {
            errors.append(.invalid(path.child("leaseDurationSeconds"), duration, "must be greater than 0"))
        }
        return errors + NumberRule.nonNegative(spec["leaseTransitions"], at: path.child("leaseTransitions"))
    }
}
