import KubeObjects

extension CustomTask {
    private static let podFields: Set<String> = [
        "nodeSelector", "env", "tolerations", "affinity", "securityContext", "volumes", "runtimeClassName",
        "automountServiceAccountToken", "dnsPolicy", "dnsConfig", "enableServiceLinks", "priorityClassName",
        "schedulerName", "imagePullSecrets", "hostAliases", "hostNetwork", "topologySpreadConstraints", "hostUsers",
    ]

    /// Applies `spec.podTemplate` of a Run: it wins over the template's pod, variables and volumes by their names.
    /// - Throws: `RunPodTemplateNotSupported` for a field that Tekton does not have.
    func applyPodTemplate(to pod: inout JSONObject) throws(RunRejection) {
        guard kind == .run, let given = spec?["podTemplate"].nonNull else { return }
        guard let fields = given.object else {
            throw Self.invalid("spec.podTemplate: must be an object, not \(given.typeName)")
        }
        let unknown = fields.keys.filter { !Self.podFields.contains($0) }
        guard unknown.isEmpty else {
            throw RunRejection(
                reason: .podTemplateNotSupported,
                message: "spec.podTemplate: \(unknown.quotedList) cannot be set; known are "
                    + Self.podFields.sorted().joined(separator: ", "))
        }
        for (field, value) in fields where !value.isNull {
            switch field {
            case "env": pod.changeContainers { $0["env"] = $0["env"].merged(with: value, by: "name") }
            case "volumes": pod["volumes"] = pod["volumes"].merged(with: value, by: "name")
            case "tolerations":
                let own = pod["tolerations"]?.array ?? []
                pod["tolerations"] = .array(own + (value.array ?? []).filter { !own.contains($0) })
            default: pod[field] = value
            }
        }
    }
}

extension JSONObject {
    /// Changes every container of a pod's spec, init containers included.
    mutating func changeContainers(_ change: (inout JSONValue) -> Void) {
        for field in ["initContainers", "containers"] {
            guard var containers = self[field]?.array else { continue }
            for position in containers.indices { change(&containers[position]) }
            self[field] = .array(containers)
        }
    }
}
