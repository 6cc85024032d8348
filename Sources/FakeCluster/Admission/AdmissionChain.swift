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
    /// The places that quotas have for what is not stored yet.
    let ledger: QuotaLedger
    /// Where time comes from.
    let time: TimeSource

    /// Lets a write pass, with warnings, or refuses it. Creations and updates take places in quotas: whoever stores one
    /// then, or not, has to ``settle(_:)``.
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
        try await QuotaAdmission(store: store, ledger: ledger, time: time).validate(
            request, isDryRun: context.isDryRun, claim: &context.quotaClaim)
    }

    /// Lets quotas count what has come of a write.
    func settle(_ context: inout OperationContext) {
        guard let claim = context.quotaClaim else { return }
        ledger.close(claim)
        context.quotaClaim = nil
    }
}

extension ResourceOperations {
    /// Who decides on writes.
    var admission: AdmissionChain {
        AdmissionChain(store: store, registry: registry, policies: policies, ledger: quotaLedger, time: time)
    }
}
