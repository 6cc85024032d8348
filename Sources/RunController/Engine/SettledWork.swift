import KubeObjects
import KubeRuntime
import RunCore

/// Tells which Jobs and pods nobody will read again: the work of runs that are over for good.
///
/// A cluster keeps thousands of finished runs, each with a Job and pods, and a store that kept them all would hold mostly
/// these. A Job counts as read for the last time once it is over too: a run may be over, cancelled for instance, while its
/// Job is still to be deleted.
struct SettledWork: Sendable {
    private let family: any RunFamily
    private let runs: Store
    private let owner: RunOwner

    /// - Parameter runs: the family's runs, as far as they are known.
    init(_ family: any RunFamily, runs: Store) {
        self.family = family
        self.runs = runs
        owner = RunOwner(family.runResource)
    }

    /// Whether a Job is over and so is its run.
    func covers(job: KubeObject) -> Bool {
        // First what needs no look at the run: of a Job's changes only the last one gets further.
        guard ObservedJob(job).result != nil, let (key, uid) = owner.run(of: job) else { return false }
        return settledRun(key)?.uid == uid
    }

    /// Whether a pod is over and belongs to the Job that a settled run names.
    ///
    /// The run is found by the label that the engine gives its pods: the Job may be unknown by now. A label that leads
    /// elsewhere, as one that was cut short may, names a run with another Job.
    func covers(pod: KubeObject) -> Bool {
        guard ["Succeeded", "Failed"].contains(pod[path: "status", "phase"]?.string ?? ""),
            let job = pod.controllerReference?.uid, let name = pod.metadata["labels"]?[family.runLabel]?.string,
            let run = settledRun(ObjectKey(namespace: pod.key.namespace, name: name))
        else { return false }
        return family.recordedJob(of: run)?.uid == job
    }

    /// Lets go of the Jobs of a run that is over now, and of their pods.
    func release(_ change: StoreChange, jobs: Informer, pods: Informer) {
        if case .deleted = change { return }
        guard family.isSettled(change.object), let uid = change.object.uid else { return }
        let over = jobs.store.find(.controllerUID, uid).filter { ObservedJob($0).result != nil }
        for job in over { pods.release(job.uid.map { pods.store.find(.controllerUID, $0) } ?? []) }
        jobs.release(over)
    }

    private func settledRun(_ key: ObjectKey) -> KubeObject? {
        runs.get(key).flatMap { family.isSettled($0) ? $0 : nil }
    }
}
