import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Follows one run to its end: shows the logs of all its pods, tells what it waits for, and lets the user interfere.
struct RunFollower: Sendable {
    /// How a run is followed.
    struct Options: Sendable {
        var showsLogs = true
        var isQuiet = false
        /// How long to wait for the end of the run.
        var patience: Duration?
        /// How long a container may take to start.
        var pendingPatience: Duration?
        /// The container whose exit code is wanted; nil for the one that decided.
        var exitCodeFrom: String?
        /// How many pods must succeed, if that is known.
        var expected: Int64?
        /// What Ctrl-C and SIGTERM do; nil asks if there is somebody to ask, and cancels otherwise.
        var interruptChoice: InterruptChoice?
        /// How many logs are read at once; the others wait.
        var logLimit = 50
        /// The only container whose logs are shown; nil for all.
        var container: String?
        /// Where each log is begun.
        var start = LogStart()
    }

    let client: KubeClient
    let run: FamilyRun
    let session: Session
    let options: Options
    let printer: LogPrinter
    /// What tells the run from earlier ones of the same object.
    var since: RunSince?
    /// Where a person sees how far the run is; nil if nobody does.
    var live: LiveLine?

    /// How a follow ended.
    enum End: Sendable {
        /// The run is over; its last state, and the exit code of the container that was asked for, if that is known.
        case over(KubeObject, exitCode: Int32? = nil)
        /// The run is not followed to an end of its own.
        case detached(String, exitCode: Int32, rest: Rest)
    }

    /// What becomes of a run that is not followed any more.
    enum Rest: Sendable, Hashable {
        /// It goes on by itself.
        case goesOn
        /// It ends by itself, or is gone.
        case ending
        /// It was ended, and stays as it is.
        case over
    }

    /// How often the server is asked to cancel the run, and how long to wait before it is asked again: doubled each time.
    private static let (cancelAttempts, cancelDelay) = (5, Duration.milliseconds(200))

    /// How long logs may be silent after the run's end: a pod's usual grace period and a little.
    private static let drainLimit = Duration.seconds(35)

