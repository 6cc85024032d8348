import KubeObjects
import KubeWire

/// Counts new objects against the quotas of their namespace and refuses what exceeds them (Kubernetes,
/// `admission/plugin/resourcequota`). What is let in is written to the quotas before the object is stored, so that two
/// requests at once cannot take the last place both.
struct QuotaAdmission: Sendable {
    /// The quotas.
    static let quotas = GroupResource(group: "", resource: "resourcequotas")
    /// What a quota of a pod's processor or memory demands of each of its containers.
    private static let demanded = ["cpu", "limits.cpu", "limits.memory", "memory", "requests.cpu", "requests.memory"]

    let store: ObjectStore
    let ledger: QuotaLedger
    let time: TimeSource

    /// A quota and what a request would use of it.
    private struct Charge {
        var quota: StoredObject
        var taken: ResourceAmounts
        var used: ResourceAmounts
    }

    /// Refuses an object for which there is no place, or takes the place.
    /// - Parameter claim: in the ledger, to be closed once the object is stored or refused.
    func validate(
        _ request: AdmissionRequest, isDryRun: Bool, claim: inout UInt64?
    ) async throws(KubeStatus) {
        guard Self.handles(request), let object = request.object,
            !store.objects(Self.quotas, in: request.namespace).objects.isEmpty
        else { return }
        let opened = ledger.open(request)
        claim = opened
        var charged: Set<ObjectKey> = []
        while true {
            var charges: [Charge] = []
            for quota in store.objects(Self.quotas, in: request.namespace).objects where !charged.contains(quota.key) {
                if let charge = try charge(quota, for: object, request) { charges.append(charge) }
            }
            if isDryRun { return }
            if try await commit(charges, for: opened, noting: &charged) { return }
        }
    }

    /// Creations, and the updates that can use more than before.
    private static func handles(_ request: AdmissionRequest) -> Bool {
        if request.isResize { return true }
        guard request.subresource == nil, !request.namespace.isEmpty else { return false }
        if request.operation == .create { return true }
        let resource = request.definition.resource
        return request.operation == .update && resource.group.isEmpty
            && ["services", "persistentvolumeclaims"].contains(resource.plural)
    }

    /// What a quota would be with an object; nil if the object does not change it.
    private func charge(
        _ stored: StoredObject, for object: KubeObject, _ request: AdmissionRequest
    ) throws(KubeStatus) -> Charge? {
        let quota = stored.object
        let resource = request.definition.storageResource
        let hard = ResourceAmounts(quota[path: "status", "hard"] ?? [:])
        let used = ResourceAmounts(quota[path: "status", "used"] ?? [:])
        let names = QuotaUsage.names(hard.keys, of: resource)
        guard !names.isEmpty, QuotaScopes(quota).contain(object, resource) else { return nil }
        let name = quota.name ?? ""
        if let missing = Self.missing(names, object, resource) {
            throw request.forbidden("failed quota: \(name): must specify \(missing)")
        }
        if names.contains(where: { used[$0] == nil }) {
            throw request.forbidden(
                "status unknown for quota: \(name), resources: \(names.sorted().joined(separator: ","))")
        }
        var delta = QuotaUsage.usage(of: object, resource, now: time.now())
        if let old = request.oldObject {
            for (key, amount) in QuotaUsage.usage(of: old, resource, now: time.now()) {
                delta[key] = delta[key].map { max(.zero, $0 - amount) }
            }
        }
        delta = delta.only(hard.keys).filter { $0.value != .zero }
        if delta.isEmpty { return nil }
        var total = used
        total.add(delta)
        let exceeded = delta.keys.filter { key in total[key].flatMap { sum in hard[key].map { sum > $0 } } ?? false }
        guard exceeded.isEmpty else {
            throw request.forbidden(
                "exceeded quota: \(name), requested: \(delta.only(exceeded).text), used: \(used.only(exceeded).text), "
                    + "limited: \(hard.only(exceeded).text)")
        }
        return Charge(quota: stored, taken: delta, used: total)
    }

    /// What the containers of a pod do not say although a quota counts it: `limits.cpu for: a,b; memory for: a`.
    private static func missing(_ names: [String], _ pod: KubeObject, _ resource: GroupResource) -> String? {
        guard resource == APIResource.pods.groupResource else { return nil }
        let spec = pod["spec"] ?? [:]
        let containers = (spec.list("containers") + spec.list("initContainers")).map { container in
            (
                name: container.text("name"),
                usage: QuotaUsage.compute(
                    requests: PodResources.amounts("requests", of: container),
                    limits: PodResources.amounts("limits", of: container))
            )
        }
        let faults = demanded.filter(names.contains).compactMap { name -> String? in
            let silent = containers.filter { $0.usage[name] == nil }.map(\.name).sortedOnce
            return silent.isEmpty ? nil : "\(name) for: \(silent.joined(separator: ","))"
        }
        return faults.isEmpty ? nil : faults.joined(separator: "; ")
    }

    /// Writes what quotas have become, noting which are; false if one has changed meanwhile.
    private func commit(
        _ charges: [Charge], for claim: UInt64, noting charged: inout Set<ObjectKey>
    ) async throws(KubeStatus) -> Bool {
        for charge in charges {
            ledger.take(charge.taken, of: charge.quota, for: claim)
            var quota = charge.quota.object
            quota.json.editOrMake("status") { $0["used"] = charge.used.json }
            let write = StoreWrite(
                resource: Self.quotas, key: charge.quota.key, expectation: .version(charge.quota.version),
                change: .put(quota))
            let outcome = await store.commit(write)
            if let refusal = outcome.refusal { throw refusal }
            guard case .written = outcome else { return false }
            charged.insert(charge.quota.key)
        }
        return true
    }
}
