import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// Constraints, a binding, and whether a ConfigMap `one` with the label `app: x` in the namespace `demo` is within.
struct MatchCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var constraints: String
    var binding = ""
    var isMatched: Bool
}

struct AdmissionMatchTests {
    private static let rule = "{apiGroups: [\"\"], apiVersions: [v1], operations: [CREATE], resources: [configmaps]"

    @Test(arguments: [
        MatchCase(testDescription: "its resource", constraints: "resourceRules: [\(rule)}]", isMatched: true),
        MatchCase(
            testDescription: "another group",
            constraints: "resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: ['*'], resources: ['*']}]",
            isMatched: false),
        MatchCase(
            testDescription: "everything",
            constraints: "resourceRules: [{apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: "
                + "['*/*']}]",
            isMatched: true),
        MatchCase(
            testDescription: "another operation",
            constraints: "resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [DELETE], resources: "
                + "['*']}]",
            isMatched: false),
        MatchCase(
            testDescription: "only its subresources",
            constraints:
                "resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: ['configmaps/x']}]",
            isMatched: false),
        MatchCase(
            testDescription: "its name", constraints: "resourceRules: [\(rule), resourceNames: [one]}]",
            isMatched: true),
        MatchCase(
            testDescription: "another name", constraints: "resourceRules: [\(rule), resourceNames: [two]}]",
            isMatched: false),
        MatchCase(
            testDescription: "namespaced", constraints: "resourceRules: [\(rule), scope: Namespaced}]",
            isMatched: true),
        MatchCase(
            testDescription: "the cluster scope", constraints: "resourceRules: [\(rule), scope: Cluster}]",
            isMatched: false),
        MatchCase(
            testDescription: "left out",
            constraints: "resourceRules: [\(rule)}]\nexcludeResourceRules: [\(rule), resourceNames: [one]}]",
            isMatched: false),
        MatchCase(
            testDescription: "its label",
            constraints: "resourceRules: [\(rule)}]\nobjectSelector: {matchLabels: {app: x}}", isMatched: true),
        MatchCase(
            testDescription: "another label",
            constraints: "resourceRules: [\(rule)}]\nobjectSelector: {matchExpressions: [{key: app, operator: "
                + "NotIn, values: [x]}]}",
            isMatched: false),
        MatchCase(
            testDescription: "its namespace",
            constraints:
                "resourceRules: [\(rule)}]\nnamespaceSelector: {matchLabels: {kubernetes.io/metadata.name: demo}}",
            isMatched: true),
        MatchCase(
            testDescription: "another namespace",
            constraints: "resourceRules: [\(rule)}]\nnamespaceSelector: {matchLabels: {a: b}}", isMatched: false),
        MatchCase(
            testDescription: "not within the binding", constraints: "resourceRules: [\(rule)}]",
            binding: "matchResources: {objectSelector: {matchLabels: {app: z}}}", isMatched: false),
        MatchCase(
            testDescription: "within the binding", constraints: "resourceRules: [\(rule)}]",
            binding: "matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: demo}}}",
            isMatched: true),
    ])
    func `constraints choose requests`(_ match: MatchCase) async throws {
        let cluster = try await PolicyServer()
        let constraints = match.constraints.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        try await cluster.enforce(
            "matchConstraints:\n\(constraints)\nvalidations: [{expression: 'false'}]",
            binding: "validationActions: [Deny]\n\(match.binding)")
        let answer = try await cluster.createConfigMap(labels: ["app": "x"])
        #expect(answer.status == (match.isMatched ? 422 : 201), "\(answer.text)")
    }

    @Test func `an equivalent resource is shown as the policy names it`() async throws {
        let cluster = try await PolicyServer()
        try await cluster.enforce(
            """
            matchConstraints:
              resourceRules:
              - {apiGroups: [events.k8s.io], apiVersions: [v1], operations: [CREATE], resources: [events]}
            validations:
            - expression: "false"
              messageExpression: "request.resource.group + ' ' + request.requestResource.group + ' ' + object.note"
            """)
        let event = """
            metadata: {name: e, namespace: demo}
            involvedObject: {namespace: demo, name: x, kind: Pod}
            message: hello
            """
        let answer = try await cluster.server.send(
            .post, "/api/v1/namespaces/demo/events", PolicyServer.yaml(event))
        #expect(answer.message.hasSuffix("denied request: events.k8s.io  hello"))
    }

    @Test func `with an exact match an equivalent resource is another`() async throws {
        let cluster = try await PolicyServer()
        try await cluster.enforce(
            """
            matchConstraints:
              matchPolicy: Exact
              resourceRules:
              - {apiGroups: [events.k8s.io], apiVersions: [v1], operations: [CREATE], resources: [events]}
            validations: [{expression: "false"}]
            """)
        let event = "{metadata: {name: e, namespace: demo}, involvedObject: {namespace: demo, name: x}}"
        let answer = try await cluster.server.send(
            .post, "/api/v1/namespaces/demo/events", PolicyServer.yaml(event))
        #expect(answer.status == 201)
    }

    @Test func `a namespace is chosen by its own labels, and other cluster-scoped objects by none`() async throws {
        let cluster = try await PolicyServer()
        try await cluster.enforce(
            """
            matchConstraints:
              namespaceSelector: {matchLabels: {team: red}}
              resourceRules:
              - {apiGroups: ["*"], apiVersions: ["*"], operations: [CREATE], resources: [namespaces, clusterroles]}
            validations:
            - expression: "false"
              messageExpression: request.name + ' ' + string(namespaceObject == null)
            """)
        let red = try await cluster.server.send(
            .post, "/api/v1/namespaces", PolicyServer.yaml("metadata: {name: red, labels: {team: red}}"))
        #expect(red.message.hasSuffix("denied request: red true"))
        let blue = try await cluster.server.send(
            .post, "/api/v1/namespaces", PolicyServer.yaml("metadata: {name: blue, labels: {team: blue}}"))
        #expect(blue.status == 201)
        let role = try await cluster.server.send(
            .post, "/apis/rbac.authorization.k8s.io/v1/clusterroles", PolicyServer.yaml("metadata: {name: r}"))
        #expect(role.message.hasSuffix("denied request: r true"))
    }

    @Test func `policies decide neither on policies nor on questions`() async throws {
        let cluster = try await PolicyServer()
        try await cluster.enforce(
            """
            matchConstraints:
              resourceRules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"]}]
            validations: [{expression: "false"}]
            """)
        let question = try await cluster.server.send(
            .post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            PolicyServer.yaml("spec: {resourceAttributes: {verb: get, resource: pods}}"))
        #expect(question.status == 201)
        let path = "\(PolicyServer.group)/validatingadmissionpolicies/p"
        #expect(try await cluster.server.send(.delete, path).status == 200)
        #expect(try await cluster.createConfigMap().status == 201)
    }
}
