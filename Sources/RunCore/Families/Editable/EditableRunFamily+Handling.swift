public import KubeObjects

extension EditableRunFamily {
    /// As it stands there; the end of a run that was edited since is not the end of what it asks for now.
    public func summary(of run: KubeObject) -> RunStatus {
        var status = RunStatus(of: run)
        let isStale = status.observedGeneration.map { $0 < run.generation } ?? false
        if isStale, status.phase?.isFinal == true { status.phase = .pending }
        return status
    }
}

extension KubernetesJobFamily {
    /// `spec.namespace.value`.
    public func workNamespace(of run: KubeObject) -> String? { KubernetesJob(run).namespace }

    /// `spec.suspend`: a KubernetesJob knows no cancel.
    public func cancellation(of run: KubeObject) -> RunCancellation {
        if run[path: "spec", "suspend"] == true { return .refuse("is suspended already") }
        return .suspend(["spec": ["suspend": true]])
    }

    /// A copy that is not suspended.
    public func repetition(of run: KubeObject) -> RunRepetition {
        var copy = run.copyToRunAgain()
        copy["spec"]?.set(nil, at: ["suspend"])
        return .create(copy)
    }
}
