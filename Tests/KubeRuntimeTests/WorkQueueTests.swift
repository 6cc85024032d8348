import KubeObjects
import KubeRuntime
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5)))
struct WorkQueueTests {
    private let a = ObjectKey(name: "a")

    @Test func aReaderIsWokenByAnAdd() async {
        let time = ManualTime()
        let queue = WorkQueue(name: "test", time: time.source)
        async let next = queue.next()
        queue.add(a)
        #expect(await next == a)
    }

    @Test func aReaderSleepsUntilADelayIsOver() async {
        let time = ManualTime()
        let queue = WorkQueue(name: "test", time: time.source)
        queue.add(a, after: .seconds(60))
        async let next = queue.next()
        await time.waitForSleepers()
        #expect(queue.depth == 0)
        time.advance(by: .seconds(60))
        #expect(await next == a)
    }

    @Test func anEarlierDelayWakesASleepingReader() async {
        let time = ManualTime()
        let queue = WorkQueue(name: "test", time: time.source)
        queue.add(a, after: .seconds(60))
        async let next = queue.next()
        await time.waitForSleepers()
        queue.add(ObjectKey(name: "b"))
        #expect(await next == ObjectKey(name: "b"))
    }

    @Test func shutDownEndsTheReader() async {
        let queue = WorkQueue(name: "test", time: ManualTime().source)
        async let next = queue.next()
        queue.shutDown()
        #expect(await next == nil)
    }

    @Test func cancellationEndsTheReader() async {
        let queue = WorkQueue(name: "test", time: ManualTime().source)
        let next = await withTaskGroup(of: ObjectKey?.self) { group in
            group.addTask { await queue.next() }
            group.cancelAll()
            return await group.next() ?? nil
        }
        #expect(next == nil)
    }
}
