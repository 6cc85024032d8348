import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct ControllerTests {
    private struct Failure: Error {}

    /// Answers with the next result of a script and tells which keys it was given.
    private final class ScriptedReconciler: Reconciler {
        private let results: Mutex<[Result<ReconcileResult, any Error>]>
        let calls = Journal<ObjectKey>()

        init(_ results: [Result<ReconcileResult, any Error>]) {
            self.results = Mutex(results)
        }

        func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
            calls.add(key)
            return try results.withLock { $0.isEmpty ? .success(.awaitChange) : $0.removeFirst() }.get()
        }
    }

    /// Never comes to an end by itself.
    private struct EndlessReconciler: Reconciler {
        let calls = Journal<ObjectKey>()

        func reconcile(_ key: ObjectKey) async throws -> ReconcileResult {
            calls.add(key)
            try await Task.sleep(for: .seconds(3600))
            return .awaitChange
        }
    }

    private let time = ManualTime()
    private let a = ObjectKey(name: "a")

    private func run(
        _ reconciler: ScriptedReconciler,
        _ body: (Controller, Journal<ObjectKey>) async throws -> Void
    ) async throws {
        let controller = Controller(
            name: "test", reconciler: reconciler, informers: [], time: time.source,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await controller.run() }
            try await body(controller, reconciler.calls)
            group.cancelAll()
        }
    }

    /// After each of these results the key comes again, and waits so long before.
    private func expectWaits(
        _ delays: [Duration], after results: [Result<ReconcileResult, any Error>],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await run(ScriptedReconciler(results)) { controller, calls in
            controller.queue.add(a)
            for delay in delays {
                #expect(await calls.next() == a, sourceLocation: sourceLocation)
                await time.waitForSleepers()
                #expect(time.nextDue == time.now + delay, sourceLocation: sourceLocation)
                time.advanceToNext()
            }
            #expect(await calls.next() == a, sourceLocation: sourceLocation)
        }
    }

    @Test func aKeyIsReconciledWhenItIsAdded() async throws {
        try await run(ScriptedReconciler([])) { controller, calls in
            controller.queue.add(a)
            #expect(await calls.next() == a)
        }
    }

    @Test func aRequeueComesAfterItsTime() async throws {
        try await expectWaits([.seconds(30)], after: [.success(.requeue(after: .seconds(30)))])
    }

    @Test func failuresComeAgainLaterAndLater() async throws {
        try await expectWaits(
            [.milliseconds(5), .milliseconds(10)], after: [.failure(Failure()), .failure(Failure())])
    }

    @Test func anUrgentFailureComesNoLaterThanItMust() async throws {
        let soon = UrgentError(Failure(), within: .milliseconds(2))
        let later = UrgentError(Failure(), within: .seconds(60))
        try await expectWaits([.milliseconds(2), .milliseconds(10)], after: [.failure(soon), .failure(later)])
    }

    /// What API Priority and Fairness answers (429), and a server that is about to stop.
    @Test func aBusyServerIsLeftAloneAsLongAsItAsks() async throws {
        func busy(_ code: Int, _ seconds: Int) -> KubeStatus {
            KubeStatus(
                code: code, reason: .tooManyRequests, message: "busy", details: .init(retryAfterSeconds: seconds))
        }
        try await expectWaits(
            [.seconds(1), .seconds(120), .milliseconds(20), .seconds(3), .seconds(2)],
            after: [
                .failure(busy(429, 1)), .failure(busy(503, 9999)), .failure(busy(409, 7)),
                .failure(UrgentError(busy(429, 3), within: .seconds(60))),
                .failure(UrgentError(busy(429, 3), within: .seconds(2))),
            ])
    }

    @Test func whatIsOnlyAwaitedComesAgainLaterAndLater() async throws {
        try await expectWaits([.milliseconds(5), .milliseconds(10)], after: [.success(.retry), .success(.retry)])
    }

    /// A lease that is lost and won back.
    @Test func whatWasCutOffIsLookedAtAgain() async throws {
        let reconciler = EndlessReconciler()
        let controller = Controller(
            name: "test", reconciler: reconciler, informers: [], time: time.source,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        controller.queue.add(a)
        for _ in 1...2 {
            let work = Task { try await controller.run() }
            #expect(await reconciler.calls.next() == a)
            work.cancel()
            try await work.value
        }
        #expect(controller.queue.depth == 1)
    }

    /// A standby remembers nothing, and begins with all there is.
    @Test func aQueueWithABacklogIsClosedWhileNobodyWorks() async throws {
        let reconciler = ScriptedReconciler([])
        let controller = Controller(
            name: "test", reconciler: reconciler, informers: [], backlog: { [a] }, time: time.source,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let b = ObjectKey(name: "b")
        for _ in 1...2 {
            controller.queue.add(b)
            #expect(controller.queue.depth == 0)
            let work = Task { try await controller.run() }
            #expect(await reconciler.calls.next() == a)
            controller.queue.add(b)
            #expect(await reconciler.calls.next() == b)
            work.cancel()
            try await work.value
        }
    }

    @Test func aTerminalFailureWaitsForAChange() async throws {
        try await run(ScriptedReconciler([.failure(TerminalError(Failure()))])) { controller, calls in
            controller.queue.add(a)
            #expect(await calls.next() == a)
            controller.queue.add(ObjectKey(name: "b"))
            #expect(await calls.next() == ObjectKey(name: "b"))
            #expect(time.nextDue == nil)
        }
    }
}
