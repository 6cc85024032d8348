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
        /// What Ctrl-C does; nil asks if there is somebody to ask, and cancels otherwise.
        var interruptChoice: InterruptChoice?
        /// How many logs are read at once; the others wait.
        var logLimit = 50
        /// The only container whose logs are shown; nil for all.
        var container: String?
        /// Where each log is begun.
        var start = LogStart()
    }

    let client: KubeClient
    let namespace: String
    let name: String
    let session: Session
    let options: Options
    let printer: LogPrinter
    /// Where a person sees how far the run is; nil if nobody does.
    var live: LiveLine?

    /// How a follow ended.
    enum End: Sendable {
        /// The run is over; its last state, and the exit code of the container that was asked for, if it had one.
        case over(KubeObject, exitCode: Int32? = nil)
        /// The run was left to itself, or is still being cancelled.
        case detached(String, exitCode: Int32, goesOn: Bool)
    }

    /// How long logs may be silent after the run's end: a pod's usual grace period and a little.
    private static let drainLimit = Duration.seconds(35)

    /// Follows until the run is over.
    /// - Throws: `CommandFailure` if the run is gone, or what keeps us from seeing it.
    func follow() async throws -> End {
        let (events, feed) = AsyncStream<FollowEvent>.makeStream()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer {
                live?.show("")
                group.cancelAll()
            }
            start(&group, feed)
            var progress = FollowProgress(
                name: name, showsLogs: options.showsLogs, container: options.container, saysWaiting: live == nil)
            var gauge = RunGauge(expected: options.expected)
            var shownBefore = 0
            for await event in events {
                show(event, on: &gauge)
                if case .drainOver = event, printer.byteCount > shownBefore {
                    // Much was written at the end, and it is still coming.
                    shownBefore = printer.byteCount
                    wake(after: Self.drainLimit, .drainOver, &group, feed)
                    continue
                }
                for action in progress.handle(event, limit: options.logLimit) {
                    guard let end = try await perform(action, &group, feed) else { continue }
                    guard case .over(let last, _) = end, let container = options.exitCodeFrom else { return end }
                    return .over(last, exitCode: progress.exits.code(of: container) ?? RunExitCode.notStarted)
                }
            }
            throw CancellationError()
        }
    }

    private func start(_ group: inout ThrowingTaskGroup<Void, any Error>, _ feed: AsyncStream<FollowEvent>.Continuation)
    {
        group.addTask {
            do {
                try await observer(.jobRuns, field: "metadata.name=\(name)").observe { feed.yield(.run($0)) }
            } catch { if !(error is CancellationError) { feed.yield(.failed(error)) } }
        }
        if observesPods {
            group.addTask {
                do {
                    let label = "\(LabelKey.jobRun)=\(LabelValue.name(name))"
                    try await observer(.pods, label: label).observe { feed.yield(.pods($0)) }
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
    private func show(_ event: FollowEvent, on gauge: inout RunGauge) {
        guard let live else { return }
        switch event {
        case .run(.all(let objects)): gauge.run = objects.first { $0.name == name }
        case .run(.changed(let object)): gauge.run = object
        case .pods(let observation): gauge.see(observation)
        default: break
        }
        gauge.hasSpoken = printer.byteCount > 0
        live.show(gauge.text(now: session.time.now()))
    }

    private func observer(_ resource: APIResource, label: String? = nil, field: String? = nil) -> ObjectObserver {
        ObjectObserver(
            client: client, resource: resource, namespace: namespace, labelSelector: label, fieldSelector: field,
            time: session.time)
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
        case .read(let source):
            let reader = LogReader(
                client: client, namespace: namespace, source: source, printer: printer, time: session.time,
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
            let observer = observer(.pods, label: "\(LabelKey.jobRun)=\(LabelValue.name(name))")
            group.addTask {
                do {
                    feed.yield(.pods(.all(try await observer.list())))
                } catch {
                    if !(error is CancellationError) { feed.yield(.podsRefused(error)) }
                }
            }
            wake(after: Self.drainLimit, .drainOver, &group, feed)
        case .ask:
            group.addTask { feed.yield(.answer(await choose())) }
        case .cancelRun:
            try await RunCancellation(client: client).cancel(namespace: namespace, name: name)
        case .finish(let end): return end
        case .fail(let error): throw error
        }
        return nil
    }

    private func choose() async -> InterruptChoice {
        if let choice = options.interruptChoice { return choice }
        guard session.isInteractive else { return .cancel }
        let answer = await session.ask(
            "\ncancel the run \(name)? [c]ancel it, [d]etach and let it run, Enter goes on: ")
        switch answer?.first?.lowercased() {
        case "c", "y": return .cancel
        case "d": return .detach
        case nil where answer == nil: return .detach
        default: return .proceed
        }
    }
}
