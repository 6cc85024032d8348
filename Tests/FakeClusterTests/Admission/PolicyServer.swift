import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// A cluster with the namespace `demo`, and short ways to put admission to work in it.
struct PolicyServer {
    let server: TestServer

    init(server: TestServer) { self.server = server }

    init() async throws {
        server = try TestServer(standard: .init(runsPods: false))
        try await server.makeNamespace("demo")
    }

    /// Runs a cluster of a configuration, with its controllers and pods, for a body.
    static func running(
        _ configuration: FakeCluster.Configuration, _ body: (PolicyServer) async throws -> Void
    ) async throws {
        let cluster = PolicyServer(server: try TestServer(standard: configuration))
        try await cluster.server.makeNamespace("demo")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await cluster.server.cluster.run() }
            try await body(cluster)
            group.cancelAll()
        }
    }

    static func yaml(_ text: String) throws -> JSONValue {
        try #require(try YAML.parse(Array(text.utf8)).first?.value)
    }

    /// Makes an object of YAML; fails the test unless it is made.
    @discardableResult
    func make(_ path: String, _ text: String) async throws -> JSONValue {
        let answer = try await server.send(.post, path, Self.yaml(text))
        try #require(answer.status == 201, "\(answer.text)")
        return answer.json
    }

    /// Changes an object, or a part of it, with a merge patch of YAML.
    @discardableResult
    func patch(_ path: String, _ text: String) async throws -> TestServer.Answer {
        try await server.send(.patch, path, Self.yaml(text), headers: [.contentType: PatchType.merge.rawValue])
    }

    /// Waits until an object of a collection, the first one unless named, is as it should be. The limit only ends what
    /// would never end.
    @discardableResult
    func wait(for collection: String, named name: String? = nil, _ holds: (JSONValue) -> Bool) async throws -> JSONValue
    {
        let selector = name.map { "&fieldSelector=metadata.name%3D\($0)" } ?? ""
        let watch = WireRequest(method: .get, path: "\(collection)?watch=true&timeoutSeconds=100\(selector)")
        for try await chunk in await server.cluster.handle(watch, identity: .admin).body {
            for line in String(decoding: chunk, as: UTF8.self).split(separator: "\n") {
                let object = try JSONValue(parsing: String(line))["object"] ?? [:]
                if holds(object) { return object }
            }
        }
        throw NeverSo(collection: collection)
    }

    private struct NeverSo: Error {
        var collection: String
    }

    /// Puts a policy called `p` into force with a binding called `b`.
    func enforce(_ policy: String, binding: String = "validationActions: [Deny]") async throws {
        try await make(
            "\(Self.group)/validatingadmissionpolicies",
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: p}
            spec:
            \(policy.indented)
            """)
        try await make(
            "\(Self.group)/validatingadmissionpolicybindings",
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: b}
            spec:
              policyName: p
            \(binding.indented)
            """)
    }

    static let group = "/apis/admissionregistration.k8s.io/v1"

    /// Constraints that are about every write of ConfigMaps.
    static let configMaps = """
        matchConstraints:
          resourceRules:
          - {apiGroups: [""], apiVersions: [v1], operations: ["*"], resources: [configmaps]}

        """

    /// Sends a ConfigMap.
    func createConfigMap(
        _ name: String = "one", value: String = "1", labels: JSONObject = [:], query: String = "",
        as user: UserIdentity = .admin
    ) async throws -> TestServer.Answer {
        var object = try #require(KubeObject(TestServer.configMap(name, value: value)))
        if !labels.isEmpty { object.metadata["labels"] = .object(labels) }
        return try await server.send(
            .post, "/api/v1/namespaces/demo/configmaps\(query)", object.value, as: user)
    }
}

extension String {
    /// Each line two columns further in.
    fileprivate var indented: String {
        split(separator: "\n", omittingEmptySubsequences: true).map { "  \($0)" }.joined(separator: "\n")
    }
}

extension TestServer.Answer {
    /// The message of a `Status`; empty for another answer.
    var message: String { json["kind"] == "Status" ? json["message"]?.string ?? "" : "" }
    /// The texts of the warning headers.
    var warnings: [String] {
        guard let name = HTTPField.Name("Warning") else { return [] }
        return headers[values: name].map { String($0.dropFirst("299 - \"".count).dropLast()) }
    }
}
