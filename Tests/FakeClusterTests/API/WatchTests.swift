import HTTPTypes
import KubeObjects
import KubeWire
import TestSupport
import Testing

@testable import FakeCluster

struct WatchTests {
    private let path = "/api/v1/namespaces/demo/configmaps"

    private struct Frame {
        var type: String
        var object: KubeObject
        var version: UInt64 { UInt64(object.resourceVersion ?? "") ?? 0 }
    }

    /// Reads the frames of a watch.
    private struct Frames {
        private var iterator: ResponseBody.Iterator
        private var splitter = LineSplitter()
        private var lines: [[UInt8]] = []

        init(_ response: WireResponse) { iterator = response.body.makeAsyncIterator() }

        mutating func next() async throws -> Frame? {
            while lines.isEmpty {
                guard let chunk = try await iterator.next() else { return nil }
                lines = splitter.append(chunk)
            }
            let frame = try JSONValue(parsing: lines.removeFirst())
            return Frame(
                type: frame["type"]?.string ?? "", object: KubeObject(frame["object"] ?? .null) ?? KubeObject([:]))
        }
    }

    private func watch(_ server: TestServer, _ query: String) async -> Frames {
        Frames(
            await server.cluster.handle(
                WireRequest(method: .get, path: "\(path)?watch=true&\(query)"), identity: .admin))
    }

