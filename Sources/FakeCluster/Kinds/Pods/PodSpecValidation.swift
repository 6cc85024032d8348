import KubeObjects
import KubeSchema

/// The rules for a pod's spec, whether it stands in a Pod or in a template (Kubernetes v1.36, `core` validation).
struct PodSpecValidation {
    let spec: JSONValue
    /// The names of the volumes, which mounts refer to.
    let volumes: Set<String>
    /// Whether the spec is a template's, of which a pod may still be made otherwise.
    let isTemplate: Bool

    /// The name of the pod; nil for a template.
    let podName: String?

    /// The rules for the spec of a pod.
    init(_ pod: KubeObject) {
        self.init(pod["spec"] ?? [:], isTemplate: false, podName: pod.name ?? "")
    }

    /// The rules for the spec of a template.
    init(template: JSONValue) {
        self.init(template["spec"] ?? [:], isTemplate: true, podName: nil)
    }

    private init(_ spec: JSONValue, isTemplate: Bool, podName: String?) {
        self.spec = spec
        self.isTemplate = isTemplate
        self.podName = podName
        volumes = Set(spec.list("volumes").map { $0.text("name") }.filter { !$0.isEmpty })
    }

    /// The faults of the spec.
    func validate(at path: FieldPath) -> [FieldError] {
        var errors = VolumeValidation.validate(
            spec.list("volumes"), isTemplate: isTemplate, at: path.child("volumes"))
        errors += ResourceClaimValidation.validate(
            spec.list("resourceClaims"), pod: podName, at: path.child("resourceClaims"))
        errors += validateContainers(at: path)
        errors += validateEphemeralContainers(at: path.child("ephemeralContainers"))
        errors += ChoiceRule.check(
            "restartPolicy", spec, in: ["Always", "OnFailure", "Never"], isRequired: true, at: path)
        errors += ChoiceRule.check(
            "dnsPolicy", spec, in: ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], at: path)
        errors += ObjectMetaValidation.validateLabels(spec["nodeSelector"], at: path.child("nodeSelector"))
        errors += validateTolerations(at: path.child("tolerations"))
        errors += validateNames(at: path)
        errors += NumberRule.within(
            1...Int64(Int32.max), spec["activeDeadlineSeconds"], at: path.child("activeDeadlineSeconds"))
        errors += validateSecurity(at: path)
        errors += validateAffinity(at: path.child("affinity"))
        errors += validateSpread(at: path.child("topologySpreadConstraints"))
        errors += validateNameResolution(at: path)
        errors += validateGates(at: path)
        errors += ChoiceRule.check("preemptionPolicy", spec, in: ["PreemptLowerPriority", "Never"], at: path)
        if let system = spec["os"] {
            let name = system.text("name")
            if name.isEmpty {
                errors.append(.required(path.child("os", "name"), "cannot be empty"))
            } else if !["linux", "windows"].contains(name) {
                errors.append(.notSupported(path.child("os"), .string(name), supported: ["linux", "windows"]))
            }
        }
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
}
