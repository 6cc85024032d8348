import KubeObjects
import RunCore

/// What the engine did or saw that the stores do not show: its own writes until the stores have caught up, and Jobs that
/// are gone until the run's status has kept what they said.
///
/// It only bridges moments. Whoever starts without it (after a crash) finds everything in the API server; at worst one
/// request is repeated there, and refused.
struct RunMemory: Sendable {
    /// What a run looks like, the stores and this memory taken together.
    enum View: Sendable, Hashable {
        /// The Jobs of the run.
        case current([KubeObject])
        /// The store does not show the last write of the run's status yet.
        case behind
        /// A Job was made a while ago and the store has never shown it: ask the server.
        case doubtful(JobReference)
    }

    private enum Fate: Sendable, Hashable {
        /// Made or changed by this engine, at this moment.
        case written(Timestamp)
        /// Deleted by this engine.
        case deleted
        /// Deleted by somebody else; this was its last state.
        case gone
    }

    private struct RememberedJob: Sendable {
        var object: KubeObject
        var fate: Fate
    }

    private struct Entry: Sendable {
        var uid: String
        var runVersion: String?
        var jobs: [String: RememberedJob] = [:]
    }

    /// How long the store may take to show a Job that was made.
    static let patience = Duration.seconds(5)

    private var entries: [ObjectKey: Entry] = [:]

    /// How many runs are remembered.
    var count: Int { entries.count }

    /// The run's status was written, and the run is this now.
    mutating func runWritten(_ run: KubeObject) {
        change(run.key, uid: run.uid ?? "") { $0.runVersion = run.resourceVersion }
    }

    /// A Job of the run was made or changed, and is this now.
    mutating func jobWritten(_ job: KubeObject, for run: KubeObject, now: Timestamp) {
        // The watch may have told the whole life of a Job before the answer to the request that made it is read.
        if let jobUID = job.uid, isOver(jobUID, of: run) { return }
        // As little is kept as in a store.
        remember(Trimming.job(job), .written(now), for: run.key, uid: run.uid ?? "")
    }

    /// A Job of the run was deleted by this engine.
    mutating func jobDeleted(_ job: KubeObject, for run: KubeObject) {
        remember(job, .deleted, for: run.key, uid: run.uid ?? "")
    }

    /// A Job of a run is gone, whoever deleted it; this was its last state.
    mutating func jobGone(_ job: KubeObject, run key: ObjectKey, uid: String) {
        if let jobUID = job.uid, entries[key]?.uid == uid, entries[key]?.jobs[jobUID]?.fate == .deleted { return }
        remember(job, .gone, for: key, uid: uid)
    }

    /// A Job of the run that was made and never seen is not there: somebody deleted it.
    mutating func jobMissing(_ job: JobReference, of run: KubeObject) {
        change(run.key, uid: run.uid ?? "") { $0.jobs[job.uid]?.fate = .gone }
    }

    /// Whether a Job of the run is known to be gone, whoever deleted it.
    private func isOver(_ job: String, of run: KubeObject) -> Bool {
        guard let entry = entries[run.key], entry.uid == run.uid else { return false }
        switch entry.jobs[job]?.fate {
        case .deleted, .gone: return true
        case .written, nil: return false
        }
    }

    /// Whether this engine deleted a Job of the run.
    func hasDeleted(_ job: JobReference, of run: KubeObject) -> Bool {
        guard let entry = entries[run.key], entry.uid == run.uid else { return false }
        return entry.jobs[job.uid]?.fate == .deleted
    }

    /// The run of a Job that is remembered.
    ///
    /// Looks through all that is remembered, which are the few runs of the moment.
    func run(ofJob uid: String) -> ObjectKey? { entries.first { $0.value.jobs[uid] != nil }?.key }

    /// The run is gone.
    mutating func forget(_ key: ObjectKey) { entries.removeValue(forKey: key) }

    /// The run is over and its status says so: its Jobs may go.
    mutating func forgetJobs(of key: ObjectKey) { entries[key]?.jobs = [:] }

    /// The run goes on, and its status has the outcome of these Jobs: those of them that are gone may be forgotten.
    mutating func forgetGone(_ jobs: Set<String>, of key: ObjectKey) {
        for uid in jobs where entries[key]?.jobs[uid]?.fate == .gone { entries[key]?.jobs[uid] = nil }
    }

    /// What is known of a run.
    /// - Parameters:
    ///   - run: the run as the store shows it.
    ///   - jobs: its Jobs as the store shows them.
    ///   - recorded: the Job that the run's status names.
    mutating func view(
        of run: KubeObject, jobs: [KubeObject], recorded: JobReference?, now: Timestamp
    ) -> View {
        guard let entry = entries[run.key], entry.uid == run.uid else {
            forget(run.key)
            return .current(jobs)
        }
        if ResourceVersion.isOlder(run.resourceVersion, than: entry.runVersion) { return .behind }
        var visible = jobs
        var kept: [String: RememberedJob] = [:]
        var doubt: JobReference?
        for (uid, remembered) in entry.jobs {
            let position = visible.firstIndex { $0.uid == uid }
            switch remembered.fate {
            case .written(let moment):
                if let position {
                    guard
                        ResourceVersion.isOlder(
                            visible[position].resourceVersion, than: remembered.object.resourceVersion)
                    else { continue }
                    visible[position] = remembered.object
                } else {
                    visible.append(remembered.object)
                    if now - moment >= Self.patience {
                        doubt = JobReference(key: remembered.object.key, uid: uid)
                    }
                }
                kept[uid] = remembered
            case .deleted:
                guard let position else { continue }
                visible.remove(at: position)
                kept[uid] = remembered
            case .gone:
                // Its end is what the run is about, and its name must be on record: until both are, it counts.
                let hasEnded = ObservedJob(remembered.object).result != nil
                guard position == nil, hasEnded || recorded?.uid != uid else { continue }
                visible.append(remembered.object)
                kept[uid] = remembered
            }
        }
        // The store has caught up with what is not kept.
        entries[run.key] = kept.isEmpty ? nil : Entry(uid: entry.uid, jobs: kept)
        return doubt.map(View.doubtful) ?? .current(visible)
    }

    private mutating func remember(_ job: KubeObject, _ fate: Fate, for key: ObjectKey, uid: String) {
        guard let jobUID = job.uid else { return }
        change(key, uid: uid) { $0.jobs[jobUID] = RememberedJob(object: job, fate: fate) }
    }

    private mutating func change(_ key: ObjectKey, uid: String, _ body: (inout Entry) -> Void) {
        // A run that was deleted and made again has nothing in common with the one before.
        var entry = entries[key].flatMap { $0.uid == uid ? $0 : nil } ?? Entry(uid: uid)
        body(&entry)
        entries[key] = entry
    }
}
