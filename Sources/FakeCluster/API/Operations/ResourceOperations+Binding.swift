import KubeObjects
import KubeWire

extension ResourceOperations {
    /// Assigns a pod to a node, as the `binding` subresource does.
    /// - Throws: a conflict if the pod is assigned already, is being deleted, or has another uid.
    func bind(
        _ pods: ResourceDefinition, _ key: ObjectKey, uid: String?, to node: String, _ context: inout OperationContext
    ) async throws(KubeStatus) {
        let resource = pods.resource.groupResource
        try await admission.validate(
            AdmissionRequest(
                operation: .create, definition: pods, subresource: "binding", namespace: key.namespace, name: key.name,
                object: Self.binding(of: key, uid: uid, to: node)), &context)
        let now = time.now().rfc3339
        _ = try await update(pods, key, subresource: "binding", &context) { pod, _ throws(KubeStatus) in
            if let uid, !uid.isEmpty, uid != pod.uid {
                throw KubeStatus.conflict(
                    resource, key.name,
                    "the UID in the precondition (\(uid)) does not match the UID in record "
                        + "(\(pod.uid ?? "")). The object might have been deleted and then recreated")
            }
            if pod.isBeingDeleted {
                throw KubeStatus.conflict(
                    resource, key.name, "pod \(key.name) is being deleted, cannot be assigned to a host")
            }
            if let assigned = pod[path: "spec", "nodeName"]?.string, !assigned.isEmpty {
                throw KubeStatus.conflict(
                    resource, key.name, "pod \(key.name) is already assigned to node \"\(assigned)\"")
            }
            var bound = pod
            bound.json["spec", default: [:]]["nodeName"] = .string(node)
            var conditions = pod[path: "status", "conditions"]?.array ?? []
            conditions.removeAll { $0["type"]?.string == "PodScheduled" }
            conditions.append([
                "type": "PodScheduled", "status": "True", "lastProbeTime": .null, "lastTransitionTime": .string(now),
            ])
            bound.json["status", default: [:]]["conditions"] = .array(conditions)
            return bound
        }
    }

    private static func binding(of pod: ObjectKey, uid: String?, to node: String) -> KubeObject {
        var binding = KubeObject(apiVersion: "v1", kind: "Binding", namespace: pod.namespace, name: pod.name)
        if let uid { binding.metadata["uid"] = .string(uid) }
        binding["target"] = ["kind": "Node", "name": .string(node)]
        return binding
    }
}
