import KubeClient
import KubeObjects
import KubeWire
import Logging
import Synchronization
import TestSupport
import Testing

@testable import KubeRuntime

@Suite(.timeLimit(.minutes(5)))
struct InformerTests {
    private let time = ManualTime()

    private func pod(_ name: String, version: Int) -> JSONValue {
        [
            "metadata": [
                "name": .string(name), "namespace": "demo", "uid": .string("uid-\(name)"),
                "resourceVersion": .string("\(version)"), "managedFields": [["manager": "x"]],
            ]
        ]
    }

    private func list(_ items: [JSONValue], version: Int, continue token: String? = nil) -> ScriptedServer.Answer {
        var metadata: JSONObject = ["resourceVersion": .string("\(version)")]
        metadata["continue"] = token.map { .string($0) }
        return .json(["kind": "PodList", "apiVersion": "v1", "metadata": .object(metadata), "items": .array(items)])
    }

    private func frame(_ type: String, _ object: JSONValue) -> String {
        JSONValue.object(["type": .string(type), "object": object]).encodedString()
    }

    private func informer(
        _ server: ScriptedServer, change: (inout Informer.Configuration) -> Void = { _ in }
    ) -> Informer {
        var configuration = Informer.Configuration(resource: .pods)
        change(&configuration)
        return Informer(
            configuration, client: KubeClient(transport: server), time: time.source,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, seed: 1)
    }

    /// Runs an informer until a body is done, and gives it the changes as they come.
    private func run(_ informer: Informer, _ body: (Journal<String>) async throws -> Void)
        async throws
    {
        let changes = Journal<String>()
        informer.addHandler { change in
            switch change {
            case .added(let object): changes.add("added \(object.key) \(object.resourceVersion ?? "")")
            case .updated(_, let object): changes.add("updated \(object.key) \(object.resourceVersion ?? "")")
            case .deleted(let object): changes.add("deleted \(object.key)")
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await informer.run() }
            try await body(changes)
            group.cancelAll()
        }
    }

