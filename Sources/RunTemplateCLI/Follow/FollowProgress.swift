import KubeObjects
import RunCore

/// What a follower does next.
enum FollowAction: Sendable {
    case say(String)
    /// Said even where nothing but errors is.
    case warn(String)
    case read(LogSource)
    /// The run is over: look once more at the pods, and limit the time that their logs may take.
    case listPods
    /// What shall become of the run, now that somebody wants to stop? After a SIGTERM nobody is there to ask.
    case ask(Interrupt)
    case cancelRun
    /// An event for later.
    case remind(FollowEvent, after: Duration)
    case finish(RunFollower.End)
    case fail(any Error)
}

/// What a follower knows, and what follows from each event. Pure: no requests, no clocks.
struct FollowProgress {
    let name: String
    /// The family of the run.
    var family: any RunFamily = RunTypes.standard
    /// What tells the run from earlier ones of the same object.
    var since: RunSince?
    let showsLogs: Bool
    /// The only container whose logs are read; nil for all.
    let container: String?
    /// Whether what the run waits for is said in lines of its own.
    let saysWaiting: Bool

    /// How the containers ended, by pod.
    private(set) var exits = ContainerExits()
    /// The object as it was last seen.
    var run: KubeObject?
    private var lastWord: String?
    private var started: Set<LogSource> = []
    private var reading: Set<LogSource> = []
    private var queue: [LogSource] = []
    /// The run is over, and the pods are being looked at for the last time.
    private var isDraining = false
    private var hasLastPods = false
    private var interruptCount = 0
    /// Whether a Ctrl-C has raised a question that nobody has answered yet.
    private var isAsking = false
    private var isCancelling = false
    /// Whether the server knows that the run is to be cancelled.
    private var isCancelTaken = false
    /// The run's status when it was to be cancelled: any other one is the controller's answer.
    private var statusBeforeCancel: JSONValue?
    private var hasSaidCancelLasts = false
    /// What is left of the time that a SIGTERM leaves us; nil without one.
    private var terminationTimes: [Duration]?
    /// What is said of a run that is cancelled as its containers did not start in time.
    private var pendingWord: String?
    /// Whether the run ends by being suspended, as its kind knows no cancel.
    private var isSuspending = false
    /// Whether the run ends before it has begun: its start is taken back.
    private var isWithdrawing = false
    private var isDisconnected = false
    private var hasStarted = false
    /// Pods of the object that are, so far, none of the run's.
    private var foreignPods: [String: KubeObject] = [:]

    init(name: String, showsLogs: Bool, container: String? = nil, saysWaiting: Bool = true) {
        self.name = name
        self.showsLogs = showsLogs
        self.container = container
        self.saysWaiting = saysWaiting
    }

    /// What the object says of the run; nil if that is about an earlier one.
    func status(of object: KubeObject) -> RunStatus? {
        let status = family.summary(of: object)
        return since?.isReached(by: status) == false ? nil : status
    }

    /// Whether a pod is of the run.
    func concerns(_ pod: KubeObject) -> Bool {
        guard let run else { return true }
        guard status(of: run) != nil else { return false }
        return family.isCurrent(job: pod.controllerReference?.uid, of: run)
    }

    /// Takes an event in.
    mutating func handle(_ event: FollowEvent, limit: Int) -> [FollowAction] {
        var actions: [FollowAction] = []
        switch event {
        case .run(let observation): actions += see(run: observation)
        case .pods(let observation): actions += see(pods: observation)
        case .podsRefused(let error):
            if showsLogs { actions.append(.say("the logs cannot be followed: \(CommandFailure(error).message)")) }
            hasLastPods = true
        case .logEnded(let source, let end):
            reading.remove(source)
            // The pods of a run that is cancelled are deleted: that their logs end then is no news.
            let isEnding = isCancelling || run.map(family.isAskedToEnd) == true
            if let trouble = source.trouble(end), !isEnding || end == .gap { actions.append(.say(trouble)) }
        case .interrupt(let interrupt): actions += self.interrupt(interrupt)
        case .answer(let choice, let interrupt): actions += answer(choice, to: interrupt)
        case .cancelTaken: actions += cancelTaken()
        case .cancelRefused(let error): actions += cancelRefused(error)
        case .cancelLasts: actions += cancelLasts()
        case .terminationOver: actions += terminationOver()
        case .patienceOver:
            actions.append(
                .finish(.detached("is not over yet; it goes on", exitCode: RunExitCode.timedOut, rest: .goesOn)))
        case .pendingOver: actions += pendingOver()
        case .tick: break
        case .drainOver: return end()
        case .failed(let error): actions.append(.fail(error))
        }
        while reading.count < limit, !queue.isEmpty {
            let source = queue.removeFirst()
            reading.insert(source)
            actions.append(.read(source))
        }
        if isDraining, hasLastPods, reading.isEmpty { actions += end() }
        return actions
    }

