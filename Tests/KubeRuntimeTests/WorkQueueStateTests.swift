import KubeObjects
import Testing

@testable import KubeRuntime

struct WorkQueueStateTests {
    private let start = Timestamp(seconds: 1_000)
    private let a = ObjectKey(namespace: "demo", name: "a")
    private let b = ObjectKey(namespace: "demo", name: "b")

    private func queue(concurrency: Int = 1) -> WorkQueueState {
        WorkQueueState(concurrency: concurrency, backoff: .item)
    }

    /// The next key, if there is one.
    private func take(_ queue: inout WorkQueueState, at now: Timestamp) -> ObjectKey? {
        guard case .work(let key, _) = queue.next(now: now) else { return nil }
        return key
    }

    @Test func aKeyStandsInTheLineOnce() {
        var queue = queue(concurrency: 2)
        let isNew = queue.add(a, now: start)
        #expect(isNew)
        let isNewa = queue.add(a, now: start)
        #expect(!isNewa)
        #expect(take(&queue, at: start) == a)
        #expect(queue.next(now: start) == .wait(until: nil))
    }

    @Test func aKeyInWorkWaitsForItsEnd() {
        var queue = queue(concurrency: 2)
        queue.add(a, now: start)
        #expect(take(&queue, at: start) == a)
        queue.add(a, now: start)
        #expect(take(&queue, at: start) == nil)
        queue.done(a, now: start)
        #expect(take(&queue, at: start) == a)
    }

    @Test func aKeyThatComesAgainGoesToTheBack() {
        var queue = queue()
        queue.add(a, now: start)
        #expect(take(&queue, at: start) == a)
        queue.add(a, now: start)
        queue.add(b, now: start)
        queue.done(a, now: start)
        #expect(take(&queue, at: start) == b)
    }

    private func keys(_ namespace: String, _ count: Int) -> [ObjectKey] {
        (0..<count).map { ObjectKey(namespace: namespace, name: "\(namespace)\($0)") }
    }

    /// All keys in the order of their turns.
    private func drain(_ queue: inout WorkQueueState) -> [String] {
        var names: [String] = []
        while let key = take(&queue, at: start) {
            names.append(key.name)
            queue.done(key, now: start)
        }
        return names
    }

    @Test func namespacesTakeTurns() {
        var queue = queue()
        for key in keys("a", 3) + keys("b", 2) + keys("c", 1) { queue.add(key, now: start) }
        #expect(drain(&queue) == ["a0", "b0", "c0", "a1", "b1", "a2"])
        #expect(queue.depth == 0)
    }

    @Test func whatHappensGoesBeforeTheBacklogWhichStillHasItsTurns() {
        var queue = queue()
        for key in keys("a", 3) { queue.add(key, isBacklog: true, now: start) }
        for key in keys("b", 5) { queue.add(key, now: start) }
        #expect(queue.depth == 8)
        #expect(drain(&queue) == ["b0", "b1", "b2", "a0", "b3", "b4", "a1", "a2"])
        #expect(queue.depth == 0)
    }

    @Test func aKeyOfTheBacklogToWhichSomethingHappensGoesFirstAndOnce() {
        var queue = queue()
        for key in keys("a", 3) { queue.add(key, isBacklog: true, now: start) }
        let last = keys("a", 3)[2]
        queue.add(last, now: start)
        #expect(queue.depth == 3)
        #expect(drain(&queue) == ["a2", "a0", "a1"])
        #expect(queue.depth == 0)
        // The void place in the backlog does no harm to a later one.
        queue.add(last, isBacklog: true, now: start)
        #expect(drain(&queue) == ["a2"])
    }

    @Test func noMoreKeysAreInWorkThanAllowed() {
        var queue = queue()
        queue.add(a, now: start)
        queue.add(b, now: start)
        #expect(take(&queue, at: start) == a)
        #expect(take(&queue, at: start) == nil)
        queue.done(a, now: start)
        #expect(take(&queue, at: start) == b)
    }

