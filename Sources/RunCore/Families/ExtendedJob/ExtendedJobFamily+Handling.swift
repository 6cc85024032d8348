public import KubeObjects

extension ExtendedJobFamily {
    /// What an ExtendedJob that is started by hand is called.
    public var nicknames: [String] { ["errand", "errands"] }
    /// `fissile.cloudfoundry.org/ejob-name`.
    public var nameLabel: String { LabelKey.extendedJobName }

    /// Only the last of its Jobs.
    public func isCurrent(job: String?, of run: KubeObject) -> Bool {
        job != nil && job == ExtendedJobStatus(of: run).lastRun?.uid
    }

    /// The deletion of the Job that goes on; an errand that has none yet is an errand that waits again. The ExtendedJob
    /// stays.
    public func cancellation(of run: KubeObject) -> RunCancellation {
        let status = ExtendedJobStatus(of: run)
        if let last = status.lastRun, last.result == nil { return .deleteJob(last.job(in: run)) }
        let isOver = status.errand?.isToBeReset(in: run.generation) == true
        let job = ExtendedJob(run)
        if !isOver, (try? job.start()) == .now { return .withdraw(job.patch(to: .manually)) }
        return .refuse("has no Job that goes on")
    }

    /// `run: now`, or `trigger.strategy: now`, for an errand that is not under way.
    public func repetition(of run: KubeObject) -> RunRepetition {
        let status = ExtendedJobStatus(of: run)
        let job = ExtendedJob(run)
        let errand = "an errand has \(job.phrase(of: .manually))"
        switch Result(catching: { () throws(RunRejection) in try job.start() }) {
        case .failure(let rejection): return .refuse("cannot be started: \(rejection.message)")
        case .success(.once):
            return .refuse("is run once in its life (\(job.phrase(of: .once))); \(errand)")
        case .success(.done):
            return .refuse("had its one run (\(job.phrase(of: .done))); \(errand)")
        case .success(.trigger(let rule)):
            return .refuse("is started by pods (\(job.phrase(of: .trigger(rule)))), not by hand; \(errand)")
        case .success(.now): return .refuse("is under way already")
        case .success(.manually):
            if let last = status.lastRun, last.result == nil { return .refuse("is under way already") }
            return .restart(job.patch(to: .now))
        }
    }
}
