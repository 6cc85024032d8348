import KubeObjects
import KubeSchema

/// The rules for a pod's spec, whether it stands in a Pod or in a template (Kubernetes v1.36, `core` validation).
struct PodSpecValidation {
    let spec: JSONValue
    /// The names of the volumes, which mounts refer to.
    let volumes: Set<String>

    /// The rules for a spec.
    init(_ spec: JSONValue) {
        self.spec = spec
        volumes = Set(spec.list("volumes").map { $0.text("name") }.filter { !$0.isEmpty })
    }

    /// The faults of the spec.
    func validate(at path: FieldPath) -> [FieldError] {
        var errors = VolumeValidation.validate(spec.list("volumes"), at: path.child("volumes"))
        errors += validateContainers(at: path)
        errors += ChoiceRule.check(
            "restartPolicy", spec, in: ["Always", "OnFailure", "Never"], isRequired: true, at: path)
        errors += ChoiceRule.check(
            "dnsPolicy", spec, in: ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"], at: path)
        errors += ObjectMetaValidation.validateLabels(spec["nodeSelector"], at: path.child("nodeSelector"))
        errors += validateTolerations(at: path.child("tolerations"))
        errors += validateNames(at: path)
        errors += NumberRule.within(
            1...Int64(Int32.max), spec["activeDeadlineSeconds"], at: path.child("activeDeadlineSeconds"))
        return errors
    }

    private func validateNames(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let rules: [(String, NameRule)] = [
            ("serviceAccountName", .subdomain), ("nodeName", .subdomain), ("hostname", .label), ("subdomain", .label),
            ("priorityClassName", .subdomain), ("runtimeClassName", .subdomain),
        ]
        for (key, rule) in rules where !spec.text(key).isEmpty {
            errors += rule.validate(spec.text(key), at: path.child(key))
        }
        return errors
    }

    private func validateTolerations(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, toleration) in spec.list("tolerations").enumerated() {
            let place = path.index(position)
            let key = toleration.text("key")
            if !key.isEmpty {
                errors += NameValidation.labelName(key).map { .invalid(place.child("key"), .string(key), $0) }
            } else if toleration.text("operator") != "Exists" {
                errors.append(
                    .invalid(
                        place.child("operator"), .string(toleration.text("operator")),
                        "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
            }
            if toleration["tolerationSeconds"] != nil, toleration.text("effect") != "NoExecute" {
                errors.append(
                    .invalid(
                        place.child("effect"), .string(toleration.text("effect")),
                        "effect must be 'NoExecute' when `tolerationSeconds` is set"))
            }
            switch toleration.text("operator") {
            case "Equal", "":
                errors += NameValidation.labelValue(toleration.text("value")).map {
                    .invalid(place.child("operator"), .string(toleration.text("value")), $0)
                }
            case "Exists":
                if !toleration.text("value").isEmpty {
                    errors.append(
                        .invalid(
                            place.child("operator"), toleration,
                            "value must be empty when `operator` is 'Exists'"))
                }
            default:
                errors.append(
                    .notSupported(
                        place.child("operator"), toleration["operator"], supported: ["Equal", "Exists"]))
            }
            errors += ChoiceRule.check(
                "effect", toleration, in: ["NoSchedule", "PreferNoSchedule", "NoExecute"], at: place)
        }
        return errors
    }
}
