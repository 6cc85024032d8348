public import KubeObjects

extension JobTemplateFamily {
    /// `spec.templateRef`.
    public func templateName(of run: KubeObject) -> String? { JobRun(run).templateRef }

    /// `spec.cancel`, or deletion.
    public func isAskedToEnd(_ run: KubeObject) -> Bool { JobRun(run).isCancelled || run.isBeingDeleted }
    /// `spec.cancel`.
    public func cancellation(of run: KubeObject) -> RunCancellation { .ask(["spec": ["cancel": true]]) }

    /// A copy that is neither cancelled nor suspended.
    public func repetition(of run: KubeObject) -> RunRepetition {
        var copy = run.copyToRunAgain()
        for field in ["cancel", "suspend"] { copy["spec"]?.set(nil, at: [field]) }
        return .create(copy)
    }
}
