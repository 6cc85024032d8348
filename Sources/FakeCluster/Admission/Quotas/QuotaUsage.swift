import KubeObjects
import KubeWire

/// What an object uses of what quotas count (Kubernetes, `pkg/quota/v1/evaluator/core` and `quota/v1/generic`).
enum QuotaUsage {
    /// Objects that quotas have always counted under their plural name too.
    private static let counted: Set<String> = [
        "configmaps", "persistentvolumeclaims", "replicationcontrollers", "resourcequotas", "secrets", "services",
    ]
    /// What of a pod is counted, extended resources and huge pages aside.
    private static let compute: Set<String> = [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage",
        "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods",
    ]
    private static let one = Quantity(1)

    /// The name under which the objects of a resource are counted: `count/jobs.batch`.
    static func countName(of resource: GroupResource) -> String {
        resource.group.isEmpty ? "count/\(resource.resource)" : "count/\(resource.resource).\(resource.group)"
    }

    /// What an object uses, by the names that quotas have for it.
    static func usage(of object: KubeObject, _ resource: GroupResource, now: Timestamp) -> ResourceAmounts {
        var usage: ResourceAmounts = [countName(of: resource): one]
        guard resource.group.isEmpty else { return usage }
        if counted.contains(resource.resource) { usage[resource.resource] = one }
        let spec = object["spec"] ?? [:]
        switch resource.resource {
        case "pods" where isRunning(object, now: now): usage.add(compute(of: spec))
        case "services": usage.add(ports(of: spec))
        case "persistentvolumeclaims": usage.add(storage(of: object))
        default: break
        }
        return usage
    }

    /// The names in a quota that objects of a resource can use of.
    static func names(_ names: some Sequence<String>, of resource: GroupResource) -> [String] {
        names.filter { name in
            if name == countName(of: resource) { return true }
            guard resource.group.isEmpty else { return false }
            if counted.contains(resource.resource), name == resource.resource { return true }
            switch resource.resource {
            case "pods":
                return compute.contains(name) || name.hasPrefix("hugepages-") || name.hasPrefix("requests.hugepages-")
                    || name.hasPrefix("requests.") && name.contains("/")
            case "services": return name == "services.nodeports" || name == "services.loadbalancers"
            case "persistentvolumeclaims":
                return name == "requests.storage" || name.contains(".storageclass.storage.k8s.io/")
            default: return false
            }
        }
    }

    /// Pods that are over use nothing any more, nor do those that should have gone by now.
    static func isRunning(_ pod: KubeObject, now: Timestamp) -> Bool {
        if ["Failed", "Succeeded"].contains(pod["status"]?.text("phase") ?? "") { return false }
        guard let deadline = pod.deletionTimestamp else { return true }
        return now <= deadline + .seconds(pod.metadata["deletionGracePeriodSeconds"]?.integer ?? 0)
    }

    private static func compute(of spec: JSONValue) -> ResourceAmounts {
        compute(
            requests: PodResources.total("requests", of: spec), limits: PodResources.total("limits", of: spec))
    }

    /// What requests and limits are in a quota's words.
    static func compute(requests: ResourceAmounts, limits: ResourceAmounts) -> ResourceAmounts {
        var usage: ResourceAmounts = ["pods": one]
        for name in ["cpu", "memory", "ephemeral-storage"] {
            usage[name] = requests[name]
            usage["requests.\(name)"] = requests[name]
            usage["limits.\(name)"] = limits[name]
        }
        for (name, amount) in requests {
            if name.hasPrefix("hugepages-") { usage[name] = amount }
            if name.hasPrefix("hugepages-") || name.contains("/") { usage["requests.\(name)"] = amount }
        }
        return usage
    }

    private static func ports(of spec: JSONValue) -> ResourceAmounts {
        let count = Quantity(Int64(spec.list("ports").count))
        switch spec.text("type") {
        case "NodePort": return ["services.nodeports": count]
        case "LoadBalancer":
            let allocates = spec["allocateLoadBalancerNodePorts"] != false
            return ["services.loadbalancers": one, "services.nodeports": allocates ? count : .zero]
        default: return [:]
        }
    }

    private static func storage(of claim: KubeObject) -> ResourceAmounts {
        var usage: ResourceAmounts = [:]
        let size = claim[path: "spec", "resources", "requests", "storage"]?.quantity
        usage["requests.storage"] = size
        let given = claim[path: "spec", "storageClassName"]?.string
        if let name = claim.annotations["volume.beta.kubernetes.io/storage-class"] ?? given, !name.isEmpty {
            usage["\(name).storageclass.storage.k8s.io/requests.storage"] = size
            usage["\(name).storageclass.storage.k8s.io/persistentvolumeclaims"] = one
        }
        return usage
    }
}
