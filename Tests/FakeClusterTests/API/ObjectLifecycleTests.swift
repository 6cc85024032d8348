import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

struct ObjectLifecycleTests {
    private let path = "/api/v1/namespaces/demo/configmaps"

    @Test func anObjectIsCreatedReadReplacedAndDeleted() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let created = try await server.makeConfigMap("one", in: "demo")
        #expect(created.uid?.count == 36)
        #expect(created.creationTimestamp != nil)
        #expect(try await server.send(.get, "\(path)/one").json == created.value)

        let replaced = try await server.send(.put, "\(path)/one", TestServer.configMap("one", value: "2"))
        #expect(replaced.status == 200)
        #expect(replaced.json[path: "metadata", "uid"]?.string == created.uid)
        #expect(replaced.json[path: "metadata", "resourceVersion"]?.string != created.resourceVersion)

        let deleted = try await server.send(.delete, "\(path)/one")
        #expect(deleted.json[path: "details", "uid"]?.string == created.uid)
        let gone = try await server.send(.get, "\(path)/one")
        #expect(gone.status == 404)
        #expect(gone.json["message"]?.string == "configmaps \"one\" not found")
    }

    @Test func anUpdateThatChangesNothingKeepsTheVersion() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let created = try await server.makeConfigMap("one", in: "demo")
        let same = try await server.send(.put, "\(path)/one", TestServer.configMap("one"))
        #expect(same.json == created.value)
    }

    @Test func aStaleVersionLoses() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        var first = try await server.makeConfigMap("one", in: "demo")
        first["data"] = ["a": "2"]
        #expect(try await server.send(.put, "\(path)/one", first.value).status == 200)
        first["data"] = ["a": "3"]
        let second = try await server.send(.put, "\(path)/one", first.value)
        #expect(second.status == 409)
        #expect(second.json["reason"]?.string == "Conflict")
    }

    @Test func aReplacementMadeFromAnObjectThatIsGoneIsAConflict() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let first = try await server.makeConfigMap("one", in: "demo")
        _ = try await server.send(.delete, "\(path)/one")
        let second = try await server.makeConfigMap("one", in: "demo")
        var stale = try #require(KubeObject(TestServer.configMap("one", value: "2")))
        stale.metadata["uid"] = .string(first.uid ?? "")
        let answer = try await server.send(.put, "\(path)/one", stale.value)
        #expect(answer.status == 409)
        #expect(
            answer.json["message"]?.string?.hasSuffix(
                "Precondition failed: UID in precondition: \(first.uid ?? ""), UID in object meta: \(second.uid ?? "")")
                == true)
    }

    @Test func preconditionsGuardADeletion() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let object = try await server.makeConfigMap("one", in: "demo")
        for preconditions: JSONValue in [["uid": "other"], ["resourceVersion": "1"]] {
            let answer = try await server.send(.delete, "\(path)/one", ["preconditions": preconditions])
            #expect(answer.status == 409)
            #expect(answer.json["message"]?.string?.contains("in the precondition") == true)
        }
        let mine: JSONValue = [
            "uid": .string(object.uid ?? ""), "resourceVersion": .string(object.resourceVersion ?? ""),
        ]
        #expect(try await server.send(.delete, "\(path)/one", ["preconditions": mine]).status == 200)
    }

    @Test func generatedNamesEndInFiveCharactersOfTheSafeAlphabet() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let answer = try await server.send(
            .post, path, ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["generateName": "gen-"]])
        let name = try #require(answer.json[path: "metadata", "name"]?.string)
        #expect(name.wholeMatch(of: /gen-[bcdfghjklmnpqrstvwxz2456789]{5}/) != nil)
    }

    @Test func aFinalizerKeepsAnObjectUntilItIsTakenAway() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        var object = try #require(KubeObject(TestServer.configMap("one")))
        object.metadata["finalizers"] = ["example.com/hold"]
        #expect(try await server.send(.post, path, object.value).status == 201)

        let deleted = try await server.send(.delete, "\(path)/one")
        #expect(deleted.json["kind"]?.string == "ConfigMap")
        #expect(deleted.json[path: "metadata", "deletionTimestamp"] != nil)
        #expect(deleted.json[path: "metadata", "deletionGracePeriodSeconds"]?.integer == 0)

        object.metadata["finalizers"] = nil
        #expect(try await server.send(.put, "\(path)/one", object.value).status == 200)
        #expect(try await server.send(.get, "\(path)/one").status == 404)
    }

    @Test func aDryRunStoresNothing() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let answer = try await server.send(.post, "\(path)?dryRun=All", TestServer.configMap("one"))
        #expect(answer.status == 201)
        #expect(answer.json[path: "metadata", "resourceVersion"] == nil)
        #expect(try await server.send(.get, "\(path)/one").status == 404)
    }

    @Test func generationsCountChangesOfTheSpecOnly() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let path = "/apis/example.com/v1/namespaces/demo/widgets"
        var widget = KubeObject(apiVersion: "example.com/v1", kind: "Widget", name: "w")
        widget["spec"] = ["size": 1]
        #expect(try await server.send(.post, path, widget.value).json[path: "metadata", "generation"]?.integer == 1)
        widget["status"] = ["phase": "x"]
        let status = try await server.send(.put, "\(path)/w/status", widget.value)
        #expect(status.json[path: "status", "phase"]?.string == "x")
        #expect(status.json[path: "metadata", "generation"]?.integer == 1)
        widget["spec"] = ["size": 2]
        #expect(
            try await server.send(.put, "\(path)/w", widget.value).json[path: "metadata", "generation"]?.integer == 2)
    }

    @Test func listsAreOrderedAndPaged() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        for name in ["c", "a", "e", "b", "d"] { try await server.makeConfigMap(name, in: "demo") }
        var names: [String] = []
        var token = ""
        var pages = 0
        repeat {
            let page = try await server.send(.get, "\(path)?limit=2&continue=\(token)").json
            names += page["items"]?.array?.compactMap { $0[path: "metadata", "name"]?.string } ?? []
            token = PercentEncoding.encode(page[path: "metadata", "continue"]?.string ?? "")
            pages += 1
            // What comes between two pages does not show in the later ones.
            if pages == 1 { try await server.makeConfigMap("bb", in: "demo") }
        } while !token.isEmpty
        #expect(names == ["a", "b", "c", "d", "e"])
        #expect(pages == 3)
    }

    @Test func aDeletionThatIsNotDoneAtOnceIsAcceptedIfItLeavesNoOrphans() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        var held = TestServer.configMap("held")
        held.set(["example.com/held"], at: ["metadata", "finalizers"])
        _ = try await server.send(.post, path, held)
        #expect(try await server.send(.delete, "\(path)/held?orphanDependents=false").status == 202)
        #expect(try await server.send(.delete, "\(path)/held?propagationPolicy=Background").status == 200)
    }

    @Test func aSecondStartFindsEverything() async throws {
        let directory = try TemporaryFolder()
        let first = try TestServer(.init(dataDirectory: directory.path, runsPods: false))
        try await first.makeNamespace("demo")
        let created = try await first.makeConfigMap("one", in: "demo")
        let token = first.cluster.adminToken
        try first.cluster.close()

        let second = try TestServer(.init(dataDirectory: directory.path, runsPods: false))
        #expect(second.cluster.adminToken == token)
        #expect(try await second.send(.get, "\(path)/one").json == created.value)
        let next = try await second.makeConfigMap("two", in: "demo")
        #expect(try #require(UInt64(next.resourceVersion ?? "")) > #require(UInt64(created.resourceVersion ?? "")))
    }
}
