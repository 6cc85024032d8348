import KubeObjects
import KubeWire

/// Fills containers up with the defaults of a namespace's LimitRanges, and refuses what exceeds them (Kubernetes,
/// `plugin/pkg/admission/limitranger`).
struct LimitRanger: Sendable {
    private static let limitRanges = GroupResource(group: "", resource: "limitranges")
    private static let annotation = "kubernetes.io/limit-ranger"

    let store: ObjectStore

    private func limits(in namespace: String) -> [[JSONValue]] {
        store.objects(Self.limitRanges, in: namespace).objects.map { $0.object["spec"]?.list("limits") ?? [] }
    }

    /// Gives the containers of a new pod what the namespace's limits say that they get if they say nothing.
    func fillIn(_ pod: inout KubeObject, namespace: String) {
        for limits in limits(in: namespace) {
            var defaults: JSONObject = [:]
            for limit in limits where limit["type"] == "Container" {
                for (kind, source) in [("limits", "default"), ("requests", "defaultRequest")] {
                    defaults.editOrMake(kind) { target in
                        for (name, amount) in limit.map(source) { target[name] = amount }
                    }
                }
            }
            var notes: [String] = []
            pod.json.edit("spec") { spec in
                for (list, words) in [("containers", "container"), ("initContainers", "init container")] {
                    spec.editEach(list) { container in notes += Self.fill(&container, from: defaults, words) }
                }
            }
            if !notes.isEmpty {
                var annotations = pod.metadata["annotations"]?.object ?? [:]
                annotations[Self.annotation] = .string("LimitRanger plugin set: " + notes.joined(separator: "; "))
                pod.metadata["annotations"] = .object(annotations)
            }
        }
    }

    private static func fill(_ container: inout JSONObject, from defaults: JSONObject, _ words: String) -> [String] {
        var notes: [String] = []
        let name = container["name"]?.string ?? ""
        for (kind, word) in [("requests", "request"), ("limits", "limit")] {
            var added: [String] = []
            let present = container["resources"]?.map(kind) ?? [:]
            for (resource, amount) in defaults[kind]?.object ?? [:] where present[resource] == nil {
                container.editOrMake("resources") { resources in
                    resources.editOrMake(kind) { $0[resource] = amount }
                }
                added.append(resource)
            }
            if !added.isEmpty { notes.append("\(added.sorted().joined(separator: ", ")) \(word) for \(words) \(name)") }
        }
        return notes
    }

    /// Refuses a pod or claim outside of its namespace's limits.
    func validate(_ request: AdmissionRequest) throws(KubeStatus) {
        guard request.subresource == nil || request.isResize, let object = request.object else { return }
        let resource = request.definition.resource.groupResource
        let check: ([JSONValue]) -> [String]
        switch (resource, request.operation) {
        case (APIResource.pods.groupResource, .create),
            (APIResource.pods.groupResource, .update) where request.isResize:
            check = { Self.podFaults(object["spec"] ?? [:], $0) }
        case (APIResource.persistentVolumeClaims.groupResource, .create),
            (APIResource.persistentVolumeClaims.groupResource, .update):
            check = { Self.claimFaults(object, old: request.oldObject, $0) }
        default: return
        }
        for limits in limits(in: request.namespace) {
            var faults: [String] = []
            for fault in check(limits) where !faults.contains(fault) { faults.append(fault) }
            if faults.isEmpty { continue }
            throw request.forbidden(faults.count == 1 ? faults[0] : "[\(faults.joined(separator: ", "))]")
        }
    }

    private static func podFaults(_ spec: JSONValue, _ limits: [JSONValue]) -> [String] {
        limits.flatMap { limit -> [String] in
            let rule = LimitRule(limit)
            switch rule.type {
            case "Container":
                return (spec.list("containers") + spec.list("initContainers")).flatMap { container in
                    rule.faults(
                        requests: PodResources.amounts("requests", of: container),
                        limits: PodResources.amounts("limits", of: container))
                }
            case "Pod":
                return rule.faults(
                    requests: PodResources.total("requests", of: spec), limits: PodResources.total("limits", of: spec))
            default: return []
            }
        }
    }

    /// What was stored with an amount may keep it.
    private static func claimFaults(_ claim: KubeObject, old: KubeObject?, _ limits: [JSONValue]) -> [String] {
        let requests = ResourceAmounts(claim[path: "spec", "resources", "requests"] ?? [:])
        let former = ResourceAmounts(old?[path: "spec", "resources", "requests"] ?? [:])
        return limits.flatMap { limit -> [String] in
            let rule = LimitRule(limit)
            guard rule.type == "PersistentVolumeClaim" else { return [] }
            return rule.claimFaults(requests) { name in requests[name] != nil && requests[name] == former[name] }
        }
    }
}