    private func end() -> [FollowAction] { run.map { [.finish(.over($0))] } ?? [] }
}

/// The run.
extension FollowProgress {
    private mutating func see(run observation: ObjectObservation) -> [FollowAction] {
        switch observation {
        case .all(let objects):
            guard let object = objects.first(where: { $0.name == name }) else { return gone() }
            return reconnected() + look(at: object)
        case .changed(let object): return look(at: object)
        case .removed(let object): return outcome(object) == nil ? gone() : look(at: object)
        case .interrupted(let error):
            guard !isDisconnected else { return [] }
            isDisconnected = true
            return [.say("\(CommandFailure(error).message); trying again")]
        }
    }

    private mutating func reconnected() -> [FollowAction] {
        guard isDisconnected else { return [] }
        isDisconnected = false
        return [.say("connected again")]
    }

    private func gone() -> [FollowAction] {
        // Whoever has seen the end does not need the run any more.
        if isDraining || pendingWord != nil { return [] }
        if isCancelling {
            return [.finish(.detached("was deleted", exitCode: RunExitCode.interrupted, rest: .ending))]
        }
        return [.fail(CommandFailure("the run \(name) was deleted before its end was seen"))]
    }

    private mutating func look(at object: KubeObject) -> [FollowAction] {
        guard !isDraining else { return [] }
        run = object
        // What is said of it waits for the answer to its cancel, whichever of the two comes first.
        guard pendingWord == nil else { return [] }
        for pod in foreignPods.values { discover(in: pod) }
        if isWithdrawing { return withdrawn(object) }
        if outcome(object) != nil {
            isDraining = true
            return hasLastPods ? [] : [.listPods]
        }
        if isCancelling, isSuspending, status(of: object)?.phase == .suspended {
            return [.finish(.detached("was suspended", exitCode: RunExitCode.interrupted, rest: .over))]
        }
        guard saysWaiting else { return [] }
        return waitingWord(object).map { [.say($0)] } ?? []
    }

    /// A start that is taken back is gone once the controller has seen that; a Job that it made before is deleted.
    private mutating func withdrawn(_ object: KubeObject) -> [FollowAction] {
        switch family.cancellation(of: object) {
        case .deleteJob:
            isWithdrawing = false
            return [.cancelRun]
        case .refuse where family.summary(of: object).observedGeneration ?? 0 >= object.generation:
            return [.finish(.detached("was not started", exitCode: RunExitCode.interrupted, rest: .over))]
        default: return []
        }
    }

    private func outcome(_ object: KubeObject) -> RunOutcome? { status(of: object).flatMap(RunOutcome.init) }

    /// A run whose containers do not start in time is not left to start at some later moment, when nobody waits for it.
    private mutating func pendingOver() -> [FollowAction] {
        let known = run.flatMap { status(of: $0) }
        // Whoever may not see pods learns from the run that they have started.
        guard !hasStarted, known?.phase != .running, !isDraining, !isCancelling else { return [] }
        isCancelling = true
        let why = [known?.reason, known?.message?.onOneLine].compactMap(\.self).joined(separator: ": ")
        pendingWord = "has not started in time" + (why.isEmpty ? "" : " (\(why))")
        return [.cancelRun]
    }

    /// What the run waits for, if it is news.
    private mutating func waitingWord(_ object: KubeObject) -> String? {
        guard let status = status(of: object), let phase = status.phase, phase != .running || status.reason != nil,
            phase != .pending || status.message != nil
        else { return nil }
        let reason = status.reason.map { " (\($0))" } ?? ""
        let word = "\(phase.rawValue.lowercased())\(reason)" + (status.message.map { ": \($0.onOneLine)" } ?? "")
        guard word != lastWord else { return nil }
        lastWord = word
        return word
    }
}

/// The pods.
extension FollowProgress {
    private mutating func see(pods observation: ObjectObservation) -> [FollowAction] {
        switch observation {
        case .all(let pods):
            for pod in pods { discover(in: pod) }
            if isDraining { hasLastPods = true }
        case .changed(let pod): discover(in: pod)
        case .removed(let pod): discover(in: pod, isGone: true)
        case .interrupted: break
        }
        return []
    }

    /// Takes in what a pod says. Of one that is gone that is how its containers ended: the server lets a pod go with its
    /// last state, which may be the only one that says so.
    private mutating func discover(in pod: KubeObject, isGone: Bool = false) {
        guard concerns(pod) else {
            foreignPods[pod.uid ?? ""] = pod
            return
        }
        foreignPods[pod.uid ?? ""] = nil
        exits.see(pod)
        if ObservedPod(pod).hasStarted { hasStarted = true }
        guard showsLogs, !isGone else { return }
        for (source, _) in LogSource.all(of: pod) where container == nil || source.container == container {
            if started.insert(source).inserted { queue.append(source) }
        }
    }
}

