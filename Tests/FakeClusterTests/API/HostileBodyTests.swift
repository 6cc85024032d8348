import HTTPTypes
import KubeObjects
import KubeWire
import Logging
import Testing

@testable import FakeCluster

/// Bodies that are meant to harm: the server answers and goes on.
struct HostileBodyTests {
    private static let definition: JSONValue = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "things.example.com"],
        "spec": [
            "group": "example.com", "scope": "Namespaced", "names": ["plural": "things", "kind": "Thing"],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true,
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
                            ],
                        ]
                    ],
                ]
            ],
        ],
    ]

    private func status(
        _ cluster: FakeCluster, _ method: HTTPRequest.Method, _ path: String, _ body: String, _ type: String
    ) async -> Int {
        let request = WireRequest(
            method: method, path: path, headers: [.contentType: type], body: Array(body.utf8))
        return await cluster.handle(request, identity: .admin).status.code
    }

    @Test(arguments: [100, 900, 5000])
    func deepNestingIsAnsweredWhereSchemasKeepEverything(_ depth: Int) async throws {
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: quiet)
        let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        let json = "application/json"
        #expect(await status(cluster, .post, definitions, Self.definition.encodedString(), json) == 201)
        let nested = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
        let body = #"{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"},"spec":\#(nested)}"#
        let things = "/apis/example.com/v1/namespaces/default/things"
        let expected = depth < JSONValue.nestingLimit ? [200, 201, 409] : [400, 404]
        #expect(await expected.contains(status(cluster, .post, things, body, json)))
        // A replacement has to say what it was made from.
        #expect(await (expected + [422]).contains(status(cluster, .put, things + "/t", body, json)))
        for type in [PatchType.merge, .apply] {
            let path = things + "/t?fieldManager=m"
            #expect(await expected.contains(status(cluster, .patch, path, body, type.rawValue)))
        }
    }

    /// The managed fields of an object are nested as deep as the object, and some levels more.
    @Test func whatCouldNotBeReadBackIsNotStored() async throws {
        let folder = try TemporaryFolder()
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let configuration = FakeCluster.Configuration(dataDirectory: folder.path, runsPods: false)
        let things = "/apis/example.com/v1/namespaces/default/things"
        do {
            let cluster = try FakeCluster(configuration: configuration, logger: quiet)
            let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
            let json = "application/json"
            #expect(await status(cluster, .post, definitions, Self.definition.encodedString(), json) == 201)
            for (depth, expected) in [(900, 201), (998, 400)] {
                let nested = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
                let body =
                    #"{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t\#(depth)"},"spec":\#(nested)}"#
                #expect(await status(cluster, .post, things, body, json) == expected)
            }
            try cluster.close()
        }
        let cluster = try FakeCluster(configuration: configuration, logger: quiet)
        #expect(await cluster.handle(WireRequest(method: .get, path: things + "/t900"), identity: .admin).status == .ok)
    }
}
