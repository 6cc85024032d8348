import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

struct ResponseFormatTests {
    private static let table = "application/json;as=Table;v=v1;g=meta.k8s.io"
    private static let metadata = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
    private static let metadataList = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"

    struct AcceptCase: Sendable, CustomTestStringConvertible {
        var accept: String
        var format: ResponseFormat
        var testDescription: String { accept }
    }

    static let accepts = [
        AcceptCase(accept: "", format: .json), AcceptCase(accept: "*/*", format: .json),
        AcceptCase(accept: "application/vnd.kubernetes.protobuf, */*", format: .json),
        AcceptCase(accept: "application/vnd.kubernetes.protobuf,application/json", format: .json),
        AcceptCase(accept: "application/yaml", format: .yaml),
        AcceptCase(accept: "application/json;q=0.5, application/yaml", format: .yaml),
        AcceptCase(accept: "\(table),application/json", format: .table(version: "v1", rows: .metadata)),
        AcceptCase(
            accept: "application/json;as=Table;v=v1beta1;g=meta.k8s.io",
            format: .table(version: "v1beta1", rows: .metadata)),
        AcceptCase(accept: "application/json;as=Table;v=v9;g=meta.k8s.io,application/json", format: .json),
        AcceptCase(accept: metadata, format: .metadata(version: "v1", isList: false)),
        AcceptCase(accept: metadataList, format: .metadata(version: "v1", isList: true)),
    ]

    @Test(arguments: accepts)
    func theFirstFormThatCanBeGivenIsTaken(_ accept: AcceptCase) throws {
        #expect(try ResponseFormat(accept: accept.accept, query: Query()) == accept.format)
    }

    @Test(arguments: [
        "text/html", "application/vnd.kubernetes.protobuf", "application/json;as=Pizza;v=v1;g=meta.k8s.io",
    ])
    func otherFormsAreNotAcceptable(_ accept: String) {
        #expect(throws: KubeStatus.self) { try ResponseFormat(accept: accept, query: Query()) }
    }

    @Test func listsOfMetadataCarryNothingElse() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        try await server.makeConfigMap("one", in: "demo")
        let answer = try await server.send(
            .get, "/api/v1/namespaces/demo/configmaps", headers: [.accept: Self.metadataList])
        #expect(answer.json["kind"] == "PartialObjectMetadataList")
        let item = try #require(answer.json[path: "items"]?[0])
        #expect(item["kind"] == "PartialObjectMetadata")
        #expect(item[path: "metadata", "name"] == "one")
        #expect(item["data"] == nil)
    }

    @Test func aListIsNoObjectAndAnObjectNoList() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        try await server.makeConfigMap("one", in: "demo")
        let path = "/api/v1/namespaces/demo/configmaps"
        let list = try await server.send(.get, path, headers: [.accept: Self.metadata])
        #expect(list.status == 406)
        #expect(
            list.json["message"]
                == "you requested PartialObjectMetadata, but the requested object is a list (*core.ConfigMapList)")
        let object = try await server.send(.get, path + "/one", headers: [.accept: Self.metadataList])
        #expect(
            object.json["message"]
                == "you requested PartialObjectMetadataList, but the requested object is not a list (*core.ConfigMap)")
    }

    @Test func aWatchedTableSaysItsColumnsOnce() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        try await server.makeConfigMap("one", in: "demo")
        let response = await server.cluster.handle(
            WireRequest(
                method: .get, path: "/api/v1/namespaces/demo/configmaps?watch=true", headers: [.accept: Self.table]),
            identity: .admin)
        var chunks = response.body.makeAsyncIterator()
        let first = try JSONValue(parsing: try #require(try await chunks.next()))
        #expect(first["type"] == "ADDED")
        #expect(first[path: "object", "kind"] == "Table")
        #expect(first[path: "object", "columnDefinitions"]?[0]?["name"] == "Name")
        #expect(first[path: "object", "rows"]?[0]?["cells"] == ["one"])
        #expect(first[path: "object", "rows"]?[0]?[path: "object", "metadata", "name"] == "one")
        try await server.makeConfigMap("two", in: "demo")
        let second = try JSONValue(parsing: try #require(try await chunks.next()))
        #expect(second[path: "object", "columnDefinitions"] == .null)
        #expect(second[path: "object", "rows"]?[0]?["cells"] == ["two"])
    }
}