    @Test func itListsInPagesThenWatchesAndTellsEachChange() async throws {
        let server = ScriptedServer([
            list([pod("a", version: 1)], version: 0, continue: "next"), list([pod("b", version: 2)], version: 5),
            .watch([frame("MODIFIED", pod("a", version: 6)), frame("DELETED", pod("b", version: 7))], end: .open),
        ])
        let informer = informer(server)
        try await run(informer) { changes in
            #expect(await changes.next() == "added demo/a 1")
            #expect(await changes.next() == "added demo/b 2")
            try await informer.waitUntilSynced()
            #expect(await changes.next() == "updated demo/a 6")
            #expect(await changes.next() == "deleted demo/b")
        }
        #expect(informer.store.all().map(\.resourceVersion) == ["6"])
        #expect(informer.store.all().first?.metadata["managedFields"] == nil)
        #expect(
            server.requests == [
                "GET /api/v1/pods?limit=500", "GET /api/v1/pods?limit=500&continue=next",
                "GET /api/v1/pods?watch=true&resourceVersion=5&allowWatchBookmarks=true",
            ])
    }

    /// Of what is not kept nothing is told, in a list or a watch; what was kept before leaves the store.
    @Test func itKeepsOnlyWhatItIsToldTo() async throws {
        let server = ScriptedServer([
            list([pod("a", version: 1), pod("b-over", version: 2)], version: 5),
            .watch(
                [
                    frame("ADDED", pod("c-over", version: 6)), frame("DELETED", pod("c-over", version: 7)),
                    frame("MODIFIED", pod("b-over", version: 8)), frame("MODIFIED", pod("a", version: 9)),
                ], end: .open),
        ])
        let informer = informer(server) { configuration in
            configuration.keep = { $0.name?.hasSuffix("-over") == true ? nil : $0 }
        }
        try await run(informer) { changes in
            #expect(await changes.next() == "added demo/a 1")
            #expect(await changes.next() == "updated demo/a 9")
            #expect(informer.store.all().map(\.name) == ["a"])
            let known = try #require(informer.store.all().first)
            var another = known
            another.metadata["uid"] = "another"
            informer.release([another])
            #expect(informer.store.count == 1)
            informer.release([known])
            #expect(informer.store.count == 0)
        }
    }

    /// An informer that looks into another's store asks for nothing before there is something to see.
    @Test(arguments: [true, false]) func itWaitsForItsPredecessor(isMissing: Bool) async throws {
        let missing = KubeStatus(code: 404, reason: .notFound, message: "the server could not find it")
        let first = ScriptedServer(
            [.status(KubeStatus(code: 503, reason: .serviceUnavailable, message: "not now"))]
                + (isMissing ? [.status(missing)] : [list([], version: 5), .watch([], end: .open)]))
        let second = ScriptedServer([list([pod("a", version: 1)], version: 5), .watch([], end: .open)])
        let predecessor = informer(first)
        let informer = informer(second) { $0.predecessor = predecessor }
        try await run(informer) { changes in
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await predecessor.run() }
                await first.waitForRequests(1)
                await time.waitForSleepers()
                #expect(second.requests.isEmpty)
                #expect(informer.lastActivity == predecessor.lastActivity)
                time.advance(by: .seconds(2))
                #expect(await changes.next() == "added demo/a 1")
                #expect(predecessor.phase == (isMissing ? .missing : .watching))
                group.cancelAll()
            }
        }
    }

    @Test func aBrokenWatchGoesOnFromItsLastVersion() async throws {
        let server = ScriptedServer([
            list([], version: 5), .watch([frame("ADDED", pod("a", version: 6))], end: .broken),
            .watch([frame("ADDED", pod("b", version: 8))], end: .open),
        ])
        try await run(informer(server)) { changes in
            #expect(await changes.next() == "added demo/a 6")
            await time.waitForSleepers(dueWithin: .seconds(2))
            time.advance(by: .seconds(2))
            #expect(await changes.next() == "added demo/b 8")
        }
        #expect(server.requests.last == "GET /api/v1/pods?watch=true&resourceVersion=6&allowWatchBookmarks=true")
    }

    @Test func anExpiredVersionIsListedAnewAndOnlyDifferencesAreTold() async throws {
        let gone = KubeStatus(code: 410, reason: .expired, message: "too old resource version")
        let server = ScriptedServer([
            list([pod("a", version: 1), pod("b", version: 2)], version: 5), .status(gone),
            list([pod("b", version: 2), pod("c", version: 9)], version: 9), .watch([], end: .open),
        ])
        try await run(informer(server)) { changes in
            #expect(await changes.next() == "added demo/a 1")
            #expect(await changes.next() == "added demo/b 2")
            #expect(await changes.next() == "deleted demo/a")
            #expect(await changes.next() == "added demo/c 9")
        }
    }

    @Test func aFrameThatCannotBeReadLeadsToAList() async throws {
        let server = ScriptedServer([
            list([], version: 5), .watch(["{\"type\": \"ADDED\", \"object\": {"], end: .open),
            list([pod("a", version: 6)], version: 6), .watch([], end: .open),
        ])
        try await run(informer(server)) { changes in
            await time.waitForSleepers(dueWithin: .seconds(2))
            time.advance(by: .seconds(2))
            #expect(await changes.next() == "added demo/a 6")
        }
    }

    @Test func aResourceThatIsMissingIsWaitedFor() async throws {
        let missing = KubeStatus(code: 404, reason: .notFound, message: "the server could not find it")
        let server = ScriptedServer([
            .status(missing), .status(missing), list([pod("a", version: 6)], version: 6), .watch([], end: .open),
        ])
        let informer = informer(server)
        try await run(informer) { changes in
            for round in 1...2 {
                await server.waitForRequests(round)
                await time.waitForSleepers()
                #expect(informer.phase == .missing)
                #expect(!informer.hasSynced)
                time.advance(by: .seconds(5))
            }
            #expect(await changes.next() == "added demo/a 6")
            #expect(informer.hasSynced)
        }
    }

    @Test func aWatchThatNobodyEndsIsEndedHere() async throws {
        let server = ScriptedServer([list([], version: 5), .watch([], end: .open), .watch([], end: .open)])
        try await run(informer(server)) { _ in
            await server.waitForRequests(2)
            await time.waitForSleepers()
            time.advance(by: .seconds(700))
            await server.waitForRequests(3)
        }
        #expect(server.requests.last == "GET /api/v1/pods?watch=true&resourceVersion=5&allowWatchBookmarks=true")
    }

    @Test func eachNamespaceIsFollowedAlone() async throws {
        let server = ScriptedServer([list([], version: 5), .watch([], end: .open)])
        var configuration = Informer.Configuration(resource: .pods)
        configuration.namespaces = ["demo"]
        configuration.labelSelector = "app"
        let informer = Informer(
            configuration, client: KubeClient(transport: server), time: time.source, logger: Logger(label: "test"))
        try await run(informer) { _ in await server.waitForRequests(2) }
        #expect(server.requests.first == "GET /api/v1/namespaces/demo/pods?labelSelector=app&limit=500")
    }
}
