import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

struct AuthorizerTests {
    struct AccessCase: Sendable, CustomTestStringConvertible {
        var rule: JSONValue
        var verb: String
        var group = ""
        var resource = ""
        var subresource = ""
        var name = ""
        var path = ""
        var isAllowed: Bool
        var testDescription: String {
            "\(verb) \(group)/\(resource)/\(subresource)/\(name)\(path) by \(rule.encodedString())"
        }
    }

    private static let pods: JSONValue = ["verbs": ["get"], "apiGroups": [""], "resources": ["pods"]]
    private static let logs: JSONValue = ["verbs": ["get"], "apiGroups": [""], "resources": ["pods/log", "*/scale"]]
    private static let one: JSONValue = [
        "verbs": ["get", "list"], "apiGroups": ["batch"], "resources": ["jobs"], "resourceNames": ["one"],
    ]
    private static let all: JSONValue = ["verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]]
    private static let paths: JSONValue = ["verbs": ["get"], "nonResourceURLs": ["/healthz", "/logs/*"]]

    static let cases = [
        AccessCase(rule: pods, verb: "get", resource: "pods", isAllowed: true),
        AccessCase(rule: pods, verb: "list", resource: "pods", isAllowed: false),
        AccessCase(rule: pods, verb: "get", group: "batch", resource: "pods", isAllowed: false),
        AccessCase(rule: pods, verb: "get", resource: "pods", subresource: "log", isAllowed: false),
        AccessCase(rule: logs, verb: "get", resource: "pods", subresource: "log", isAllowed: true),
        AccessCase(rule: logs, verb: "get", resource: "pods", isAllowed: false),
        AccessCase(rule: logs, verb: "get", resource: "things", subresource: "scale", isAllowed: true),
        AccessCase(rule: one, verb: "get", group: "batch", resource: "jobs", name: "one", isAllowed: true),
        AccessCase(rule: one, verb: "get", group: "batch", resource: "jobs", name: "two", isAllowed: false),
        AccessCase(rule: one, verb: "list", group: "batch", resource: "jobs", isAllowed: false),
        AccessCase(rule: all, verb: "frob", group: "x", resource: "y", subresource: "z", isAllowed: true),
        AccessCase(rule: all, verb: "get", path: "/healthz", isAllowed: false),
        AccessCase(rule: paths, verb: "get", path: "/healthz", isAllowed: true),
        AccessCase(rule: paths, verb: "get", path: "/healthz/x", isAllowed: false),
        AccessCase(rule: paths, verb: "get", path: "/logs/x/y", isAllowed: true),
        AccessCase(rule: paths, verb: "post", path: "/healthz", isAllowed: false),
    ]

    @Test(arguments: cases)
    func aRuleAllowsWhatItNamesAndNothingElse(_ example: AccessCase) {
        var access = AccessRequest(
            user: UserIdentity(name: "u"), verb: example.verb, group: example.group, resource: example.resource,
            name: example.name)
        access.subresource = example.subresource
        access.path = example.path
        #expect(PolicyRule(example.rule).allows(access) == example.isAllowed)
    }

    @Test func bindingsHoldWhereTheyStandAndForWhomTheyName() async throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(path: folder.path + "/store.db", isDurable: false)
        func object(_ kind: String, _ namespace: String?, _ name: String, _ members: JSONObject) -> KubeObject {
            var object = KubeObject(
                apiVersion: "rbac.authorization.k8s.io/v1", kind: kind, namespace: namespace, name: name)
            for (key, value) in members { object[key] = value }
            return object
        }
        let group = "rbac.authorization.k8s.io"
        let toView: JSONValue = ["kind": "ClusterRole", "name": "view"]
        try store.seed([
            (
                GroupResource(group: group, resource: "clusterroles"),
                object(
                    "ClusterRole", nil, "view", ["rules": [Self.pods]])
            ),
            (
                GroupResource(group: group, resource: "rolebindings"),
                object(
                    "RoleBinding", "demo", "b",
                    [
                        "roleRef": toView,
                        "subjects": [
                            ["kind": "ServiceAccount", "name": "robot"], ["kind": "Group", "name": "crew"],
                            ["kind": "User", "name": "ann"],
                        ],
                    ])
            ),
        ])
        let authorizer = Authorizer(store: store)
        func permission(_ user: UserIdentity, in namespace: String) -> String? {
            var access = AccessRequest(user: user, verb: "get", resource: "pods", name: "p")
            access.namespace = namespace
            return authorizer.permission(for: access)
        }
        func allows(_ user: UserIdentity, in namespace: String) -> Bool { permission(user, in: namespace) != nil }
        #expect(
            permission(UserIdentity(name: "ann"), in: "demo")
                == #"RBAC: allowed by RoleBinding "b/demo" of ClusterRole "view" to User "ann""#)
        #expect(permission(.admin, in: "demo") == "")
        #expect(allows(UserIdentity(name: "system:serviceaccount:demo:robot"), in: "demo"))
        #expect(allows(UserIdentity(name: "x", groups: ["crew"]), in: "demo"))
        #expect(allows(UserIdentity(name: "ann"), in: "demo"))
        #expect(!allows(UserIdentity(name: "ann"), in: "other"))
        #expect(!allows(UserIdentity(name: "ann"), in: ""))
        #expect(!allows(UserIdentity(name: "system:serviceaccount:other:robot"), in: "demo"))
        #expect(!allows(UserIdentity(name: "bob", groups: ["system:authenticated"]), in: "demo"))
    }
}
