import HTTPTypes
import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

@testable import FakeCluster

struct AccessTests {
    private static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func send(
        _ cluster: FakeCluster, _ method: HTTPRequest.Method, _ path: String, _ body: JSONValue? = nil,
        token: String?
    ) async throws -> (status: Int, json: JSONValue) {
        var headers: HTTPFields = [:]
        if let token { headers[.authorization] = "Bearer \(token)" }
        let response = await cluster.handle(
            WireRequest(method: method, path: path, headers: headers, body: body?.encoded() ?? []))
        let bytes = try await response.body.collect()
        return (
            response.status.code, (try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
        )
    }

    @Test(arguments: ["/healthz", "/livez", "/readyz", "/version"])
    func healthAndVersionAreForEverybody(_ path: String) async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        #expect(try await send(cluster, .get, path, token: nil).status == 200)
    }

    @Test(arguments: ["/api", "/apis", "/api/v1/namespaces", "/api/v1/namespaces/default/secrets/x", "/metrics"])
    func nothingElseIs(_ path: String) async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        let answer = try await send(cluster, .get, path, token: nil)
        #expect(answer.status == 403)
        #expect(answer.json["message"]?.string?.contains("User \"system:anonymous\" cannot") == true)
    }

    @Test func aWrongTokenIsUnauthorized() async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        #expect(try await send(cluster, .get, "/api/v1/namespaces", token: cluster.adminToken).status == 200)
        for token in ["x", cluster.adminToken + "x", "a.b.c", "\(cluster.adminToken.dropLast()) x"] {
            let answer = try await send(cluster, .get, "/healthz", token: token)
            #expect(answer.status == 401, "\(token)")
            #expect(
                answer.json == [
                    "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
                    "message": "Unauthorized", "reason": "Unauthorized", "code": 401,
                ])
        }
    }

    @Test("what is no bearer token is no credential", arguments: ["Bearer", "Bearer ", "Basic eDp5", "x", "Bearer  x"])
    func otherSchemes(header: String) async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        for (path, code) in [("/healthz", 200), ("/api/v1/namespaces", 403)] {
            let response = await cluster.handle(
                WireRequest(method: .get, path: path, headers: [.authorization: header]))
            #expect(response.status.code == code, "\(path)")
        }
    }

    /// Lets `robot` make roles and bindings and read ConfigMaps, and nothing else.
    private func clusterWithRoleMaker() async throws -> FakeCluster {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        let group: JSONValue = "rbac.authorization.k8s.io"
        let path = "/apis/rbac.authorization.k8s.io/v1/namespaces/default"
        let role: JSONValue = [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": ["name": "maker"],
            "rules": [
                ["apiGroups": [group], "resources": ["roles", "rolebindings"], "verbs": ["create"]],
                ["apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]],
            ],
        ]
        let binding: JSONValue = [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": ["name": "maker"],
            "roleRef": ["apiGroup": group, "kind": "Role", "name": "maker"],
            "subjects": [["kind": "User", "apiGroup": group, "name": "robot"]],
        ]
        for (resource, object) in [("roles", role), ("rolebindings", binding)] {
            let answer = try await send(cluster, .post, "\(path)/\(resource)", object, token: cluster.adminToken)
            #expect(answer.status == 201)
        }
        return cluster
    }

    private func create(
        _ cluster: FakeCluster, _ path: String, _ object: JSONValue, as user: String
    ) async throws -> (status: Int, message: String) {
        let response = await cluster.handle(
            WireRequest(method: .post, path: path, headers: [:], body: object.encoded()),
            identity: UserIdentity(name: user, groups: ["system:authenticated"]))
        let answer = try JSONValue(parsing: try await response.body.collect())
        return (response.status.code, answer["message"]?.string ?? "")
    }

    /// `ConfirmNoEscalation` and `CompactString`.
    @Test(
        arguments: [
            ([["apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]]], nil),
            ([["apiGroups": [""], "resources": ["configmaps"], "resourceNames": ["a"], "verbs": ["list"]]], nil),
            (
                [["apiGroups": ["", "batch"], "resources": ["configmaps", "jobs"], "verbs": ["get", "delete"]]],
                """
                {APIGroups:[""], Resources:["configmaps"], Verbs:["delete"]}
                {APIGroups:[""], Resources:["jobs"], Verbs:["get" "delete"]}
                {APIGroups:["batch"], Resources:["configmaps"], Verbs:["get" "delete"]}
                {APIGroups:["batch"], Resources:["jobs"], Verbs:["get" "delete"]}
                """
            ),
        ] as [([JSONValue], String?)])
    func nobodyGrantsWhatHeDoesNotHave(rules: [JSONValue], missing: String?) async throws {
        let cluster = try await clusterWithRoleMaker()
        let answer = try await create(
            cluster, "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": ["name": "new"],
                "rules": .array(rules),
            ], as: "robot")
        guard let missing else {
            #expect(answer.status == 201, "\(answer.message)")
            return
        }
        #expect(answer.status == 403)
        #expect(
            answer.message == "roles.rbac.authorization.k8s.io \"new\" is forbidden: user \"robot\" "
                + "(groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
                + missing)
    }

    @Test(arguments: [("Role", "maker", 201), ("Role", "none", 404), ("ClusterRole", "view", 403)])
    func aBindingGivesNoMoreThanItsAuthorHas(kind: String, name: String, status: Int) async throws {
        let cluster = try await clusterWithRoleMaker()
        let answer = try await create(
            cluster, "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": ["name": "new"],
                "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind), "name": .string(name)],
            ], as: "robot")
        #expect(answer.status == status, "\(answer.message)")
    }

    @Test func aBindingOfNoRoleIsNamedInTheRefusal() async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        let path = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings"
        let group: JSONValue = "rbac.authorization.k8s.io"
        let binding: JSONValue = [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": ["name": "empty"],
            "roleRef": ["apiGroup": group, "kind": "Role", "name": "none"],
            "subjects": [["kind": "User", "apiGroup": group, "name": "robot"]],
        ]
        #expect(try await send(cluster, .post, path, binding, token: cluster.adminToken).status == 201)
        let answer = try await create(cluster, path, binding, as: "robot")
        #expect(
            answer.message == "rolebindings.rbac.authorization.k8s.io is forbidden: User \"robot\" cannot create "
                + "resource \"rolebindings\" in API group \"rbac.authorization.k8s.io\" in the namespace \"default\": "
                + "RBAC: role.rbac.authorization.k8s.io \"none\" not found")
    }

    /// A cluster with a service account `robot` in `default`, and a token for it.
    private func clusterWithRobot(_ time: ManualTime) async throws -> (cluster: FakeCluster, token: String) {
        let cluster = try FakeCluster(configuration: .init(time: time.source, runsPods: false), logger: Self.quiet)
        let path = "/api/v1/namespaces/default/serviceaccounts"
        let account = KubeObject(apiVersion: "v1", kind: "ServiceAccount", name: "robot").value
        #expect(try await send(cluster, .post, path, account, token: cluster.adminToken).status == 201)
        let answer = try await send(
            cluster, .post, "\(path)/robot/token",
            ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": ["expirationSeconds": 600]],
            token: cluster.adminToken)
        #expect(answer.status == 201)
        return (cluster, try #require(answer.json[path: "status", "token"]?.string))
    }

    @Test func aServiceAccountsTokenNamesItAndItsGroups() async throws {
        let (cluster, token) = try await clusterWithRobot(ManualTime())
        let answer = try await send(
            cluster, .post, "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"], token: token)
        let user = try #require(answer.json[path: "status", "userInfo"])
        #expect(user["username"] == "system:serviceaccount:default:robot")
        #expect(
            user["groups"] == [
                "system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated",
            ])
    }

    static let reviewFaults: [(kind: String, body: JSONValue, fault: String)] = [
        (
            "SelfSubjectAccessReview", ["metadata": ["name": "x"], "spec": ["resourceAttributes": [:]]],
            #"metadata: Invalid value: {"name":"x"}: must be empty"#
        ),
        (
            "LocalSubjectAccessReview",
            [
                "metadata": ["name": "x"],
                "spec": ["user": "u", "resourceAttributes": ["namespace": "default"]],
            ], #"metadata: Invalid value: {"name":"x","namespace":"default"}: must be empty except for namespace"#
        ),
        (
            "SelfSubjectAccessReview",
            [
                "spec": [
                    "resourceAttributes": [
                        "labelSelector": [
                            "rawSelector": "a", "requirements": [["key": "a", "operator": "Is", "values": ["b"]]],
                        ]
                    ]
                ]
            ],
            "spec.resourceAttributes.labelSelector.rawSelector: Invalid value: \"a\": "
                + "may not specified at the same time as requirements"
        ),
        (
            "SelfSubjectAccessReview", ["spec": ["resourceAttributes": ["fieldSelector": [:]]]],
            "spec.resourceAttributes.fieldSelector.requirements: Required value: when "
                + "spec.resourceAttributes.fieldSelector is specified, requirements or rawSelector is required"
        ),
        (
            "SubjectAccessReview",
            [
                "spec": [
                    "user": "u",
                    "resourceAttributes": ["fieldSelector": ["requirements": [["key": "a", "operator": "In"]]]],
                ]
            ],
            "spec.resourceAttributes.fieldSelector.requirements[0].values: Required value: must be specified when "
                + "`operator` is 'In' or 'NotIn'"
        ),
    ]

    @Test(arguments: reviewFaults)
    func aQuestionThatIsNoneIsRefused(kind: String, body: JSONValue, fault: String) async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        let place = kind.hasPrefix("Local") ? "namespaces/default/" : ""
        let answer = try await send(
            cluster, .post, "/apis/authorization.k8s.io/v1/\(place)\(kind.lowercased())s", body,
            token: cluster.adminToken)
        #expect(answer.status == 422)
        #expect(answer.json["message"] == .string(".authorization.k8s.io \"\" is invalid: \(fault)"))
    }

    @Test func aQuestionAboutANamespaceIsAnsweredWithIt() async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        let answer = try await send(
            cluster, .post, "/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews",
            [
                "spec": [
                    "user": "u", "resourceAttributes": ["namespace": "default", "verb": "get", "resource": "pods"],
                ]
            ],
            token: cluster.adminToken)
        #expect(answer.status == 201)
        #expect(answer.json["metadata"] == ["namespace": "default"])
    }

    static let tokenRefusals: [(body: JSONValue, status: Int, message: String)] = [
        (
            ["metadata": ["name": "other"]], 422,
            "TokenRequest.authentication.k8s.io \"robot\" is invalid: metadata.name: Invalid value: \"other\": "
                + "must match the service account name if specified"
        ),
        (
            ["metadata": ["namespace": "other"]], 400,
            "the namespace of the provided object does not match the namespace sent on the request"
        ),
        (
            ["spec": ["boundObjectRef": ["kind": "ConfigMap", "apiVersion": "v1", "name": "x"]]], 400,
            "cannot bind token to object of type /v1, Kind=ConfigMap"
        ),
    ]

    @Test(arguments: tokenRefusals)
    func aTokenIsForTheAccountOfItsPath(body: JSONValue, status: Int, message: String) async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        let path = "/api/v1/namespaces/default/serviceaccounts"
        _ = try await send(cluster, .post, path, ["metadata": ["name": "robot"]], token: cluster.adminToken)
        let answer = try await send(cluster, .post, path + "/robot/token", body, token: cluster.adminToken)
        #expect(answer.status == status)
        #expect(answer.json["message"] == .string(message))
    }

    @Test func aTokenIsReviewedForWhomItIsMeant() async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        let path = "/api/v1/namespaces/default/serviceaccounts"
        _ = try await send(cluster, .post, path, ["metadata": ["name": "robot"]], token: cluster.adminToken)
        let token = try await send(
            cluster, .post, path + "/robot/token", ["spec": ["audiences": ["a", "b"]]], token: cluster.adminToken
        ).json[path: "status", "token"]
        func review(_ audiences: JSONValue) async throws -> JSONValue? {
            let spec: JSONValue = ["token": token ?? .null, "audiences": audiences]
            return try await send(
                cluster, .post, "/apis/authentication.k8s.io/v1/tokenreviews", ["spec": spec],
                token: cluster.adminToken
            ).json["status"]
        }
        let known = try await review(["c", "b"])
        #expect(known?["authenticated"] == true)
        #expect(known?["audiences"] == ["b"])
        let unknown = try await review(["c"])
        #expect(
            unknown?["error"] == #"token audiences ["a" "b"] is invalid for the target audiences ["c"]"#)
    }

    @Test func aTokenEndsWithItsTime() async throws {
        let time = ManualTime()
        let (cluster, token) = try await clusterWithRobot(time)
        time.advance(by: .seconds(599))
        #expect(try await send(cluster, .get, "/api", token: token).status == 200)
        time.advance(by: .seconds(1))
        #expect(try await send(cluster, .get, "/api", token: token).status == 401)
    }

    @Test func aTokenEndsWithItsAccount() async throws {
        let (cluster, token) = try await clusterWithRobot(ManualTime())
        let path = "/api/v1/namespaces/default/serviceaccounts/robot"
        #expect(try await send(cluster, .delete, path, token: cluster.adminToken).status == 200)
        #expect(try await send(cluster, .get, "/api", token: token).status == 401)
    }

    @Test func aTokenThatWasChangedIsNoToken() async throws {
        let (cluster, token) = try await clusterWithRobot(ManualTime())
        let parts = token.split(separator: ".").map(String.init)
        let claims = try #require(Base64URL.decode(parts[1]))
        let forged = String(decoding: claims, as: UTF8.self).replacing("robot", with: "admin")
        let none = Base64URL.encode(#"{"alg":"none","typ":"JWT"}"#.utf8)
        for fake in [
            "\(parts[0]).\(Base64URL.encode(forged.utf8)).\(parts[2])", "\(none).\(parts[1]).", "\(none).\(parts[1]).x",
        ] {
            #expect(try await send(cluster, .get, "/api", token: fake).status == 401)
        }
    }
}
