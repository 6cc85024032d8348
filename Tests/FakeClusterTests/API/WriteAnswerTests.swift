import HTTPTypes
import KubeObjects
import Testing

@testable import FakeCluster

/// What a write answers is, byte for byte, what is read afterwards.
struct WriteAnswerTests {
    /// A write of a widget.
    private struct Write: Sendable {
        var what: String
        var method: HTTPRequest.Method
        var name = "a"
        var version = "v1"
        /// What follows the name in the path.
        var rest = ""
        var contentType = "application/json"
        /// The body, made of the widget as it is.
        var body: @Sendable (JSONValue) -> JSONValue?

        func send(to server: TestServer, accept: String = "", query: String = "") async throws -> TestServer.Answer {
            let present = try await server.send(.get, WriteAnswerTests.path("a", version))
            let path =
                method == .post ? WriteAnswerTests.path("", version) : WriteAnswerTests.path(name, version) + rest
            let separator = rest.contains("?") || query.isEmpty ? "" : "?"
            return try await server.send(
                method, path + separator + query, body(present.json),
                headers: [.accept: accept, .contentType: contentType])
        }
    }

    private static let merge = "application/merge-patch+json"
    private static let apply = "application/apply-patch+yaml"

    /// One after the other, each of what those before it have left.
    private static let writes = [
        Write(what: "creation", method: .post, name: "b") { _ in widget("b", ["spec": ["n": .double(1)]]) },
        Write(what: "creation, members in another order", method: .post, name: "c") { _ in
            reversed(widget("c", ["spec": ["z": 1, "a": 2]]))
        },
        Write(what: "creation in another version", method: .post, name: "d", version: "v2") { _ in
            widget("d", version: "v2", ["spec": ["n": 1]])
        },
        Write(what: "creation by an apply", method: .patch, name: "e", rest: "?fieldManager=t", contentType: apply) {
            _ in
            widget("e", ["spec": ["n": 1]])
        },
        Write(what: "update", method: .put) { $0.with(2, at: "spec", "n") },
        Write(what: "update that changes nothing", method: .put, body: reversed),
        Write(what: "update in another version", method: .put, version: "v2") { $0.with(3, at: "spec", "n") },
        Write(what: "update of the status", method: .put, rest: "/status") { $0.with("On", at: "status", "phase") },
        Write(what: "patch of the status", method: .patch, rest: "/status", contentType: merge) { _ in
            ["status": ["phase": "Off"]]
        },
        Write(what: "merge patch", method: .patch, contentType: merge) { _ in
            ["spec": ["n": .null, "e\u{301}": "\u{E9}"]]
        },
        Write(what: "merge patch that changes nothing", method: .patch, contentType: merge) { _ in [:] },
        Write(what: "JSON patch", method: .patch, contentType: "application/json-patch+json") { _ in
            [["op": "add", "path": "/spec/n", "value": 4]]
        },
        Write(what: "apply", method: .patch, rest: "?fieldManager=t", contentType: apply) { _ in
            widget("a", ["spec": ["m": 1]])
        },
        Write(what: "apply that changes nothing", method: .patch, rest: "?fieldManager=t", contentType: apply) { _ in
            widget("a", ["spec": ["m": 1]])
        },
        Write(
            what: "apply in another version", method: .patch, version: "v2", rest: "?fieldManager=t", contentType: apply
        ) { _ in widget("a", version: "v2", ["spec": ["m": 2]]) },
        Write(what: "finalizer", method: .patch, contentType: merge) { _ in
            ["metadata": ["finalizers": ["example.com/wait"]]]
        },
        Write(what: "deletion that waits", method: .delete) { _ in nil },
    ]

    private static func path(_ name: String, _ version: String) -> String {
        "/apis/example.com/\(version)/namespaces/default/widgets" + (name.isEmpty ? "" : "/" + name)
    }

    private static func widget(_ name: String, version: String = "v1", _ content: JSONObject) -> JSONValue {
        var object = KubeObject(apiVersion: "example.com/\(version)", kind: "Widget", name: name)
        for (key, value) in content { object[key] = value }
        return object.value
    }

    private static func reversed(_ value: JSONValue) -> JSONValue {
        .object(JSONObject((value.object ?? [:]).reversed().map { ($0.key, $0.value) }))
    }

    /// A cluster with a widget, whose type is stored in one version and served in two. Its columns show no age.
    private static func server() async throws -> TestServer {
        let server = try TestServer(standard: .init(runsPods: false))
        func version(_ name: String) -> JSONValue {
            let open: JSONValue = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
            return [
                "name": .string(name), "served": true, "storage": .bool(name == "v1"), "subresources": ["status": [:]],
                "additionalPrinterColumns": [["name": "N", "type": "integer", "jsonPath": ".spec.n"]],
                "schema": ["openAPIV3Schema": ["type": "object", "properties": ["spec": open, "status": open]]],
            ]
        }
        let definition: JSONValue = [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": "widgets.example.com"],
            "spec": [
                "group": "example.com", "scope": "Namespaced", "names": ["plural": "widgets", "kind": "Widget"],
                "versions": [version("v1"), version("v2")],
            ],
        ]
        let made = try await server.send(.post, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
        try #require(made.status == 201, "\(made.text)")
        let widget = try await server.send(.post, path("", "v1"), widget("a", ["spec": ["n": 1]]))
        try #require(widget.status == 201, "\(widget.text)")
        return server
    }

    @Test(arguments: [
        "application/json", "application/yaml", "application/vnd.kubernetes.protobuf,application/json",
        "application/json;as=Table;v=v1;g=meta.k8s.io", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
    ])
    func aWriteAnswersWhatIsReadAfterIt(accept: String) async throws {
        let server = try await Self.server()
        for write in Self.writes {
            let answer = try await write.send(to: server, accept: accept)
            let read = try await server.send(.get, Self.path(write.name, write.version), headers: [.accept: accept])
            #expect(answer.status / 100 == 2 && read.status == 200, "\(write.what): \(answer.text)")
            #expect(Array(answer.text.utf8) == Array(read.text.utf8), "\(write.what)")
        }
    }

    /// Of a dry run the answer is what would be; what is read is what was.
    @Test func aDryRunAnswersWhatItDoesNotStore() async throws {
        let server = try await Self.server()
        for write in Self.writes where write.method != .delete && !write.what.hasSuffix("changes nothing") {
            let path = Self.path(write.name, write.version)
            let before = try await server.send(.get, path)
            let query = (write.rest.contains("?") ? "&" : "") + "dryRun=All"
            let answer = try await write.send(to: server, query: query)
            let after = try await server.send(.get, path)
            #expect(answer.status / 100 == 2, "\(write.what): \(answer.text)")
            #expect(answer.json["kind"] == "Widget", "\(write.what)")
            #expect(answer.text != after.text, "\(write.what)")
            #expect(before.text == after.text, "\(write.what)")
        }
    }
}

extension JSONValue {
    /// The value with another one at a path.
    fileprivate func with(_ value: JSONValue, at path: String...) -> JSONValue {
        var changed = self
        changed.set(value, at: path)
        return changed
    }
}
