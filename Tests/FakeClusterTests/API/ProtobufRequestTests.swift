import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// Bodies in protobuf, where JSON could stand as well.
struct ProtobufRequestTests {
    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: [UInt8], to server: TestServer
    ) async throws -> (status: Int, json: JSONValue) {
        let request = WireRequest(
            method: method, path: path, headers: [.contentType: "application/vnd.kubernetes.protobuf"], body: body)
        let response = await server.cluster.handle(request, identity: .admin)
        return (response.status.code, try JSONValue(parsing: try await response.body.collect()))
    }

    private static let configMap = MessageWriter.body("v1", "ConfigMap") { map in
        map.message(1) { metadata in
            // client-go writes the empty texts of an object's metadata too.
            metadata.field(1, "m")
            metadata.field(2, "")
            metadata.message(8) { _ in }
        }
        map.message(2) {
            $0.field(1, "a")
            $0.field(2, "1")
        }
    }

    @Test func anObjectIsMadeAndItsOptionsDeleteIt() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let path = "/api/v1/namespaces/demo/configmaps"
        let made = try await send(.post, path, Self.configMap, to: server)
        #expect(made.status == 201)
        #expect(made.json["data"] == ["a": "1"])

        func options(uid: String) -> [UInt8] {
            MessageWriter.body("v1", "DeleteOptions") { $0.message(2) { $0.field(1, uid) } }
        }
        #expect(try await send(.delete, path + "/m", options(uid: "another"), to: server).status == 409)
        let uid = try #require(made.json[path: "metadata", "uid"]?.string)
        #expect(try await send(.delete, path + "/m", options(uid: uid), to: server).status == 200)
        #expect(try await server.send(.get, path + "/m").status == 404)
    }

    @Test func aBodyThatIsCutOffIsABadRequest() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let answer = try await send(
            .post, "/api/v1/namespaces/demo/configmaps", Array(Self.configMap.dropLast(3)), to: server)
        #expect(answer.status == 400)
        #expect(answer.json["message"]?.string?.contains("a field ends beyond its message") == true)
    }

    @Test func customResourcesAreNotWrittenInProtobuf() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let answer = try await send(
            .post, "/apis/example.com/v1/namespaces/demo/widgets", Self.configMap, to: server)
        #expect(answer.status == 415)
    }
}