    @Test func aDelayedKeyComesAtItsMoment() {
        var queue = queue()
        queue.add(a, at: start + .seconds(10), now: start)
        #expect(queue.next(now: start) == .wait(until: start + .seconds(10)))
        #expect(take(&queue, at: start + .seconds(9)) == nil)
        #expect(take(&queue, at: start + .seconds(10)) == a)
        #expect(queue.delayedCount == 0)
    }

    @Test func theEarlierOfTwoDelaysCounts() {
        var queue = queue()
        queue.add(a, at: start + .seconds(10), now: start)
        queue.add(a, at: start + .seconds(5), now: start)
        queue.add(a, at: start + .seconds(20), now: start)
        #expect(queue.next(now: start) == .wait(until: start + .seconds(5)))
        #expect(take(&queue, at: start + .seconds(5)) == a)
        queue.done(a, now: start + .seconds(5))
        #expect(queue.next(now: start + .seconds(30)) == .wait(until: nil))
    }

    @Test func workDropsADelayThatItOvertakes() {
        var queue = queue()
        queue.add(a, at: start + .seconds(10), now: start)
        queue.add(a, now: start)
        #expect(take(&queue, at: start) == a)
        queue.done(a, now: start)
        #expect(queue.next(now: start + .seconds(10)) == .wait(until: nil))
    }

    @Test func failuresInARowWaitLonger() {
        var queue = queue()
        #expect(queue.retry(a, now: start) == .milliseconds(5))
        #expect(queue.retry(a, now: start) == .milliseconds(10))
        #expect(queue.retry(a, now: start) == .milliseconds(20))
        #expect(queue.retry(b, now: start) == .milliseconds(5))
        queue.forget(a)
        #expect(queue.retry(a, now: start) == .milliseconds(5))
    }

    @Test func timesAreTold() {
        var queue = queue()
        queue.add(a, now: start)
        #expect(queue.next(now: start + .seconds(3)) == .work(a, waited: .seconds(3)))
        #expect(queue.done(a, now: start + .seconds(5)) == .seconds(2))
        #expect(queue.done(a, now: start + .seconds(5)) == nil)
    }

    @Test func nothingIsGivenOutAfterShutDown() {
        var queue = queue()
        queue.add(a, now: start)
        queue.shutDown()
        let isNewb = queue.add(b, now: start)
        #expect(!isNewb)
        #expect(queue.next(now: start) == .finished)
    }

    /// Whatever happens in whatever order: no key is in work twice, none is lost, and the limit holds.
    @Test(arguments: UInt64(1)...20)
    func aRandomWalkKeepsTheRules(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var queue = queue(concurrency: 3)
        let keys = (0..<8).map { ObjectKey(name: "k\($0)") }
        var now = start
        var inWork: [ObjectKey] = []
        /// Keys that were added and not given out since.
        var owed: Set<ObjectKey> = []
        for _ in 0..<2_000 {
            let key = keys[Int.random(in: 0..<keys.count, using: &random)]
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                queue.add(key, now: now)
                owed.insert(key)
            case 1:
                queue.add(key, at: now + .seconds(Int64.random(in: 0..<30, using: &random)), now: now)
                owed.insert(key)
            case 2:
                _ = queue.retry(key, now: now)
                owed.insert(key)
            case 3: now = now + .seconds(Int64.random(in: 0..<10, using: &random))
            case 4:
                guard !inWork.isEmpty else { continue }
                queue.done(inWork.removeFirst(), now: now)
            default:
                guard case .work(let taken, _) = queue.next(now: now) else { continue }
                #expect(!inWork.contains(taken))
                inWork.append(taken)
                owed.remove(taken)
                #expect(inWork.count <= 3)
            }
        }
        now = now + .seconds(1_000)
        for key in inWork { queue.done(key, now: now) }
        while case .work(let taken, _) = queue.next(now: now) {
            owed.remove(taken)
            queue.done(taken, now: now)
        }
        #expect(owed.isEmpty)
        #expect(queue.next(now: now) == .wait(until: nil))
    }
}
