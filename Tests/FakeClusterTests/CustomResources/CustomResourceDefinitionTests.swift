import HTTPTypes
import KubeObjects
import KubeWire
import Logging
import Testing

@testable import FakeCluster

struct CustomResourceDefinitionTests {
    private static let collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    private let cluster: FakeCluster

    init() throws {
        cluster = try FakeCluster(
            configuration: .init(runsPods: false),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private static func definition(_ plural: String = "widgets", kind: String = "Widget") -> JSONValue {
        [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": .string("\(plural).example.com")],
            "spec": [
                "group": "example.com", "scope": "Namespaced",
                "names": ["plural": .string(plural), "kind": .string(kind)],
                "versions": [
                    [
                        "name": "v1", "served": true, "storage": true,
                        "schema": [
                            "openAPIV3Schema": [
                                "type": "object", "properties": ["spec": ["type": "object"]],
                            ]
                        ],
                    ]
                ],
            ],
        ]
    }

    private func send(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil) async throws -> (
        status: Int, json: JSONValue
    ) {
        let request = WireRequest(
            method: method, path: path, headers: [.contentType: "application/json"], body: body?.encoded() ?? [])
        let response = await cluster.handle(request, identity: .admin)
        return (response.status.code, (try? JSONValue(parsing: try await response.body.collect())) ?? .null)
    }

    @Test(arguments: [
        (
            "example.com/v2", "Widget", 400,
            "the API version in the data (example.com/v2) does not match the expected API version (example.com/v1)"
        ),
        (
            "example.com/v1", "Gadget", 422,
            "Widget.example.com \"a\" is invalid: kind: Invalid value: \"Gadget\": must be Widget"
        ),
    ])
    func `an object of another kind or version is refused`(
        apiVersion: String, kind: String, status: Int, message: String
    ) async throws {
        #expect(try await send(.post, Self.collection, Self.definition()).status == 201)
        let answer = try await send(
            .post, "/apis/example.com/v1/namespaces/default/widgets",
            KubeObject(apiVersion: apiVersion, kind: kind, name: "a").value)
        #expect(answer.status == status)
        #expect(answer.json["message"]?.string == message)
    }

    @Test func `a patch makes no object of another kind`() async throws {
        #expect(try await send(.post, Self.collection, Self.definition()).status == 201)
        let path = "/apis/example.com/v1/namespaces/default/widgets"
        _ = try await send(.post, path, KubeObject(apiVersion: "example.com/v1", kind: "Widget", name: "a").value)
        let answer = await cluster.handle(
            WireRequest(
                method: .patch, path: path + "/a", headers: [.contentType: "application/merge-patch+json"],
                body: Array(#"{"kind": "Gadget"}"#.utf8)), identity: .admin)
        #expect(answer.status == .unprocessableContent)
        let status = try JSONValue(parsing: try await answer.body.collect())
        #expect(
            status["message"] == #"Widget.example.com "a" is invalid: kind: Invalid value: "Gadget": must be Widget"#)
    }

    @Test func `an accepted definition is served at once`() async throws {
        let created = try await send(.post, Self.collection, Self.definition())
        #expect(created.status == 201)
        // What controllers of a real server find out afterwards is no part of the answer.
        #expect(created.json["status"]?["conditions"] == .null)
        let status = try await send(.get, Self.collection + "/widgets.example.com").json["status"]
        #expect(status?["conditions"]?.array?.map { $0.text("type") } == ["NamesAccepted", "Established"])
        #expect(status?[path: "acceptedNames", "listKind"] == "WidgetList")
        #expect(try await send(.get, "/apis/example.com/v1/widgets").json["kind"] == "WidgetList")
    }

    @Test func `a column of text shows a map with its keys in order`() async throws {
        let definition = try JSONPatch([
            [
                "op": "add", "path": "/spec/versions/0/additionalPrinterColumns",
                "value": [["name": "Colors", "type": "string", "jsonPath": ".spec.colors"]],
            ],
            [
                "op": "add",
                "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/x-kubernetes-preserve-unknown-fields",
                "value": true,
            ],
        ]).apply(to: Self.definition())
        #expect(try await send(.post, Self.collection, definition).status == 201)
        let path = "/apis/example.com/v1/namespaces/default/widgets"
        let widget: JSONValue = [
            "apiVersion": "example.com/v1", "kind": "Widget", "metadata": ["name": "a"],
            "spec": ["colors": ["b": 1, "a": ["y": "<", "x": [2, 1]]]],
        ]
        #expect(try await send(.post, path, widget).status == 201)
        let request = WireRequest(
            method: .get, path: path, headers: [.accept: "application/json;as=Table;g=meta.k8s.io;v=v1"])
        let response = await cluster.handle(request, identity: .admin)
        let table = try JSONValue(parsing: try await response.body.collect())
        #expect(table["rows"]?[0]?["cells"] == ["a", #"{"a":{"x":[2,1],"y":"\u003c"},"b":1}"#])
    }

    @Test func `a replacement says what it was made from`() async throws {
        #expect(try await send(.post, Self.collection, Self.definition()).status == 201)
        let path = "/apis/example.com/v1/namespaces/default/widgets"
        let widget = KubeObject(apiVersion: "example.com/v1", kind: "Widget", name: "a").value
        #expect(try await send(.post, path, widget).status == 201)
        let refused = try await send(.put, path + "/a", widget)
        #expect(refused.status == 422)
        #expect(
            refused.json["message"]
                == #"widgets.example.com "a" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update"#
        )
        #expect(refused.json[path: "details", "kind"] == "widgets")
        let current = try await send(.get, path + "/a")
        #expect(try await send(.put, path + "/a", current.json).status == 200)
    }

    @Test func `a deprecated version is warned of`() async throws {
        var definition = Self.definition()
        let version = definition[path: "spec", "versions"]?[0] ?? [:]
        let versions: [JSONValue] = [("v1", nil), ("v1beta1", nil), ("v1alpha1", "go away")].map { name, words in
            var changed = version
            changed["name"] = .string(name)
            changed["storage"] = .bool(name == "v1")
            if name != "v1" { changed["deprecated"] = true }
            if let words { changed["deprecationWarning"] = .string(words) }
            return changed
        }
        definition.set(.array(versions), at: ["spec", "versions"])
        #expect(try await send(.post, Self.collection, definition).status == 201)
        for (version, warning) in [
            ("v1", nil), ("v1beta1", #"299 - "example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget""#),
            ("v1alpha1", #"299 - "go away""#),
        ] {
            let request = WireRequest(method: .get, path: "/apis/example.com/\(version)/widgets")
            let response = await cluster.handle(request, identity: .admin)
            #expect(response.headers.value("Warning") == warning)
        }
    }

    @Test func `a scale without its field is the server's fault`() async throws {
        var definition = Self.definition()
        definition.set(
            ["scale": ["specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"]],
            at: ["spec", "subresources"])
        var version = definition[path: "spec", "versions"]?[0] ?? [:]
        version["subresources"] = definition[path: "spec", "subresources"] ?? [:]
        version.set(
            ["type": "object", "x-kubernetes-preserve-unknown-fields": true], at: ["schema", "openAPIV3Schema"])
        definition.set(nil, at: ["spec", "subresources"])
        definition.set(.array([version]), at: ["spec", "versions"])
        #expect(try await send(.post, Self.collection, definition).status == 201)
        let path = "/apis/example.com/v1/namespaces/default/widgets"
        let widget = KubeObject(apiVersion: "example.com/v1", kind: "Widget", name: "a").value
        #expect(try await send(.post, path, widget).status == 201)
        let answer = try await send(.get, path + "/a/scale")
        #expect(answer.status == 500)
        #expect(
            answer.json["message"]
                == #"Internal error occurred: the spec replicas field ".spec.replicas" does not exist"#)
    }

    @Test func `a name that another definition has is not accepted`() async throws {
        _ = try await send(.post, Self.collection, Self.definition())
        let second = try await send(.post, Self.collection, Self.definition("gadgets"))
        #expect(second.status == 201)
        let stored = try await send(.get, Self.collection + "/gadgets.example.com").json
        let conditions = stored["status"]?.list("conditions") ?? []
        #expect(conditions.first?["reason"] == "SingularConflict")
        #expect(conditions.first?["message"] == "\"widget\" is already in use")
        #expect(conditions.last?["reason"] == "NotAccepted")
        #expect(try await send(.get, "/apis/example.com/v1/gadgets").status == 404)
    }

    @Test func `deleting a definition deletes its objects and then serves it no more`() async throws {
        _ = try await send(.post, Self.collection, Self.definition())
        let object = KubeObject(apiVersion: "example.com/v1", kind: "Widget", namespace: "default", name: "one")
        #expect(try await send(.post, "/apis/example.com/v1/namespaces/default/widgets", object.value).status == 201)
        let path = "\(Self.collection)/widgets.example.com"
        let deleted = try await send(.delete, path)
        #expect(deleted.json["status"]?.list("conditions").last?["reason"] == "InstanceDeletionPending")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.run() }
            var turns = 0
            while try await send(.get, path).status != 404, turns < 200 {
                try await Task.sleep(for: .milliseconds(10))
                turns += 1
            }
            group.cancelAll()
        }
        #expect(try await send(.get, path).status == 404)
        #expect(try await send(.get, "/apis/example.com/v1/widgets").status == 404)
    }
}
