import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// How a binding names parameters, and what the policy says that no `data.max` in them may be below `data.a`.
struct ParameterCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var reference: String
    var refusal: String?
}

struct AdmissionParameterTests {
    private static let policy =
        PolicyServer.configMaps + """
            paramKind: {apiVersion: v1, kind: Secret}
            validations:
            - expression: params == null || int(object.data.a) <= int(params.metadata.labels.max)
              messageExpression: "'more than ' + params.metadata.labels.max + ' of ' + params.metadata.name"
            """

    @Test(arguments: [
        ParameterCase(testDescription: "one that allows it", reference: "{name: large, parameterNotFoundAction: Deny}"),
        ParameterCase(
            testDescription: "one that does not", reference: "{name: small, parameterNotFoundAction: Deny}",
            refusal: "more than 3 of small"),
        ParameterCase(
            testDescription: "in another namespace",
            reference: "{name: only-there, namespace: default, parameterNotFoundAction: Deny}",
            refusal: "more than 1 of only-there"),
        ParameterCase(
            testDescription: "not there, refused", reference: "{name: none, parameterNotFoundAction: Deny}",
            refusal: "failed to configure binding: no params found for policy binding with `Deny` "
                + "parameterNotFoundAction"),
        ParameterCase(testDescription: "not there, allowed", reference: "{name: none, parameterNotFoundAction: Allow}"),
        ParameterCase(
            testDescription: "all of the namespace in turn",
            reference: "{selector: {}, parameterNotFoundAction: Deny}", refusal: "more than 3 of small"),
        ParameterCase(
            testDescription: "those with a label",
            reference: "{selector: {matchLabels: {max: '9'}}, parameterNotFoundAction: Deny}"),
    ])
    func `a binding names parameters`(_ parameters: ParameterCase) async throws {
        let cluster = try await PolicyServer()
        for (namespace, name, most) in [("demo", "large", 9), ("demo", "small", 3), ("default", "only-there", 1)] {
            try await cluster.make(
                "/api/v1/namespaces/\(namespace)/secrets", "metadata: {name: \(name), labels: {max: '\(most)'}}")
        }
        try await cluster.enforce(
            Self.policy, binding: "validationActions: [Deny]\nparamRef: \(parameters.reference)")
        let answer = try await cluster.createConfigMap(value: "5")
        let prefix = "configmaps \"one\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: "
        #expect(answer.message == parameters.refusal.map { prefix + $0 } ?? "")
    }

    @Test func `parameters are custom objects, once their kind exists`() async throws {
        let cluster = try await PolicyServer()
        try await cluster.enforce(
            PolicyServer.configMaps + """
                paramKind: {apiVersion: example.com/v1, kind: Limit}
                validations: [{expression: "int(object.data.a) <= params.spec.max"}]
                """, binding: "validationActions: [Deny]\nparamRef: {selector: {}, parameterNotFoundAction: Allow}")
        let unknown = try await cluster.createConfigMap()
        #expect(
            unknown.message
                == "configmaps \"one\" is forbidden: ValidatingAdmissionPolicy 'p' denied request: failed to configure "
                + "policy: failed to find resource referenced by paramKind: 'example.com/v1, Kind=Limit'")
        try await cluster.make(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            """
            metadata: {name: limits.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: limits, kind: Limit}
              versions:
              - name: v1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties: {spec: {type: object, properties: {max: {type: integer}}}}
            """)
        #expect(try await cluster.createConfigMap().status == 201)
        try await cluster.make(
            "/apis/example.com/v1/namespaces/demo/limits",
            "{apiVersion: example.com/v1, kind: Limit, metadata: {name: l}, spec: {max: 3}}")
        #expect(try await cluster.createConfigMap("two", value: "4").status == 422)
        #expect(try await cluster.createConfigMap("two", value: "3").status == 201)
    }

    @Test func `namespaced parameters are of no use to cluster-scoped objects`() async throws {
        let cluster = try await PolicyServer()
        try await cluster.enforce(
            """
            matchConstraints:
              resourceRules:
              - {apiGroups: ["*"], apiVersions: ["*"], operations: [CREATE], resources: [clusterroles]}
            paramKind: {apiVersion: v1, kind: ConfigMap}
            validations: [{expression: "true"}]
            """, binding: "validationActions: [Deny]\nparamRef: {name: x, parameterNotFoundAction: Allow}")
        let role = try await cluster.server.send(
            .post, "/apis/rbac.authorization.k8s.io/v1/clusterroles", PolicyServer.yaml("metadata: {name: r}"))
        #expect(
            role.message.hasSuffix(
                "denied request: failed to configure binding: cannot use namespaced paramRef in policy binding that "
                    + "matches cluster-scoped resources"))
    }

    @Test(arguments: [
        ("authorizer.group('').resource('secrets').namespace('demo').check('get').allowed()", true),
        ("authorizer.group('').resource('secrets').namespace('other').check('get').allowed()", false),
        (
            "authorizer.group('').resource('pods').subresource('log').namespace('demo').name('x').check('get').allowed()",
            false
        ),
        ("authorizer.requestResource.check('create').allowed()", true),
        ("authorizer.requestResource.check('delete').allowed()", false),
        ("authorizer.path('/healthz').check('get').allowed()", true),
        ("authorizer.path('/metrics').check('get').allowed()", false),
        (
            "authorizer.serviceAccount('demo', "
                + "'robot').group('').resource('secrets').namespace('demo').check('get').allowed()", false
        ),
        (
            "authorizer.group('').resource('secrets').namespace('demo').check('get').reason() == 'RBAC: allowed by "
                + "RoleBinding \"rb/demo\" of Role \"r\" to User \"jane\"'", true
        ),
        ("authorizer.group('').resource('secrets').namespace('demo').check('get').errored()", false),
    ])
    func `expressions ask about the rights of who sends the request`(_ expression: String, _ isTrue: Bool) async throws
    {
        let cluster = try await PolicyServer()
        let access = "/apis/rbac.authorization.k8s.io/v1/namespaces/demo"
        try await cluster.make(
            "\(access)/roles",
            """
            metadata: {name: r}
            rules:
            - {apiGroups: [""], resources: [secrets], verbs: [get]}
            - {apiGroups: [""], resources: [configmaps], verbs: [create]}
            """)
        try await cluster.make(
            "\(access)/rolebindings",
            """
            metadata: {name: rb}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
            """)
        try await cluster.enforce(
            PolicyServer.configMaps + "validations:\n- message: 'no'\n  expression: >-\n    \(expression)")
        let answer = try await cluster.createConfigMap(
            as: UserIdentity(name: "jane", groups: ["system:authenticated"]))
        #expect(answer.status == (isTrue ? 201 : 422), "\(answer.text)")
        if !isTrue { #expect(answer.message.hasSuffix("denied request: no")) }
    }
}