    /// Follows until the run is over.
    /// - Parameter lastWords: Says how it ended. Signals are still ours then: one more Ctrl-C does not take the words away.
    /// - Throws: `CommandFailure` if the run is gone, or what keeps us from seeing it.
    func follow(lastWords: (End) -> Void = { _ in }) async throws -> End {
        let (events, feed) = AsyncStream<FollowEvent>.makeStream()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer {
                live?.leave()
                group.cancelAll()
            }
            start(&group, feed)
            let end = try await followEvents(events, &group, feed)
            live?.leave()
            lastWords(end)
            return end
        }
    }

    private func followEvents(
        _ events: AsyncStream<FollowEvent>, _ group: inout ThrowingTaskGroup<Void, any Error>,
        _ feed: AsyncStream<FollowEvent>.Continuation
    ) async throws -> End {
        var progress = FollowProgress(
            name: run.name, showsLogs: options.showsLogs, container: options.container, saysWaiting: live == nil)
        progress.family = run.family
        progress.since = since
        progress.run = run.object
        var gauge = RunGauge(expected: options.expected)
        var shownBefore = 0
        for await event in events {
            show(event, of: progress, on: &gauge)
            if case .drainOver = event, printer.byteCount > shownBefore {
                // Much was written at the end, and it is still coming.
                shownBefore = printer.byteCount
                wake(after: Self.drainLimit, .drainOver, &group, feed)
                continue
            }
            for action in progress.handle(event, limit: options.logLimit) {
                guard let end = try await perform(action, &group, feed) else { continue }
                guard case .over(let last, _) = end, let container = options.exitCodeFrom else { return end }
                return .over(last, exitCode: progress.exits.code(of: container))
            }
        }
        throw CancellationError()
    }

    private func start(_ group: inout ThrowingTaskGroup<Void, any Error>, _ feed: AsyncStream<FollowEvent>.Continuation)
    {
        group.addTask {
            do {
                try await runObserver.observe { feed.yield(.run($0)) }
            } catch { if !(error is CancellationError) { feed.yield(.failed(error)) } }
        }
        if observesPods {
            group.addTask {
                do {
                    try await podObserver.observe { feed.yield(.pods($0)) }
                } catch { if !(error is CancellationError) { feed.yield(.podsRefused(error)) } }
            }
        }
        group.addTask { for await interrupt in session.interrupts() { feed.yield(.interrupt(interrupt)) } }
        if let patience = options.patience { wake(after: patience, .patienceOver, &group, feed) }
        if let patience = options.pendingPatience { wake(after: patience, .pendingOver, &group, feed) }
        guard live != nil else { return }
        group.addTask {
            while true {
                try await session.time.sleep(.seconds(1))
                feed.yield(.tick)
            }
        }
    }

    /// Whether pods have to be looked at, and not only the run.
    private var observesPods: Bool {
        options.showsLogs || options.pendingPatience != nil || options.exitCodeFrom != nil || live != nil
    }

    /// Shows a person what an event means for the run.
    private func show(_ event: FollowEvent, of progress: FollowProgress, on gauge: inout RunGauge) {
        guard let live else { return }
        switch event {
        case .run(.all(let objects)):
            gauge.status = objects.first { $0.name == run.name }.flatMap { progress.status(of: $0) }
        case .run(.changed(let object)): gauge.status = progress.status(of: object)
        case .pods(.all(let pods)): gauge.see(.all(pods.filter(progress.concerns)))
        case .pods(.changed(let pod)): if progress.concerns(pod) { gauge.see(.changed(pod)) }
        case .pods(let observation): gauge.see(observation)
        default: break
        }
        gauge.hasSpoken = printer.byteCount > 0
        live.show(gauge.text(now: session.time.now()))
    }

    private var runObserver: ObjectObserver {
        ObjectObserver(
            client: client, resource: run.resource, namespace: run.namespace,
            fieldSelector: "metadata.name=\(run.name)", time: session.time)
    }

    private var podObserver: ObjectObserver {
        ObjectObserver(
            client: client, resource: .pods, namespace: run.workNamespace,
            labelSelector: run.family.selector(of: run.object), time: session.time)
    }

    private func wake(
        after delay: Duration, _ event: FollowEvent, _ group: inout ThrowingTaskGroup<Void, any Error>,
        _ feed: AsyncStream<FollowEvent>.Continuation
    ) {
        group.addTask {
            try await session.time.sleep(delay)
            feed.yield(event)
        }
    }

    /// Does what the progress asks for. Returns the end if this is it.
    private func perform(
        _ action: FollowAction, _ group: inout ThrowingTaskGroup<Void, any Error>,
        _ feed: AsyncStream<FollowEvent>.Continuation
    ) async throws -> End? {
        switch action {
        case .say(let text):
            if !options.isQuiet { session.errors.line(text) }
        case .warn(let text): session.errors.line("error: \(text)")
        case .read(let source):
            let reader = LogReader(
                client: client, namespace: run.workNamespace, source: source, printer: printer, time: session.time,
                start: options.start)
            group.addTask {
                do {
                    feed.yield(.logEnded(source, try await reader.read()))
                } catch {
                    guard !(error is CancellationError) else { throw error }
                    feed.yield(.logEnded(source, .lost(CommandFailure(error).message)))
                }
            }
        case .listPods:
            guard observesPods else {
                feed.yield(.pods(.all([])))
                break
            }
            let observer = podObserver
            group.addTask {
                do {
                    feed.yield(.pods(.all(try await observer.list())))
                } catch {
                    if !(error is CancellationError) { feed.yield(.podsRefused(error)) }
                }
            }
            wake(after: Self.drainLimit, .drainOver, &group, feed)
        case .ask(let interrupt):
            group.addTask { feed.yield(.answer(await choose(interrupt), to: interrupt)) }
        case .remind(let event, let delay): wake(after: delay, event, &group, feed)
        case .cancelRun:
            // Beside the events: a second Ctrl-C need not wait for a server that is slow to answer.
            group.addTask {
                do {
                    try await cancel()
                    feed.yield(.cancelTaken)
                } catch { if !(error is CancellationError) { feed.yield(.cancelRefused(error)) } }
            }
        case .finish(let end): return end
        case .fail(let error): throw error
        }
        return nil
    }

    /// Ends the run, however often the connection breaks meanwhile.
    private func cancel() async throws {
        var delay = Self.cancelDelay
        for attempt in 1..<Self.cancelAttempts {
            do {
                return try await askToCancel(isRepeated: attempt > 1)
            } catch {
                guard ObjectObserver.isTransient(error) else { throw error }
            }
            try await session.time.sleep(delay)
            delay *= 2
        }
        try await askToCancel(isRepeated: true)
    }

    /// Ends the run; what is said of a cancel that is none is worth a line.
    /// - Parameter isRepeated: whether it was asked before, and the answer lost: what there is nothing to cancel of any more
    ///   was cancelled then.
    private func askToCancel(isRepeated: Bool) async throws {
        var current = run
        do {
            current.object = try await client.get(run.resource, namespace: run.namespace, name: run.name)
        } catch let status as KubeStatus where status.isNotFound {
            // It is gone, as whoever observes it will say.
            return
        }
        switch try await RunEnding(client: client).cancel(current) {
        case .taken(let word):
            if case .ask = current.family.cancellation(of: current.object) { return }
            if !options.isQuiet { session.errors.line("\(run.reference) \(word)") }
        case .refused(let why):
            // Of one that has ended meanwhile the end is still to be seen.
            guard !isRepeated, current.outcome == nil || since?.isReached(by: current.status) == false else { return }
            throw CommandFailure("it \(why)")
        }
    }

    private func choose(_ interrupt: Interrupt) async -> InterruptChoice {
        if let choice = options.interruptChoice { return choice }
        guard session.isInteractive, interrupt == .interrupt else { return .cancel }
        let answer = await session.ask(
            "\ncancel the run \(run.name)? [c]ancel it, [d]etach and let it run, Enter goes on: ")
        switch answer?.first?.lowercased() {
        case "c", "y": return .cancel
        case "d": return .detach
        case nil where answer == nil: return .detach
        default: return .proceed
        }
    }
}
