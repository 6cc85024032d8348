import KubeObjects

extension ContainerRunner {
    /// Runs what a container wants done before it is asked to end; the grace period counts meanwhile.
    func runPreStopHook(_ process: ProcessSpecification, within gracePeriod: Duration) async {
        guard await runHook("preStop", process, within: gracePeriod) else {
            // Not what it printed: that may be secret.
            return context.report(
                worker.pod, container: record, .warning, reason: "FailedPreStopHook", "PreStopHook failed")
        }
    }

    /// Runs what a container wants done right after its start.
    /// - Returns: whether that succeeded; the container ends otherwise.
    func runPostStartHook(_ process: ProcessSpecification) async -> Bool {
        guard await !runHook("postStart", process, within: .seconds(365 * 24 * 3600)), !Task.isCancelled else {
            return true
        }
        context.report(
            worker.pod, container: record, .warning, reason: "FailedPostStartHook", "PostStartHook failed")
        worker.endRun(of: name, RunEnd(message: "FailedPostStartHook"))
        return false
    }

    private func runHook(_ hook: String, _ process: ProcessSpecification, within timeout: Duration) async -> Bool {
        guard let handler = container["lifecycle"]?[hook],
            let action = ProbeAction(handler, of: container, host: context.node.podAddress(of: worker.pod))
        else { return true }
        return await tryOnce(action, within: timeout, process) == nil
    }
}
