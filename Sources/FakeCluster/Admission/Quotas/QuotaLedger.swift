import KubeObjects
import KubeWire
import Synchronization

/// The places that admission takes in quotas for objects that are not stored yet, which a count of what is stored would miss.
/// Nothing waits for it: it is read and changed in moments.
final class QuotaLedger: Sendable {
    /// A write that is on its way to the store.
    struct Claim: Sendable {
        /// The resource of the object.
        let resource: GroupResource
        /// Its namespace and name.
        let key: ObjectKey
        /// Its uid.
        let uid: String?
        /// The version that the write replaces; nil if it makes the object.
        let replaced: String?
        /// What is taken of each quota, and the version that a quota had before.
        var places: [ObjectKey: (amounts: ResourceAmounts, before: UInt64)] = [:]

        /// Whether some of a resource's objects are the claim's one as it is written.
        func isAmong(_ objects: some Sequence<StoredObject>) -> Bool {
            guard let stored = objects.first(where: { $0.key == key })?.object else { return false }
            return replaced.map { stored.resourceVersion != $0 } ?? (stored.uid == uid)
        }
    }

    private struct State {
        var claims: [UInt64: Claim] = [:]
        var next: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Takes note of a write before a place is taken for it.
    func open(_ request: AdmissionRequest) -> UInt64 {
        let claim = Claim(
            resource: request.definition.storageResource,
            key: ObjectKey(namespace: request.namespace, name: request.name), uid: request.object?.uid,
            replaced: request.oldObject?.resourceVersion)
        return state.withLock { state in
            state.next += 1
            state.claims[state.next] = claim
            return state.next
        }
    }

    /// Takes note of what is about to be taken of a quota.
    func take(_ amounts: ResourceAmounts, of quota: StoredObject, for claim: UInt64) {
        state.withLock { $0.claims[claim]?.places[quota.key] = (amounts, quota.version) }
    }

    /// Forgets a write: it is stored, or was refused.
    func close(_ claim: UInt64) { state.withLock { $0.claims[claim] = nil } }

    /// The writes under way for which a quota's count has a place, if it is that of a version of the quota.
    func claims(on quota: ObjectKey, at version: UInt64) -> [Claim] {
        state.withLock { state in
            state.claims.values.filter { claim in claim.places[quota].map { $0.before < version } ?? false }
        }
    }
}
