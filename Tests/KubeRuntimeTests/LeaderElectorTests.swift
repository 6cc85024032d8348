import FakeCluster
import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import TestSupport
import Testing

/// Two candidates and one lease on a fake cluster.
@Suite(.timeLimit(.minutes(5)))
struct LeaderElectorTests {
    private let time = ManualTime()
    private let leaders = Journal<String>()

    private func cluster() throws -> FakeCluster {
        try FakeCluster(
            configuration: .init(time: time.source, runsPods: false),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func elector(_ identity: String, _ client: KubeClient) -> LeaderElector {
        LeaderElector(
            .init(namespace: "default", name: "test", identity: identity), client: client, time: time.source,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, seed: 1)
    }

    private func holder(_ client: KubeClient) async throws -> String? {
        try await client.get(.leases, namespace: "default", name: "test")[path: "spec", "holderIdentity"]?.string
    }

    @Test func aLeaderGivesTheLeaseBackWhenItsWorkEnds() async throws {
        let client = KubeClient(transport: try cluster().transport())
        for identity in ["first", "second"] {
            try await elector(identity, client).run {
                leaders.add(identity)
                let found = try await holder(client)
                #expect(found == identity)
            }
            #expect(await leaders.next() == identity)
            let found = try await holder(client)
            #expect(found == nil)
        }
    }

    @Test func aCandidateWaitsUntilTheLeaseIsFree() async throws {
        let client = KubeClient(transport: try cluster().transport())
        let end = Journal<Void>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await elector("first", client).run {
                    leaders.add("first")
                    _ = await end.next()
                }
            }
            #expect(await leaders.next() == "first")
            group.addTask { try await elector("second", client).run { leaders.add("second") } }
            // The second one has looked, and found the lease taken.
            await time.waitForSleepers(2, dueWithin: .seconds(3))
            let found = try await holder(client)
            #expect(found == "first")
            end.add(())
            for try await event in try await client.watch(.leases, namespace: "default") {
                if case .bookmark = event { continue }
                if event.object?[path: "spec", "holderIdentity"] == nil { break }
            }
            group.addTask {
                while !Task.isCancelled {
                    await time.waitForSleepers()
                    time.advanceToNext()
                }
            }
            #expect(await leaders.next() == "second")
            group.cancelAll()
        }
    }
}