    @Test func changesAfterAVersionComeInOrder() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let created = try await server.makeConfigMap("one", in: "demo")
        _ = try await server.send(.put, "\(path)/one", TestServer.configMap("one", value: "2"))
        try await server.makeConfigMap("two", in: "demo")
        var frames = await watch(server, "resourceVersion=\(created.resourceVersion ?? "")")
        let modified = try #require(try await frames.next())
        #expect(modified.type == "MODIFIED")
        #expect(modified.object[path: "data", "a"]?.string == "2")
        let added = try #require(try await frames.next())
        #expect(added.type == "ADDED" && added.object.name == "two")
        // From here on the changes come as they happen.
        async let next = frames.next()
        _ = try await server.send(.delete, "\(path)/one")
        let deleted = try #require(try await next)
        #expect(deleted.type == "DELETED")
        #expect(deleted.object[path: "data", "a"]?.string == "2")
    }

    struct OlderCase: Sendable, CustomTestStringConvertible {
        var path: String
        var method = HTTPRequest.Method.get
        /// The objects that are shown, or what the refusal says.
        var names: [String] = []
        var code = 200
        var testDescription: String { "\(method) \(path)" }
    }

    @Test(
        "paths of the older form watch",
        arguments: [
            OlderCase(path: "/api/v1/watch/configmaps", names: ["demo/one", "demo/two", "other/one"]),
            OlderCase(path: "/api/v1/watch/namespaces/demo/configmaps", names: ["demo/one", "demo/two"]),
            OlderCase(path: "/api/v1/watch/namespaces/demo/configmaps/two", names: ["demo/two"]),
            OlderCase(path: "/api/v1/watch/namespaces/demo/configmaps/two?watch=false", names: ["demo/two"]),
            OlderCase(
                path: "/api/v1/watch/namespaces/demo/configmaps/two?fieldSelector=metadata.name%3Dtwo",
                names: ["demo/two"]),
            OlderCase(
                path: "/api/v1/watch/namespaces/demo/configmaps/two?fieldSelector=metadata.name%3Done",
                names: ["fieldSelector metadata.name doesn't match requested name"], code: 400),
            OlderCase(path: "/api/v1/watch/namespaces/demo", names: ["/demo"]),
            OlderCase(path: "/apis/example.com/v1/watch/widgets"),
            OlderCase(
                path: "/api/v1/watch/namespaces/demo/configmaps", method: .post,
                names: ["the server does not allow this method on the requested resource"], code: 405),
            OlderCase(
                path: "/api/v1/watch/namespaces/demo/configmaps/two", method: .delete,
                names: ["the server does not allow this method on the requested resource"], code: 405),
            OlderCase(
                path: "/api/v1/watch/nothings", names: ["the server could not find the requested resource"], code: 404),
        ])
    func olderPaths(_ test: OlderCase) async throws {
        let server = try TestServer()
        for namespace in ["demo", "other"] { try await server.makeNamespace(namespace) }
        for name in ["one", "two"] { try await server.makeConfigMap(name, in: "demo") }
        try await server.makeConfigMap("one", in: "other")
        let end = test.path.contains("?") ? "&timeoutSeconds=0" : "?timeoutSeconds=0"
        let answer = try await server.send(test.method, test.path + end)
        #expect(answer.status == test.code)
        if test.code != 200 {
            #expect(answer.json["message"]?.string == test.names.first)
            return
        }
        let shown = try answer.text.split(separator: "\n").map { line in
            let frame = try JSONValue(parsing: String(line))
            let metadata = frame[path: "object", "metadata"]
            #expect(frame["type"] == "ADDED")
            return "\(metadata?["namespace"]?.string ?? "")/\(metadata?["name"]?.string ?? "")"
        }
        #expect(shown == test.names)
    }

    @Test func withoutAVersionWhatIsThereComesFirst() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        try await server.makeConfigMap("one", in: "demo")
        var frames = await watch(
            server, "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true")
        #expect(try await frames.next()?.type == "ADDED")
        let bookmark = try #require(try await frames.next())
        #expect(bookmark.type == "BOOKMARK")
        #expect(bookmark.object.annotations[WatchEvent.initialEventsEndAnnotation] == "true")
    }

    @Test func anObjectThatLeavesTheSelectionIsDeletedForTheWatcher() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        var object = try #require(KubeObject(TestServer.configMap("one")))
        func label(_ value: String) async throws {
            object.metadata["labels"] = ["app": .string(value)]
            _ = try await server.send(.put, "\(path)/one", object.value)
        }
        _ = try await server.send(.post, path, object.value)
        var frames = await watch(server, "labelSelector=app%3Dweb&resourceVersion=\(server.version)")
        try await label("web")
        try await label("db")
        try await label("web")
        let added = try #require(try await frames.next())
        let deleted = try #require(try await frames.next())
        let again = try #require(try await frames.next())
        #expect([added.type, deleted.type, again.type] == ["ADDED", "DELETED", "ADDED"])
        // The watcher is shown what it knew, at the version of the change.
        #expect(deleted.object.labels == ["app": "web"])
        #expect(try #require(UInt64(deleted.object.resourceVersion ?? "")) > added.version)
    }

    /// Since WatchList, a watch that begins with what is there says so once it has sent all (`SetListOptionsDefaults`).
    @Test(arguments: ["", "&resourceVersion=0"])
    func aWatchWithoutVersionMarksTheEndOfWhatIsThere(_ version: String) async throws {
        let server = try TestServer(standard: .init(runsPods: false))
        let request = WireRequest(
            method: .get, path: "/apis/batch/v1/jobs?watch=1&allowWatchBookmarks=true&timeoutSeconds=1" + version)
        let response = await server.cluster.handle(request, identity: .admin)
        let frame = try JSONValue(parsing: try await response.body.collect())
        #expect(frame["type"] == "BOOKMARK")
        #expect(
            frame[path: "object", "metadata", "annotations"] == [WatchEvent.initialEventsEndAnnotation: "true"])
        // Go writes what is no pointer even if it is empty.
        #expect(frame[path: "object", "spec"] == ["template": ["metadata": [:], "spec": ["containers": .null]]])
        #expect(frame[path: "object", "status"] == [:])
    }

    @Test func aSilentWatchIsSentBookmarks() async throws {
        let time = ManualTime()
        let server = try TestServer(.init(time: time.source, runsPods: false))
        try await server.makeNamespace("demo")
        var frames = await watch(server, "allowWatchBookmarks=true&resourceVersion=\(server.version)")
        try await server.makeNamespace("other")
        async let next = frames.next()
        await time.waitForSleepers()
        time.advance(by: WatchStream.bookmarkInterval)
        let bookmark = try #require(try await next)
        #expect(bookmark.type == "BOOKMARK")
        #expect(bookmark.object.resourceVersion == "\(server.version)")
    }

    @Test func aWatchEndsAtItsTimeLimit() async throws {
        let time = ManualTime()
        let server = try TestServer(.init(time: time.source, runsPods: false))
        try await server.makeNamespace("demo")
        var frames = await watch(server, "timeoutSeconds=5")
        async let next = frames.next()
        await time.waitForSleepers()
        time.advance(by: .seconds(5))
        #expect(try await next == nil)
    }

    @Test(.timeLimit(.minutes(5))) func aWatchThatIsNeverSilentEndsInTime() async throws {
        let time = ManualTime()
        let server = try TestServer(.init(time: time.source, runsPods: false))
        try await server.makeNamespace("demo")
        var frames = await watch(server, "timeoutSeconds=5&allowWatchBookmarks=true")
        await time.waitForSleepers()
        try await server.makeConfigMap("before", in: "demo")
        time.advance(by: .seconds(5))
        var names: [String] = []
        for number in 0... {
            try await server.makeConfigMap("m\(number)", in: "demo")
            guard let frame = try await frames.next() else { break }
            names.append(frame.object.name ?? "")
        }
        #expect(names.first == "before")
    }

    @Test(arguments: [nil, TransportError(.connectionLost, "hung up")])
    func aSilentWatchIsEndedFromOutside(_ error: TransportError?) async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let response = await server.cluster.handle(
            WireRequest(method: .get, path: "\(path)?watch=true"), identity: .admin)
        let reading = Task { try await response.body.collect() }
        response.body.end(throwing: error)
        if let error {
            await #expect(throws: type(of: error)) { try await reading.value }
        } else {
            #expect(try await reading.value.isEmpty)
        }
    }

    @Test func aVersionThatIsForgottenIsTooOld() async throws {
        var configuration = FakeCluster.Configuration(runsPods: false)
        configuration.historyLimit = 4
        let server = try TestServer(configuration)
        try await server.makeNamespace("demo")
        let first = try await server.makeConfigMap("one", in: "demo")
        for value in 2..<12 {
            _ = try await server.send(.put, "\(path)/one", TestServer.configMap("one", value: "\(value)"))
        }
        var frames = await watch(server, "resourceVersion=\(first.resourceVersion ?? "")")
        let error = try #require(try await frames.next())
        #expect(error.type == "ERROR")
        #expect(error.object["code"]?.integer == 410)
        #expect(try await frames.next() == nil)
    }

    @Test func aCancelledWatchEnds() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let response = await server.cluster.handle(
            WireRequest(method: .get, path: "\(path)?watch=true"), identity: .admin)
        let reader = Task { try await response.body.collect() }
        reader.cancel()
        #expect(try await reader.value.isEmpty)
    }
}