/// The user.
extension FollowProgress {
    /// How long after its cancel a run that shows no sign of that is worth a word.
    private static let cancelPatience = Duration.seconds(5)
    /// How long a SIGTERM waits: for the controller to act, then for pods to end, a usual grace period and a little.
    private static let terminationPatience = [Duration.seconds(10), .seconds(25)]

    private mutating func interrupt(_ interrupt: Interrupt) -> [FollowAction] {
        // A SIGTERM takes the place of the answer to an open question.
        if interrupt != .terminate || !isAsking { interruptCount += 1 }
        guard interruptCount == 1 else { return leave() }
        isAsking = interrupt == .interrupt
        if interrupt == .terminate { terminationTimes = Self.terminationPatience }
        return [.ask(interrupt)] + nextTermination()
    }

    private func leave() -> [FollowAction] {
        // A run that is over is neither cancelled nor left running: it has an end and a code of its own.
        if isDraining { return end() }
        let (word, rest): (String, RunFollower.Rest) =
            if isCancelTaken {
                ("is being cancelled" + (isCancelUnnoticed ? ": the controller has not acted yet" : ""), .ending)
            } else if isCancelling {
                // The request is on its way: nobody can tell yet whether the server takes it.
                ("may be being cancelled: the server has not answered yet", .goesOn)
            } else {
                ("was left running", .goesOn)
            }
        return [.finish(.detached(word, exitCode: RunExitCode.interrupted, rest: rest))]
    }

    /// Whether the server knows that the run is to end, and the run shows nothing of it.
    private var isCancelUnnoticed: Bool {
        isCancelTaken && !isDraining && run?["status"] == statusBeforeCancel
    }

    /// Without a controller nothing would ever happen.
    private mutating func cancelLasts() -> [FollowAction] {
        guard isCancelUnnoticed, !hasSaidCancelLasts else { return [] }
        hasSaidCancelLasts = true
        let next = terminationTimes == nil ? "Ctrl-C stops waiting" : "soon this command stops waiting"
        return [
            .say(
                "the controller has not acted yet, and may not be running: the run ends once it does; \(next) for that")
        ]
    }

    private mutating func terminationOver() -> [FollowAction] {
        guard isDraining || isCancelTaken && !isCancelUnnoticed else { return leave() }
        let next = nextTermination()
        return next.isEmpty ? leave() : next
    }

    private mutating func nextTermination() -> [FollowAction] {
        guard let times = terminationTimes, let next = times.first else { return [] }
        terminationTimes = Array(times.dropFirst())
        return [.remind(.terminationOver, after: next)]
    }

    private mutating func answer(_ choice: InterruptChoice, to interrupt: Interrupt) -> [FollowAction] {
        if interrupt == .interrupt {
            guard isAsking else { return [] }
            isAsking = false
        }
        return decide(choice)
    }

    private mutating func decide(_ choice: InterruptChoice) -> [FollowAction] {
        let next = terminationTimes == nil ? "Ctrl-C once more" : "a second signal"
        switch choice {
        case .proceed:
            interruptCount = 0
            return []
        case .detach:
            if isDraining { return end() }
            return [.finish(.detached("was left running", exitCode: RunExitCode.interrupted, rest: .goesOn))]
        case .cancel:
            guard !isCancelling else { return [] }
            guard !isDraining else { return [.say("it is over already; \(next) leaves what is left of its logs")] }
            isCancelling = true
            statusBeforeCancel = run?["status"]
            switch run.map(family.cancellation) {
            case .suspend?: isSuspending = true
            case .withdraw?: isWithdrawing = true
            default: break
            }
            return [.say("cancelling; \(next) leaves at once"), .cancelRun]
        }
    }

    private mutating func cancelTaken() -> [FollowAction] {
        isCancelTaken = true
        guard let word = takePendingWord() else { return [.remind(.cancelLasts, after: Self.cancelPatience)] }
        if let run, status(of: run)?.phase == .succeeded { return look(at: run) }
        return [.finish(.detached(word + "; it was cancelled", exitCode: RunExitCode.notStarted, rest: .over))]
    }

    private mutating func takePendingWord() -> String? {
        defer { pendingWord = nil }
        return pendingWord
    }

    /// Nobody waits for a run that was to end and does not: it is left, with the reason.
    private mutating func cancelRefused(_ error: any Error) -> [FollowAction] {
        let word = takePendingWord()
        (isCancelling, isSuspending, isWithdrawing) = (false, false, false)
        if let run, outcome(run) != nil { return look(at: run) }
        let isSuspended = run.flatMap { status(of: $0)?.phase } == .suspended
        let end: RunFollower.End =
            if let word {
                .detached(word + "; it goes on", exitCode: RunExitCode.notStarted, rest: .goesOn)
            } else {
                .detached(
                    isSuspended ? "was left suspended" : "was left running", exitCode: RunExitCode.interrupted,
                    rest: .goesOn)
            }
        return [.warn("the run \(name) cannot be cancelled: \(CommandFailure(error).message)"), .finish(end)]
    }
}
