import KubeObjects
import KubeWire

/// What decides on writes after they are complete and valid: the validating admission plugins of a standard cluster, in
/// its order (Kubernetes, `pkg/kubeapiserver/options/plugins.go`).
struct AdmissionChain: Sendable {
    /// Where the objects are.
    let store: ObjectStore
    /// What is served.
    let registry: ResourceRegistry
    /// The admission policies.
    let policies: AdmissionPolicyIndex
    /// Where time comes from.
    let time: TimeSource

    /// Lets a write pass, with warnings, or refuses it.
    func validate(
        _ request: AdmissionRequest, _ context: inout OperationContext
    ) async throws(KubeStatus) {
        try LimitRanger(store: store).validate(request)
        if PodSecurity.concerns(request.definition.resource.groupResource) {
            try PodSecurity(store: store).validate(request, &context)
        }
        let hooks = policies.hooks
        if !hooks.isEmpty {
            try AdmissionPolicyDispatcher(store: store, registry: registry).dispatch(request, hooks, &context)
        }
        try await QuotaAdmission(store: store, time: time).validate(request, isDryRun: context.isDryRun)
    }
}

extension ResourceOperations {
    /// Who decides on writes.
    var admission: AdmissionChain {
        AdmissionChain(store: store, registry: registry, policies: policies, time: time)
    }
}
