import KubeObjects
import Synchronization

/// The admission policies that are bound, compiled as they are stored: a write that no policy is about costs one look.
final class AdmissionPolicyIndex: Sendable {
    /// A policy with its bindings.
    struct Hook: Sendable {
        var policy: AdmissionPolicy
        var bindings: [AdmissionPolicyBinding]
    }

    private struct State {
        var policies: [String: (uid: String, generation: Int64, policy: AdmissionPolicy)] = [:]
        var bindings: [String: AdmissionPolicyBinding] = [:]
        var hooks: [Hook] = []

        /// A policy without a binding does nothing. In order of names, so that of several refusals always the same is told.
        mutating func connect() {
            let bound = Dictionary(grouping: bindings.values.sorted { $0.name < $1.name }, by: \.policyName)
            hooks = bound.sorted { $0.key < $1.key }.compactMap { name, bindings in
                policies[name].map { Hook(policy: $0.policy, bindings: bindings) }
            }
        }
    }

    private let state = Mutex(State())

    /// The policies that are in force.
    var hooks: [Hook] { state.withLock { $0.hooks } }

    /// Follows a change of a policy.
    func followPolicy(_ change: ObjectChange) {
        let object = change.object
        let name = object.name ?? ""
        if change.kind == .deleted {
            state.withLock { state in
                state.policies[name] = nil
                state.connect()
            }
            return
        }
        let uid = object.uid ?? ""
        let isKnown = state.withLock { state in
            state.policies[name].map { $0.uid == uid && $0.generation == object.generation } ?? false
        }
        // Compiling takes a while; a change of the status alone needs none.
        if isKnown { return }
        let policy = AdmissionPolicy(object)
        state.withLock { state in
            state.policies[name] = (uid, object.generation, policy)
            state.connect()
        }
    }

    /// Follows a change of a binding.
    func followBinding(_ change: ObjectChange) {
        let binding = change.kind == .deleted ? nil : AdmissionPolicyBinding(change.object)
        state.withLock { state in
            state.bindings[change.object.name ?? ""] = binding
            state.connect()
        }
    }
}
