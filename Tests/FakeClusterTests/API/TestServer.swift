import HTTPTypes
import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

@testable import FakeCluster

/// A cluster of types without rules, and short ways to ask it.
struct TestServer {
    let cluster: FakeCluster

    init(_ configuration: FakeCluster.Configuration = .init(runsPods: false)) throws {
        let namespaces = ResourceDefinition(
            resource: .namespaces, singular: "namespace", listKind: "NamespaceList",
            subresources: ["status": SubresourceDefinition(kind: "Namespace", verbs: ["get", "patch", "update"])],
            strategy: PlainStrategy())
        let configMaps = ResourceDefinition(
            resource: .configMaps, singular: "configmap", listKind: "ConfigMapList", strategy: PlainStrategy())
        let widgets = ResourceDefinition(
            resource: APIResource(group: "example.com", version: "v1", plural: "widgets", kind: "Widget"),
            singular: "widget", listKind: "WidgetList",
            subresources: ["status": SubresourceDefinition(kind: "Widget", verbs: ["get", "patch", "update"])],
            isCustom: true, strategy: PlainStrategy(hasGeneration: true))
        cluster = try FakeCluster(
            configuration: configuration, directory: try DataDirectory(configuration.dataDirectory),
            resources: ResourceRegistry([namespaces, configMaps, widgets]),
            documents: NoDocuments(), logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// A cluster of the built-in kinds.
    init(standard configuration: FakeCluster.Configuration) throws {
        cluster = try FakeCluster(
            configuration: configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    /// An answer, its body read to the end.
    struct Answer {
        var status: Int
        var headers: HTTPFields
        var text: String
        var json: JSONValue { (try? JSONValue(parsing: text)) ?? .null }
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil, headers: HTTPFields = [:],
        as user: UserIdentity? = .admin
    ) async throws -> Answer {
        let request = WireRequest(method: method, path: path, headers: headers, body: body?.encoded() ?? [])
        let response = await cluster.handle(request, identity: user)
        let bytes = try await response.body.collect()
        return Answer(
            status: response.status.code, headers: response.headers, text: String(decoding: bytes, as: UTF8.self))
    }

    /// The version of the latest write.
    var version: UInt64 { cluster.version }

    /// Makes a namespace.
    func makeNamespace(_ name: String) async throws {
        let answer = try await send(
            .post, "/api/v1/namespaces", KubeObject(apiVersion: "v1", kind: "Namespace", name: name).value)
        try #require(answer.status == 201)
    }

    /// Makes a ConfigMap with one entry and returns it.
    @discardableResult
    func makeConfigMap(_ name: String, in namespace: String, value: String = "1") async throws -> KubeObject {
        let answer = try await send(
            .post, "/api/v1/namespaces/\(namespace)/configmaps", Self.configMap(name, value: value))
        try #require(answer.status == 201)
        return try #require(KubeObject(answer.json))
    }

    static func configMap(_ name: String, value: String = "1") -> JSONValue {
        var object = KubeObject(apiVersion: "v1", kind: "ConfigMap", name: name)
        object["data"] = ["a": .string(value)]
        return object.value
    }
}
