import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

@testable import FakeCluster

@Suite(.timeLimit(.minutes(5)))
struct ClusterRoleTests {
    private static func makeRole(_ name: String, labels: JSONObject = [:], verbs: [JSONValue]) -> KubeObject {
        var role = KubeObject(apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", name: name)
        role.metadata["labels"] = .object(labels)
        role["rules"] = .array(verbs.map { ["verbs": [$0], "apiGroups": [""], "resources": ["pods"]] })
        return role
    }

    private static func verbs(of role: KubeObject) -> [JSONValue?] {
        role.value.list("rules").map { $0["verbs"]?[0] }
    }

    private static let gathering: KubeObject = {
        var role = makeRole("all", labels: ["to": "x"], verbs: ["patch"])
        role["aggregationRule"] = [
            "clusterRoleSelectors": [["matchLabels": ["to": "x"]], ["matchLabels": ["to": "y"]]]
        ]
        return role
    }()

    @Test("rules come selector by selector, in order of the roles' names, each once, and none of its own")
    func order() {
        let roles = [
            Self.gathering, Self.makeRole("b", labels: ["to": "x"], verbs: ["list", "get"]),
            Self.makeRole("a", labels: ["to": "x"], verbs: ["get"]),
            Self.makeRole("0", labels: ["to": "y"], verbs: ["watch", "list"]), Self.makeRole("c", verbs: ["delete"]),
        ]
        let rules = ClusterRoleController.gatheredRules(of: Self.gathering, from: roles)
        #expect(rules?.map { $0["verbs"]?[0] } == ["get", "list", "watch"])
        #expect(ClusterRoleController.gatheredRules(of: roles[1], from: roles) == nil)
    }

    @Test("a role follows the roles that it gathers, and those of every cluster are brought back")
    func follows() async throws {
        let time = ManualTime()
        let cluster = MemoryCluster(time: time.source)
        _ = try await cluster.create(.clusterRoles, Self.gathering)
        let controller = ClusterRoleController(
            access: cluster, time: time.source,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        let key = Self.gathering.key
        try await withRunning([{ await controller.run() }]) {
            try await cluster.object(.clusterRoles, key) { Self.verbs(of: $0).isEmpty }
            let part = try await cluster.create(
                .clusterRoles, Self.makeRole("part", labels: ["to": "y"], verbs: ["get"]))
            try await cluster.object(.clusterRoles, key) { Self.verbs(of: $0) == ["get"] }
            try await cluster.delete(.clusterRoles, part.key, DeletionOptions())
            try await cluster.object(.clusterRoles, key) { Self.verbs(of: $0).isEmpty }
            try await cluster.object(.clusterRoles, ObjectKey(name: "view")) { !Self.verbs(of: $0).isEmpty }
        }
    }

    @Test("an admin may do what an editor may, and an editor what a viewer may")
    func bootstrapRoles() throws {
        func rules(_ name: String) throws -> [JSONValue] {
            try #require(BootstrapRoles.roles.first { $0.name == name }).value.list("rules")
        }
        #expect(try rules("view").allSatisfy(rules("edit").contains))
        #expect(try rules("edit").allSatisfy(rules("admin").contains))
        #expect(try rules("admin").count > rules("edit").count)
    }
}
