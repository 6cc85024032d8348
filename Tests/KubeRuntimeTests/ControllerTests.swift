import KubeObjects
import KubeRuntime
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

    @Test func aKeyIsReconciledWhenItIsAdded() async throws {
        try await run(ScriptedReconciler([])) { controller, calls in
            controller.queue.add(a)
            #expect(await calls.next() == a)
        }
    }

    @Test func aRequeueComesAfterItsTime() async throws {
        try await run(ScriptedReconciler([.success(.requeue(after: .seconds(30)))])) { controller, calls in
            controller.queue.add(a)
            #expect(await calls.next() == a)
            await time.waitForSleepers()
            #expect(time.nextDue == time.now + .seconds(30))
            time.advanceToNext()
            #expect(await calls.next() == a)
        }
    }

    @Test func failuresComeAgainLaterAndLater() async throws {
        try await run(ScriptedReconciler([.failure(Failure()), .failure(Failure())])) { controller, calls in
            controller.queue.add(a)
            for delay in [Duration.milliseconds(5), .milliseconds(10)] {
                #expect(await calls.next() == a)
                await time.waitForSleepers()
                #expect(time.nextDue == time.now + delay)
                time.advanceToNext()
            }
            #expect(await calls.next() == a)
        }
    }

    @Test func anUrgentFailureComesNoLaterThanItMust() async throws {
        let soon = UrgentError(Failure(), within: .milliseconds(2))
        let later = UrgentError(Failure(), within: .seconds(60))
        try await run(ScriptedReconciler([.failure(soon), .failure(later)])) { controller, calls in
            controller.queue.add(a)
            for delay in [Duration.milliseconds(2), .milliseconds(10)] {
                #expect(await calls.next() == a)
                await time.waitForSleepers()
                #expect(time.nextDue == time.now + delay)
                time.advanceToNext()
            }
            #expect(await calls.next() == a)
        }
    }

    @Test func whatIsOnlyAwaitedComesAgainLaterAndLater() async throws {
        try await run(ScriptedReconciler([.success(.retry), .success(.retry)])) { controller, calls in
            controller.queue.add(a)
            for delay in [Duration.milliseconds(5), .milliseconds(10)] {
                #expect(await calls.next() == a)
                await time.waitForSleepers()
                #expect(time.nextDue == time.now + delay)
                time.advanceToNext()
            }
            #expect(await calls.next() == a)
        }
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
