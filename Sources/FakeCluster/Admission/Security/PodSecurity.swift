import KubeObjects
import KubeWire

/// Holds pods against the security level of their namespace, and warns of workloads whose pods would break it (Kubernetes,
/// `pod-security-admission/admission`).
struct PodSecurity: Sendable {
    /// The most pods that are looked at when a namespace becomes stricter.
    private static let podLimit = 3000
    /// Where workloads keep the pod that they make.
    private static let templates: [GroupResource: [String]] = [
        APIResource.jobs.groupResource: ["spec", "template"],
        GroupResource(group: "batch", resource: "cronjobs"): ["spec", "jobTemplate", "spec", "template"],
        GroupResource(group: "apps", resource: "deployments"): ["spec", "template"],
        GroupResource(group: "apps", resource: "replicasets"): ["spec", "template"],
        GroupResource(group: "apps", resource: "statefulsets"): ["spec", "template"],
        GroupResource(group: "apps", resource: "daemonsets"): ["spec", "template"],
        GroupResource(group: "", resource: "podtemplates"): ["template"],
        GroupResource(group: "", resource: "replicationcontrollers"): ["spec", "template"],
    ]

    let store: ObjectStore

    /// Whether the objects of a resource have to do with it.
    static func concerns(_ resource: GroupResource) -> Bool {
        resource == APIResource.pods.groupResource || resource == APIResource.namespaces.groupResource
            || templates[resource] != nil
    }

    /// Refuses a pod, or warns of it or of a workload.
    func validate(_ request: AdmissionRequest, _ context: inout OperationContext) throws(KubeStatus) {
        let resource = request.definition.resource.groupResource
        let addsContainers =
            resource == APIResource.pods.groupResource && request.subresource == "ephemeralcontainers"
        guard request.subresource == nil || addsContainers,
            request.operation == .create || request.operation == .update, let object = request.object
        else { return }
        if request.isForNamespace { return try checkNamespace(request, object, &context) }
        let namespace = store.object(APIResource.namespaces.groupResource, ObjectKey(name: request.namespace))
        let policy = PodSecurityPolicy(labels: namespace?.object.labels ?? [:])
        if policy.enforce.level == .privileged, policy.warn.level == .privileged { return }
        if resource == APIResource.pods.groupResource {
            if let old = request.oldObject, !Self.isSignificant(object, old: old) { return }
            let pod = PodSecurityChecks(spec: object["spec"] ?? [:], annotations: object.annotations)
            if let why = pod.violation(of: policy.enforce) {
                throw request.forbidden("violates PodSecurity \"\(policy.enforce)\": \(why)")
            }
            warn(of: pod, policy, &context)
        } else if let path = Self.templates[resource],
            let template = path.reduce(Optional(object.value), { $0?[$1] }), !template.isNull
        {
            let annotations = template["metadata"]?["annotations"]?.strings ?? [:]
            warn(of: PodSecurityChecks(spec: template["spec"] ?? [:], annotations: annotations), policy, &context)
        }
    }

    private func warn(of pod: PodSecurityChecks, _ policy: PodSecurityPolicy, _ context: inout OperationContext) {
        guard let why = pod.violation(of: policy.warn) else { return }
        context.warn(["would violate PodSecurity \"\(policy.warn)\": \(why)"])
    }

    /// Of what an update may change only images matter.
    private static func isSignificant(_ pod: KubeObject, old: KubeObject) -> Bool {
        ["initContainers", "containers", "ephemeralContainers"].contains { list in
            func images(_ pod: KubeObject) -> [String] { pod["spec"]?.list(list).map { $0.text("image") } ?? [] }
            return images(pod) != images(old)
        }
    }

    private func checkNamespace(
        _ request: AdmissionRequest, _ namespace: KubeObject, _ context: inout OperationContext
    ) throws(KubeStatus) {
        let policy = PodSecurityPolicy(labels: namespace.labels)
        let former = request.oldObject.map { PodSecurityPolicy(labels: $0.labels) }
        if !policy.faults.isEmpty, policy.faults != former?.faults {
            throw KubeStatus.invalid(request.kind, request.name, policy.faults)
        }
        guard let former, policy.enforce != former.enforce, policy.enforce.level != .privileged else { return }
        if policy.enforce.minor == former.enforce.minor, policy.enforce.level <= former.enforce.level { return }
        context.warn(warnings(of: request.name, policy.enforce))
    }

    /// Which pods are there that a stricter level would not have let in, gathered by what they break.
    private func warnings(of namespace: String, _ standard: PodSecurityPolicy.Standard) -> [String] {
        let pods = store.objects(APIResource.pods.groupResource, in: namespace).objects
        var names: [String: [String]] = [:]
        for pod in pods.prefix(Self.podLimit) {
            let checks = PodSecurityChecks(spec: pod.object["spec"] ?? [:], annotations: pod.object.annotations)
            let reasons = checks.violations(of: standard).map(\.reason)
            if !reasons.isEmpty { names[reasons.joined(separator: ", "), default: []].append(pod.key.name) }
        }
        var warnings: [String] = []
        if pods.count > Self.podLimit {
            warnings.append(
                "new PodSecurity enforce level only checked against the first \(Self.podLimit) of \(pods.count) existing "
                    + "pods")
        }
        if names.isEmpty { return warnings }
        warnings.append(
            "existing pods in namespace \"\(namespace)\" violate the new PodSecurity enforce level \"\(standard)\"")
        return warnings
            + names.map { reason, pods in
                let others = pods.count - 1
                let rest = others == 0 ? "" : others == 1 ? " (and 1 other pod)" : " (and \(others) other pods)"
                return "\(pods[0])\(rest): \(reason)"
            }.sorted()
    }
}
