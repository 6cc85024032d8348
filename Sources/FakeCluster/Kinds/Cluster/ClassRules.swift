import KubeObjects
import KubeSchema

/// `scheduling.k8s.io/v1` PriorityClasses.
struct PriorityClassRules: KindRules {
    /// The classes that every cluster has, for its own pods.
    static let system: [(name: String, value: Int64, description: String)] = [
        (
            "system-cluster-critical", 2_000_000_000,
            "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."
        ),
        (
            "system-node-critical", 2_000_001_000,
            "Used for system critical pods that must not be moved from their current node."
        ),
    ]
    private static let highestOfUsers: Int64 = 1_000_000_000

    var hasGeneration: Bool { true }
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .priorityClasses }

    /// The system's classes as objects.
    static var bootstrap: [KubeObject] {
        system.map { name, value, description in
            var object = KubeObject(apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", name: name)
            object["value"] = .integer(value)
            object["description"] = .string(description)
            return object
        }
    }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("preemptionPolicy", "PreemptLowerPriority")
        object.setDefault("value", 0)
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        object.metadata["generation"] = 1
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let value = object["value"]?.integer ?? 0
        var errors: [FieldError] = []
        if let name = object.name, name.hasPrefix("system-") {
            if !Self.system.contains(where: { $0.name == name && $0.value == value }) {
                errors.append(
                    .forbidden(
                        FieldPath("metadata").child("name"),
                        "priority class names with 'system-' prefix are reserved for system use only. error: "
                            + "\(name) is not a known system priority class"))
            }
        } else if value > Self.highestOfUsers {
            errors.append(
                .forbidden(
                    FieldPath("value"),
                    "maximum allowed value of a user defined priority is \(Self.highestOfUsers)"))
        }
        return errors
            + ChoiceRule.check(
                "preemptionPolicy", object.value, in: ["PreemptLowerPriority", "Never"], at: FieldPath.root)
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        var errors: [FieldError] = []
        if object["value"] != old["value"] {
            errors.append(.forbidden(FieldPath("value"), "may not be changed in an update."))
        }
        return errors + Immutability.check("preemptionPolicy", object.value, old.value, at: FieldPath.root)
    }

    func changesGeneration(_ object: KubeObject, old: KubeObject) -> Bool { false }
}

/// `storage.k8s.io/v1` StorageClasses. They are stored; no volume is made by them.
struct StorageClassRules: KindRules {
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .storageClasses }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("reclaimPolicy", "Delete")
        object.setDefault("volumeBindingMode", "Immediate")
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let provisioner = object.value.text("provisioner")
        let path = FieldPath("provisioner")
        var errors: [FieldError] = provisioner.isEmpty ? [.required(path)] : []
        if !provisioner.isEmpty {
            errors += NameValidation.qualifiedName(provisioner.lowercased()).map {
                .invalid(path, .string(provisioner), $0)
            }
        }
        errors += ChoiceRule.check("reclaimPolicy", object.value, in: ["Delete", "Retain"], at: .root)
        return errors
            + ChoiceRule.check(
                "volumeBindingMode", object.value, in: ["Immediate", "WaitForFirstConsumer"], at: .root)
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        var errors: [FieldError] = []
        for key in ["parameters", "provisioner", "reclaimPolicy"] where object[key] != old[key] {
            errors.append(.forbidden(FieldPath(key), "updates to \(key) are forbidden."))
        }
        return errors + Immutability.check("volumeBindingMode", object.value, old.value, at: .root)
    }
}
