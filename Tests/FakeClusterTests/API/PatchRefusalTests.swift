import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// What is said of patches that make no sense (apiserver, `endpoints/handlers/patch.go`).
struct PatchRefusalTests {
    struct PatchCase: Sendable, CustomTestStringConvertible {
        var type: PatchType
        var query = ""
        var path = maps + "/one"
        var body: String
        var status: Int
        var message: String?
        var warning: String?
        var testDescription: String { "\(type) \(body)" }
    }

    private static let maps = "/api/v1/namespaces/demo/configmaps"
    private static let rejected = "the server rejected our request due to an error in our request"
    private static let pod = "/api/v1/namespaces/demo/pods/p"

    static let cases = [
        PatchCase(type: .json, body: "null", status: 200),
        PatchCase(type: .json, body: #"[{"op":"add","value":"1"}]"#, status: 422, message: rejected),
        PatchCase(
            type: .json, body: #"[{"op":"add","path":1}]"#, status: 400,
            message:
                "error decoding patch: json: cannot unmarshal number into Go struct field jsonPatchOp.path of type "
                + "string"),
        PatchCase(
            type: .json, body: "[1]", status: 400,
            message: "error decoding patch: json: cannot unmarshal number into Go value of type handlers.jsonPatchOp"),
        PatchCase(
            type: .json, body: "[" + Array(repeating: "{}", count: 10_001).joined(separator: ",") + "]", status: 413,
            message: "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001"),
        PatchCase(
            type: .json, body: #"[{"op":"add","path":"/data/b","value":"1","foo":1}]"#, status: 200,
            warning: #"299 - "json patch unknown field \"[0].foo\"""#),
        PatchCase(
            type: .json, query: "?fieldValidation=Strict",
            body: #"[{"op":"add","path":"/data/b","value":"1","foo":1}]"#,
            status: 422),
        PatchCase(type: .merge, body: "null", status: 400, message: "Invalid JSON Patch"),
        PatchCase(
            type: .merge, body: #"{"data":{},"data":{}}"#, status: 200, warning: #"299 - "duplicate field \"data\"""#),
        PatchCase(type: .merge, query: "?fieldValidation=Ignore", body: #"{"data":{},"data":{}}"#, status: 200),
        PatchCase(
            type: .merge, query: "?fieldValidation=Strict", body: #"{"data":{},"data":{}}"#, status: 422),
        PatchCase(
            type: .merge, path: maps + "/none", body: "{", status: 404, message: #"configmaps "none" not found"#),
        PatchCase(
            type: .merge, body: #"{"metadata":{"resourceVersion":"x"}}"#, status: 500,
            message: #"strconv.ParseUint: parsing "x": invalid syntax"#),
        PatchCase(type: .merge, body: #"{"metadata":{"resourceVersion":"0"},"data":{"c":"1"}}"#, status: 200),
        PatchCase(
            type: .strategicMerge, body: "{", status: 400, message: "unexpected end of JSON input"),
        PatchCase(
            type: .strategicMerge, body: "[]", status: 400,
            message: "json: cannot unmarshal array into Go value of type map[string]interface {}"),
        PatchCase(
            type: .strategicMerge, path: pod, body: #"{"spec":{"containers":[{"image":"x"}]}}"#, status: 500,
            message: "map: map[image:x] does not contain declared merge key: name"),
        PatchCase(
            type: .strategicMerge, path: pod, body: #"{"spec":{"containers":[{"name":"c","$patch":"foo"}]}}"#,
            status: 500, message: "unknown patch type: foo in map: map[$patch:foo name:c]"),
        PatchCase(
            type: .strategicMerge, path: pod, body: #"{"metadata":{"$deleteFromPrimitiveList/finalizers":"x"}}"#,
            status: 400, message: "invalid patch format of primitive list"),
        PatchCase(
            type: .apply, query: "?fieldManager=m", body: "[1]", status: 400,
            message: "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array "
                + "into Go value of type map[string]interface {}"),
        PatchCase(
            type: .apply, query: "?fieldManager=m", body: "", status: 400,
            message: "Incorrect version specified in apply patch. Specified patch version: , expected: v1"),
        PatchCase(
            type: .apply, query: "?fieldManager=m",
            body: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"managedFields":[]}}"#, status: 400,
            message: "metadata.managedFields must be nil"),
        PatchCase(
            type: .apply, query: "?fieldManager=m", path: maps + "/new",
            body: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"new","uid":"u"}}"#, status: 409,
            message:
                "Operation cannot be fulfilled on configmaps \"new\": uid mismatch: the provided object specified uid "
                + "u, and no existing object was found"),
        PatchCase(
            type: .apply, query: "?fieldManager=m",
            body: "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: '1'\n  x: '1'\n", status: 200,
            warning: #"299 - "line 5: key \"x\" already set in map""#),
        PatchCase(
            type: .apply, query: "?fieldManager=m&fieldValidation=Ignore",
            body: "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: '1'\n  x: '1'\n", status: 200),
        PatchCase(
            type: .apply, query: "?fieldManager=m&fieldValidation=Strict",
            body: "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: '1'\n  x: '1'\n", status: 400,
            message:
                "error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n  line 5: key "
                + #""x" already set in map"#),
        PatchCase(
            type: .apply, query: "?fieldManager=m", path: maps + "/new",
            body: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"7"}}"#, status: 201),
        PatchCase(
            type: .apply, query: "?fieldManager=m", path: maps + "/new",
            body: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"x"}}"#, status: 500,
            message: #"strconv.ParseUint: parsing "x": invalid syntax"#),
        PatchCase(
            type: .apply, query: "?fieldManager=m",
            body: #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"resourceVersion":"1"}}"#, status: 409,
            message: #"Operation cannot be fulfilled on configmaps "one": the object has been modified; please apply "#
                + "your changes to the latest version and try again"),
        PatchCase(
            type: .json, body: #"[{"op":"replace","path":"/metadata/finalizers/-1","value":"a"}]"#, status: 422,
            message: rejected),
        PatchCase(
            type: .json, path: pod, body: #"[{"op":"replace","path":"/spec/containers/-1/image","value":"i"}]"#,
            status: 200),
        PatchCase(
            type: .json, path: pod, body: #"[{"op":"replace","path":"/spec/containers/-2/image","value":"i"}]"#,
            status: 422, message: rejected),
    ]

    @Test(arguments: cases)
    func `a patch is refused or warned of in the real words`(_ given: PatchCase) async throws {
        let server = try TestServer(standard: .init(runsPods: false))
        try await server.makeNamespace("demo")
        _ = try await server.send(.post, Self.maps, ["metadata": ["name": "one"], "data": ["a": "1"]])
        let pod: JSONValue = [
            "metadata": ["name": "p"], "spec": ["containers": [["name": "c", "image": "busybox"]]],
        ]
        _ = try await server.send(
            .post, "/api/v1/namespaces/demo/serviceaccounts", ["metadata": ["name": "default"]])
        #expect(try await server.send(.post, "/api/v1/namespaces/demo/pods", pod).status == 201)
        let request = WireRequest(
            method: .patch, path: given.path + given.query, headers: [.contentType: given.type.rawValue],
            body: Array(given.body.utf8))
        let response = await server.cluster.handle(request, identity: .admin)
        let answer = try JSONValue(parsing: try await response.body.collect())
        #expect(response.status.code == given.status, "\(answer)")
        if let message = given.message { #expect(answer["message"]?.string == message) }
        #expect(response.headers.value("Warning") == given.warning)
    }

    @Test func `a scale is applied by its manager`() async throws {
        let server = try TestServer(standard: .init(runsPods: false))
        try await server.makeNamespace("demo")
        let path = "/apis/apps/v1/namespaces/demo/deployments"
        let template: JSONValue = [
            "metadata": ["labels": ["a": "b"]], "spec": ["containers": [["name": "c", "image": "busybox"]]],
        ]
        let made = try await server.send(
            .post, path + "?fieldManager=maker",
            [
                "metadata": ["name": "d"],
                "spec": ["replicas": 1, "selector": ["matchLabels": ["a": "b"]], "template": template],
            ])
        #expect(made.status == 201)
        let scale: JSONValue = [
            "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": ["name": "d"], "spec": ["replicas": 3],
        ]
        let headers: HTTPFields = [.contentType: PatchType.apply.rawValue]
        let refused = try await server.send(.patch, path + "/d/scale?fieldManager=m", scale, headers: headers)
        #expect(
            refused.json["message"]
                == #"Apply failed with 1 conflict: conflict with "maker" using apps/v1: .spec.replicas"#)
        let forced = try await server.send(
            .patch, path + "/d/scale?fieldManager=m&force=true", scale, headers: headers)
        #expect(forced.json["spec"]?["replicas"] == 3)
        let entries = try await server.send(.get, path + "/d").json["metadata"]?.list("managedFields") ?? []
        #expect(entries.contains { $0["subresource"] == "scale" && $0["operation"] == "Apply" })
    }
}
