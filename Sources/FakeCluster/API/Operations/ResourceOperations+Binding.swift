import KubeObjects
import KubeWire

extension ResourceOperations {
    /// Assigns a pod to a node, as the `binding` subresource does.
    /// - Throws: a conflict if the pod is assigned already, is being deleted, waits for its gates, or is not the one that
    ///   the binding means.
    func bind(
        _ pods: ResourceDefinition, _ key: ObjectKey, _ binding: KubeObject, _ context: inout OperationContext
    ) async throws(KubeStatus) {
        try await admission.validate(
            AdmissionRequest(
                operation: .create, definition: pods, subresource: "binding", namespace: key.namespace, name: key.name,
                object: binding), &context)
        let now = time.now().rfc3339
        _ = try await update(pods, key, subresource: "binding", &context) { pod, _ throws(KubeStatus) in
            if let mismatch = Self.mismatch(of: binding, pod) {
                throw KubeStatus.conflict(
                    pods.resource.groupResource, key.name,
                    "StorageError: invalid object, Code: 4, Key: /registry/pods/\(key.namespace)/\(key.name), "
                        + "ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: \(mismatch)")
            }
            if let obstacle = Self.obstacle(toBinding: pod, named: key.name) {
                throw KubeStatus.conflict(GroupResource(group: "", resource: "pods/binding"), key.name, obstacle)
            }
            var bound = pod
            bound.json["spec", default: [:]]["nodeName"] = binding[path: "target", "name"]
            for key in ["annotations", "labels"] {
                guard let added = binding[path: "metadata", key]?.object, !added.isEmpty else { continue }
                bound.json.editOrMake("metadata") { metadata in
                    metadata.editOrMake(key) { for (name, value) in added { $0[name] = value } }
                }
            }
            var conditions = pod[path: "status", "conditions"]?.array ?? []
            conditions.removeAll { $0["type"]?.string == "PodScheduled" }
            conditions.append([
                "type": "PodScheduled", "status": "True", "lastProbeTime": .null, "lastTransitionTime": .string(now),
            ])
            bound.json["status", default: [:]]["conditions"] = .array(conditions)
            bound.json.edit("status") { $0["nominatedNodeName"] = nil }
            return bound
        }
    }

    /// In what a pod is not the one that a binding means; nil if it is.
    private static func mismatch(of binding: KubeObject, _ pod: KubeObject) -> String? {
        for (key, name) in [("uid", "UID"), ("resourceVersion", "ResourceVersion")] {
            let (meant, found) = (
                binding[path: "metadata", key]?.string ?? "", pod[path: "metadata", key]?.string ?? ""
            )
            if meant.isEmpty || meant == found { continue }
            return "\(name) in precondition: \(meant), \(name) in object meta: \(found)"
        }
        return nil
    }

    /// Why a pod is put on no node now; nil if it may be.
    private static func obstacle(toBinding pod: KubeObject, named name: String) -> String? {
        if pod.isBeingDeleted { return "pod \(name) is being deleted, cannot be assigned to a host" }
        if let node = pod[path: "spec", "nodeName"]?.string, !node.isEmpty {
            return "pod \(name) is already assigned to node \"\(node)\""
        }
        let gates = pod[path: "spec", "schedulingGates"]?.array ?? []
        return gates.isEmpty ? nil : "pod \(name) has non-empty .spec.schedulingGates"
    }
}
