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
        /// A Job was made a while ago and the store has never shown it, or its deletion was not answered: ask the server.
        case doubtful(JobReference)
    }

    private enum Fate: Sendable, Hashable {
        /// Made or changed by this engine, at this moment.
        case written(Timestamp)
        /// Its deletion was asked for, and no answer came.
        case doubted
        /// Deleted by this engine, at this moment; the store may still show it, or be about to.
        case deleted(Timestamp)
        /// Deleted by this engine, and the watch has told so: only who looked at the store before that still sees it.
        case departed
        /// Deleted by somebody else; this was its last state.
        case gone

        /// Whether this engine deleted it.
        var isMark: Bool {
            switch self {
            case .deleted, .departed: true
            case .written, .doubted, .gone: false
            }
        }
    }

    private struct RememberedJob: Sendable {
        private(set) var object: KubeObject
        var fate: Fate { didSet { reduce() } }

        init(object: KubeObject, fate: Fate) {
            self.object = object
            self.fate = fate
            reduce()
        }

        /// A mark may be kept for long, and nobody asks what its Job was like.
        private mutating func reduce() {
            guard fate.isMark else { return }
            object = KubeObject([:])
        }
    }

    private struct Entry: Sendable {
        var runVersion: String?
        var jobs: [String: RememberedJob] = [:]
    }

    /// What the Events of a run's Job said of pods that are refused.
    struct PodRefusal: Sendable {
        fileprivate var job: String
        /// Nil if they said nothing of that kind.
        var words: String?
        fileprivate var asked: Timestamp
    }

    /// A refusal that a run's status told, in whatever words.
    private struct ToldRefusal: Sendable {
        var uid: String?
        var generation: Int64
        var kind: RefusedRequest.Kind
        var code: Int
        var reason: String
        var told: Timestamp

        init(_ refused: RefusedRequest, of run: KubeObject, told: Timestamp) {
            (uid, generation) = (run.uid, run.generation)
            (kind, code, reason) = (refused.kind, refused.refusal.code, refused.refusal.reason)
            self.told = told
        }

        func isSame(as other: ToldRefusal) -> Bool {
            isOfSameRun(as: other) && (kind, code, reason) == (other.kind, other.code, other.reason)
        }

        func isOfSameRun(as other: ToldRefusal) -> Bool { (uid, generation) == (other.uid, other.generation) }
    }

    /// A report whose status was sent, and may be written although no answer came: nobody was told of it yet.
    struct Unanswered: Sendable {
        var report: RunReport
        /// The refusal that it tells of.
        var refused: RefusedRequest?
        fileprivate var uid: String?
        fileprivate var version: String?
    }

    /// What was told and heard of a run a short while ago; of use as long as it goes on.
    private struct Moments: Sendable {
        var podRefusal: PodRefusal?
        /// What its status told since requests of that kind are refused; what was told last is the last.
        var refusals: [ToldRefusal] = []
        /// When its status was written last.
        var statusTime: Timestamp?
        var unanswered: Unanswered?
    }

    /// For how long other words for the same refusal are not written.
    static let refusalRecheck = Duration.seconds(30)

    /// How long the store may take to show a Job that was made.
    static let patience = Duration.seconds(5)

    /// For how long it is remembered that a Job was deleted which the store has not shown: longer than any watch is late.
    static let markLifetime = Duration.seconds(600)
    /// A mark that is younger than nothing was made by a clock that was set back since; or by another worker, a moment ago.
    private static let slack = Duration.seconds(60)

    /// By the run's name, then by its uid: a run that was made again under its name has nothing in common with the one
    /// before, whose Jobs may still be going.
    private var entries: [ObjectKey: [String: Entry]] = [:]
    private var moments: [ObjectKey: Moments] = [:]

    /// How many runs are remembered.
    var count: Int { entries.values.reduce(0) { $0 + $1.count } }

    /// The run's status was written, and the run is this now.
    mutating func runWritten(_ run: KubeObject) {
        change(run.key, uid: run.uid ?? "") { $0.runVersion = run.resourceVersion }
    }

    /// The run's status was written just now.
    mutating func statusWritten(_ run: KubeObject, now: Timestamp) {
        moments[run.key, default: Moments()].statusTime = now
        moments[run.key]?.unanswered = nil
    }

    /// The run's status was sent, and no answer came.
    mutating func statusSent(_ report: RunReport, refused: RefusedRequest?, of run: KubeObject) {
        moments[run.key, default: Moments()].unanswered = Unanswered(
            report: report, refused: refused, uid: run.uid, version: run.resourceVersion)
    }

    /// What the run, in a later version, turns out to say although nobody answered: once only, as people are to be told.
    mutating func answered(by run: KubeObject) -> Unanswered? {
        guard let sent = moments[run.key]?.unanswered, sent.version != run.resourceVersion else { return nil }
        moments[run.key]?.unanswered = nil
        return sent.uid == run.uid && sent.report.isWritten(in: run) ? sent : nil
    }

    /// When the run's status was written last; nil if this process did not.
    func statusTime(of run: KubeObject) -> Timestamp? { moments[run.key]?.statusTime }

    /// A Job of the run was made or changed, and is this now.
    mutating func jobWritten(_ job: KubeObject, for run: KubeObject, now: Timestamp) {
        // The watch may have told the whole life of a Job before the answer to the request that made it is read.
        if let jobUID = job.uid, isOver(jobUID, of: run) { return }
        // As little is kept as in a store.
        remember(Trimming.job(job), .written(now), for: run.key, uid: run.uid ?? "")
    }

    /// A Job of the run was deleted by this engine.
    mutating func jobDeleted(_ job: KubeObject, for run: KubeObject, now: Timestamp) {
        dropOldMarks(now: now)
        switch fate(of: job.uid, of: run) {
        // The watch was quicker, and will not tell again.
        case .gone, .departed: remember(job, .departed, for: run.key, uid: run.uid ?? "")
        case .written, .doubted, .deleted, nil: remember(job, .deleted(now), for: run.key, uid: run.uid ?? "")
        }
    }

    /// The deletion of a Job of the run was sent, and no answer came.
    mutating func jobDoubted(_ job: KubeObject, for run: KubeObject) {
        if let uid = job.uid, isOver(uid, of: run) { return }
        remember(Trimming.job(job), .doubted, for: run.key, uid: run.uid ?? "")
    }

    /// A Job of a run is gone, whoever deleted it; this was its last state.
    mutating func jobGone(_ job: KubeObject, run key: ObjectKey, uid: String) {
        if let jobUID = job.uid {
            switch entries[key]?[uid]?.jobs[jobUID]?.fate {
            case .doubted, .deleted, .departed:
                entries[key]?[uid]?.jobs[jobUID]?.fate = .departed
                return
            case .written, .gone, nil: break
            }
        }
        var last = job
        // Nothing holds it any more.
        last.metadata["finalizers"] = nil
        // What it said counts; nobody is to change it any more.
        if ObservedJob(job).result != nil, !job.isBeingDeleted {
            last.metadata["deletionTimestamp"] = job.metadata["creationTimestamp"] ?? ""
        }
        remember(last, .gone, for: key, uid: uid)
    }

    /// A Job of the run that was doubtful is not there: this engine deleted it, or somebody else.
    mutating func jobMissing(_ job: JobReference, of run: KubeObject, now: Timestamp) {
        let fate: Fate =
            switch fate(of: job.uid, of: run) {
            case .doubted: .deleted(now)
            case .deleted(let moment): .deleted(moment)
            case .departed: .departed
            case .written, .gone, nil: .gone
            }
        change(run.key, uid: run.uid ?? "") { $0.jobs[job.uid]?.fate = fate }
    }

    private func fate(of job: String?, of run: KubeObject) -> Fate? {
        job.flatMap { entry(of: run)?.jobs[$0]?.fate }
    }

    /// Whether a Job of the run is known to be gone, whoever deleted it.
    private func isOver(_ job: String, of run: KubeObject) -> Bool {
        switch fate(of: job, of: run) {
        case .deleted, .departed, .gone: return true
        case .written, .doubted, nil: return false
        }
    }

    /// Whether this engine deleted a Job of the run.
    func hasDeleted(_ job: JobReference, of run: KubeObject) -> Bool {
        fate(of: job.uid, of: run)?.isMark ?? false
    }

    /// Drops the marks of deleted Jobs that no watch will tell of any more: the store has never shown them.
    private mutating func dropOldMarks(now: Timestamp) {
        for (key, runs) in entries {
            for (uid, entry) in runs {
                for (job, remembered) in entry.jobs {
                    guard case .deleted(let moment) = remembered.fate,
                        now - moment >= Self.markLifetime || moment - now > Self.slack
                    else { continue }
                    entries[key]?[uid]?.jobs[job] = nil
                }
                if let left = entries[key]?[uid], left.jobs.isEmpty, left.runVersion == nil {
                    entries[key]?[uid] = nil
                }
            }
            if entries[key]?.isEmpty == true { entries[key] = nil }
        }
    }

    /// The run of a Job that is remembered.
    ///
    /// Looks through all that is remembered, which are the few runs of the moment.
    func run(ofJob uid: String) -> ObjectKey? {
        entries.first { $0.value.values.contains { $0.jobs[uid] != nil } }?.key
    }

    /// The run is gone.
    mutating func forget(_ key: ObjectKey) {
        entries[key] = nil
        moments[key] = nil
    }

    /// The run is over and its status says so: its Jobs may go. That one was deleted is kept until the watch tells: a run
    /// that is edited then must not take it for one that goes on.
    mutating func forgetJobs(of run: KubeObject) {
        // What was sent may still turn out to be written.
        moments[run.key] = moments[run.key]?.unanswered.map { Moments(unanswered: $0) }
        guard let entry = entry(of: run) else {
            entries[run.key] = nil
            return
        }
        let rest = Entry(runVersion: entry.runVersion, jobs: entry.jobs.filter { $0.value.fate.isMark })
        entries[run.key] = rest.runVersion == nil && rest.jobs.isEmpty ? nil : [run.uid ?? "": rest]
    }

    /// The Events of a Job were read just now.
    /// - Parameter words: why the API server refuses the Job's pods; nil if they do not say that it does.
    mutating func podRefusalRead(_ words: String?, ofJob job: String, of run: KubeObject, now: Timestamp) {
        moments[run.key, default: Moments()].podRefusal = PodRefusal(job: job, words: words, asked: now)
    }

    /// What the Events of a Job said, if they were read a short while ago; nil if they have to be read.
    func podRefusal(ofJob job: String, of run: KubeObject, now: Timestamp) -> PodRefusal? {
        guard let known = moments[run.key]?.podRefusal, known.job == job, now - known.asked >= .zero,
            now - known.asked < RunSettings.podRecheck
        else { return nil }
        return known
    }

    /// Whether the run's status told of a refusal a short while ago, in whatever words. What has been told since, or what
    /// the run waited for, is no reason to tell it again: two requests that are refused in turn would never rest.
    ///
    /// A refusal that does not pass, and that nothing else was told after, is no such: its words are not others each time.
    func hasTold(_ refused: RefusedRequest, of run: KubeObject, now: Timestamp) -> Bool {
        let asked = ToldRefusal(refused, of: run, told: now)
        guard let refusals = moments[run.key]?.refusals, let last = refusals.last,
            let known = refusals.last(where: asked.isSame(as:)), now - known.told >= .zero,
            now - known.told < Self.refusalRecheck
        else { return false }
        return !refused.refusal.isFinal || !asked.isSame(as: last)
    }

    /// The run's status was written, and tells of this refusal.
    mutating func told(_ refused: RefusedRequest, of run: KubeObject, now: Timestamp) {
        let told = ToldRefusal(refused, of: run, told: now)
        let others = (moments[run.key]?.refusals ?? []).filter { $0.isOfSameRun(as: told) && !$0.isSame(as: told) }
        moments[run.key, default: Moments()].refusals = others + [told]
    }

    /// A request of the run was carried out: that the next one of its kind is refused is news.
    mutating func carriedOut(_ kind: RefusedRequest.Kind, of run: KubeObject) {
        moments[run.key]?.refusals.removeAll { $0.kind == kind }
    }

    /// The run goes on, and its status has the outcome of these Jobs: those of them that are gone may be forgotten.
    mutating func forgetGone(_ jobs: Set<String>, of run: KubeObject) {
        for uid in jobs where entry(of: run)?.jobs[uid]?.fate == .gone {
            entries[run.key]?[run.uid ?? ""]?.jobs[uid] = nil
        }
    }

    private func entry(of run: KubeObject) -> Entry? { entries[run.key]?[run.uid ?? ""] }

    /// What is known of a run. What the stores show by now is forgotten.
    /// - Parameters:
    ///   - run: the run as the store shows it.
    ///   - jobs: its Jobs as the store shows them.
    ///   - isOnRecord: whether the run's status knows of a Job.
    mutating func view(
        of run: KubeObject, jobs: [KubeObject], isOnRecord: (KubeObject) -> Bool, now: Timestamp
    ) -> View {
        let (view, kept) = look(at: run, jobs: jobs, isOnRecord: isOnRecord, now: now)
        if view != .behind { entries[run.key] = kept.isEmpty ? nil : [run.uid ?? "": Entry(jobs: kept)] }
        return view
    }

    /// What is known of a run that was read from the server, which may be ahead of the store.
    func view(ofRead run: KubeObject, jobs: [KubeObject], isOnRecord: (KubeObject) -> Bool, now: Timestamp) -> View {
        look(at: run, jobs: jobs, isOnRecord: isOnRecord, now: now).view
    }

    /// Returns what is known, and what the stores do not show yet.
    private func look(
        at run: KubeObject, jobs: [KubeObject], isOnRecord: (KubeObject) -> Bool, now: Timestamp
    ) -> (view: View, kept: [String: RememberedJob]) {
        guard let entry = entry(of: run) else { return (.current(jobs), [:]) }
        if ResourceVersion.isOlder(run.resourceVersion, than: entry.runVersion) { return (.behind, entry.jobs) }
        var visible = jobs
        var kept: [String: RememberedJob] = [:]
        var doubt: JobReference?
        for (uid, remembered) in entry.jobs {
            let position = visible.firstIndex { $0.uid == uid }
            let isNewer = position.map {
                ResourceVersion.isOlder(visible[$0].resourceVersion, than: remembered.object.resourceVersion)
            }
            switch remembered.fate {
            case .written(let moment):
                // The store has caught up.
                if isNewer == false { continue }
                // A clock that was set back would say for long that it was only just made.
                if position == nil, now - moment >= Self.patience || now - moment < .zero {
                    doubt = JobReference(key: remembered.object.key, uid: uid)
                }
            case .doubted: doubt = JobReference(key: remembered.object.key, uid: uid)
            case .deleted:
                // It may be so new that the store has not even shown that it was made.
                kept[uid] = remembered
                // Once its deletion is in the store it is seen again: a finalizer may hold it, and its pods run.
                if let position, !visible[position].isBeingDeleted { visible.remove(at: position) }
                continue
            case .departed:
                guard let position else { continue }
                kept[uid] = remembered
                visible.remove(at: position)
                continue
            case .gone:
                if let position {
                    // Looked up a moment before it went; or it is there after all, as what was listed was old.
                    let isSame = visible[position].resourceVersion == remembered.object.resourceVersion
                    guard isNewer == true || isSame else { continue }
                } else {
                    // Its end is what the run is about, and its name must be on record: until both are, it counts.
                    let hasEnded = ObservedJob(remembered.object).result != nil
                    guard hasEnded || !isOnRecord(remembered.object) else { continue }
                }
            }
            kept[uid] = remembered
            if let position { visible[position] = remembered.object } else { visible.append(remembered.object) }
        }
        return (doubt.map(View.doubtful) ?? .current(visible), kept)
    }

    private mutating func remember(_ job: KubeObject, _ fate: Fate, for key: ObjectKey, uid: String) {
        guard let jobUID = job.uid else { return }
        change(key, uid: uid) { $0.jobs[jobUID] = RememberedJob(object: job, fate: fate) }
    }

    private mutating func change(_ key: ObjectKey, uid: String, _ body: (inout Entry) -> Void) {
        body(&entries[key, default: [:]][uid, default: Entry()])
    }
}
