import KubeObjects
import Testing

@testable import KubeRuntime

struct LeaderElectionStateTests {
    private let start = Timestamp(seconds: 1_000)

    private func candidate(_ identity: String = "me") -> LeaderElectionState {
        LeaderElectionState(.init(namespace: "system", name: "lease", identity: identity), seed: 1)
    }

    private func lease(holder: String, renewed: Timestamp, transitions: Int64 = 0) -> KubeObject {
        var lease = KubeObject(
            apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace: "system", name: "lease")
        lease["spec"] = [
            "holderIdentity": .string(holder), "leaseDurationSeconds": 15, "renewTime": .string(renewed.rfc3339Micro),
            "acquireTime": .string(start.rfc3339Micro), "leaseTransitions": .integer(transitions),
        ]
        return lease
    }

    private func written(_ action: LeaderElectionState.Action) -> KubeObject? {
        switch action {
        case .create(let lease), .update(let lease): lease
        case .read, .wait: nil
        }
    }

    /// A candidate that leads since `start`.
    private func leader() throws -> LeaderElectionState {
        var state = candidate()
        #expect(state.handle(.ready, now: start) == .read)
        let action = state.handle(.missing, now: start)
        let lease = try #require(written(action))
        #expect(state.handle(.written(lease), now: start) == .wait(.seconds(2)))
        #expect(state.isLeading)
        return state
    }

    @Test func aMissingLeaseIsMade() throws {
        var state = candidate()
        let action = state.handle(.missing, now: start)
        let lease = try #require(written(action))
        #expect(lease[path: "spec", "holderIdentity"] == "me")
        #expect(lease[path: "spec", "leaseDurationSeconds"] == 15)
        #expect(lease[path: "spec", "leaseTransitions"] == 0)
        #expect(!state.isLeading)
    }

    @Test func aHeldLeaseIsWaitedFor() {
        var state = candidate()
        guard case .wait(let pause) = state.handle(.found(lease(holder: "you", renewed: start)), now: start) else {
            Issue.record("the lease was not waited for")
            return
        }
        #expect(pause >= .seconds(2) && pause <= .seconds(2.4))
    }

    @Test func aLeaseThatIsNotRenewedIsTakenByTheClockHere() throws {
        var state = candidate()
        // The holder's clock is an hour behind: only what is seen here counts.
        let old = lease(holder: "you", renewed: start + .seconds(-3600))
        _ = state.handle(.found(old), now: start)
        guard case .wait = state.handle(.found(old), now: start + .seconds(14)) else {
            Issue.record("the lease was taken too early")
            return
        }
        let action = state.handle(.found(old), now: start + .seconds(15))
        let lease = try #require(written(action))
        #expect(lease[path: "spec", "holderIdentity"] == "me")
        #expect(lease[path: "spec", "leaseTransitions"] == 1)
    }

    @Test func aRenewedLeaseIsNotTaken() {
        var state = candidate()
        _ = state.handle(.found(lease(holder: "you", renewed: start)), now: start)
        _ = state.handle(.found(lease(holder: "you", renewed: start + .seconds(10))), now: start + .seconds(10))
        guard
            case .wait = state.handle(
                .found(lease(holder: "you", renewed: start + .seconds(10))), now: start + .seconds(20))
        else {
            Issue.record("the lease was taken")
            return
        }
    }

    @Test func aLeaseGivenBackIsTakenAtOnce() {
        var state = candidate()
        let action = state.handle(.found(lease(holder: "", renewed: start)), now: start)
        #expect(written(action)?[path: "spec", "holderIdentity"] == "me")
    }

    @Test func aLeaderRenewsWithoutReading() throws {
        var state = try leader()
        let action = state.handle(.ready, now: start + .seconds(2))
        let lease = try #require(written(action))
        #expect(lease[path: "spec", "renewTime"]?.string == (start + .seconds(2)).rfc3339Micro)
        #expect(lease[path: "spec", "acquireTime"]?.string == start.rfc3339Micro)
        #expect(lease[path: "spec", "leaseTransitions"] == 0)
    }

    @Test func aLeaderThatCannotRenewStepsDownBeforeTheLeaseEnds() throws {
        var state = try leader()
        _ = state.handle(.ready, now: start + .seconds(2))
        #expect(state.handle(.failed, now: start + .seconds(3)) == .wait(.seconds(2)))
        #expect(state.handle(.failed, now: start + .seconds(9)) == .wait(.seconds(1)))
        #expect(state.isLeading)
        #expect(state.handle(.ready, now: start + .seconds(10)) == .read)
        #expect(!state.isLeading)
    }

    @Test func theLeaseCountsFromTheRequestAndNotFromTheAnswer() throws {
        var state = try leader()
        let action = state.handle(.ready, now: start + .seconds(2))
        let lease = try #require(written(action))
        _ = state.handle(.written(lease), now: start + .seconds(8))
        #expect(state.leadsUntil == start + .seconds(12))
    }

    @Test func aLeaderThatFindsAnotherHolderStepsDown() throws {
        var state = try leader()
        #expect(state.handle(.conflict, now: start + .seconds(2)) == .read)
        _ = state.handle(.found(lease(holder: "you", renewed: start)), now: start + .seconds(2))
        #expect(!state.isLeading)
    }

    @Test func aLeaseIsGivenBackOnlyByItsHolder() throws {
        var state = try leader()
        let released = state.release(now: start + .seconds(3))
        let lease = try #require(released)
        #expect(lease[path: "spec", "holderIdentity"] == nil)
        #expect(!state.isLeading)
        let again = state.release(now: start + .seconds(3))
        #expect(again == nil)
    }

    /// Two candidates with failing requests and one lease: never do both lead.
    @Test(arguments: UInt64(1)...20)
    func twoNeverLead(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var candidates = [candidate("a"), candidate("b")]
        var pending: [LeaderElectionState.Action] = [.read, .read]
        var resumeAt = [start, start]
        var stored: KubeObject?
        var version = 0
        var now = start
        for _ in 0..<2_000 {
            now = now + .milliseconds(Int64.random(in: 1...700, using: &random))
            for index in candidates.indices where resumeAt[index] <= now {
                let isLost = Double.random(in: 0..<1, using: &random) < 0.3
                let event: LeaderElectionState.Event
                switch pending[index] {
                case .wait: event = .ready
                case .read: event = isLost ? .failed : stored.map { .found($0) } ?? .missing
                case .create(let lease):
                    guard stored == nil else {
                        event = .conflict
                        break
                    }
                    version += 1
                    stored = lease
                    stored?.metadata["resourceVersion"] = .string("\(version)")
                    event = isLost ? .failed : stored.map { .written($0) } ?? .failed
                case .update(let lease):
                    guard lease.resourceVersion == stored?.resourceVersion else {
                        event = .conflict
                        break
                    }
                    version += 1
                    stored = lease
                    stored?.metadata["resourceVersion"] = .string("\(version)")
                    event = isLost ? .failed : stored.map { .written($0) } ?? .failed
                }
                pending[index] = candidates[index].handle(event, now: now)
                if case .wait(let duration) = pending[index] { resumeAt[index] = now + duration }
            }
            let leaders = candidates.filter { candidate in candidate.leadsUntil.map { now < $0 } ?? false }
            #expect(leaders.count <= 1)
        }
    }
}
