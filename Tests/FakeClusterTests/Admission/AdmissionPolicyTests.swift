import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// A policy about ConfigMaps and what it says of one with `data.a: "1"`.
struct PolicyCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var policy: String
    var binding = "validationActions: [Deny]"
    /// What stands behind `denied request: `; nil if the ConfigMap is let in.
    var refusal: String?
}

struct AdmissionPolicyTests {
    private static let prefix =
        "configmaps \"one\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: "

    @Test(arguments: [
        PolicyCase(
            testDescription: "holds", policy: "validations: [{expression: \"object.data.a == '1'\"}]", refusal: nil),
        PolicyCase(
            testDescription: "the expression stands for a message",
            policy: "validations: [{expression: \" object.data.a == '2' \"}]",
            refusal: "failed expression: object.data.a == '2'"),
        PolicyCase(
            testDescription: "a message", policy: "validations: [{expression: 'false', message: ' no '}]",
            refusal: "no"),
        PolicyCase(
            testDescription: "a message expression comes before the message",
            policy:
                "validations: [{expression: 'false', message: 'no', messageExpression: \"'a is ' + object.data.a\"}]",
            refusal: "a is 1"),
        PolicyCase(
            testDescription: "a message expression that fails gives way",
            policy: "validations: [{expression: 'false', message: 'no', messageExpression: 'object.data.b + \"\"'}]",
            refusal: "no"),
        PolicyCase(
            testDescription: "of several violations the first is told",
            policy: "validations: [{expression: 'true'}, {expression: 'false', message: x}, {expression: 'false'}]",
            refusal: "x"),
        PolicyCase(
            testDescription: "an expression that fails",
            policy: "validations: [{expression: 'object.data.b == \"1\"'}]",
            refusal: "expression 'object.data.b == \"1\"' resulted in error: no such key: b"),
        PolicyCase(
            testDescription: "an expression that fails is ignored",
            policy: "failurePolicy: Ignore\nvalidations: [{expression: 'object.data.b == \"1\"'}]", refusal: nil),
        PolicyCase(
            testDescription: "a violation is never ignored",
            policy: "failurePolicy: Ignore\nvalidations: [{expression: 'false', message: 'no'}]", refusal: "no"),
        PolicyCase(
            testDescription: "a condition that does not hold",
            policy:
                "matchConditions: [{name: c, expression: \"object.data.a != '1'\"}]\nvalidations: [{expression: "
                + "'false'}]",
            refusal: nil),
        PolicyCase(
            testDescription: "a condition that fails",
            policy: "matchConditions: [{name: c, expression: 'object.x == 1'}]\nvalidations: [{expression: 'true'}]",
            refusal: "expression 'object.x == 1' resulted in error: no such key: x"),
        PolicyCase(
            testDescription: "one condition that does not hold makes up for one that fails",
            policy: """
                matchConditions: [{name: c, expression: 'object.x == 1'}, {name: d, expression: 'false'}]
                validations: [{expression: 'false'}]
                """, refusal: nil),
        PolicyCase(
            testDescription: "variables see each other",
            policy: """
                variables:
                - {name: a, expression: object.data.a}
                - {name: twice, expression: variables.a + variables.a}
                validations: [{expression: "variables.twice == '12'", messageExpression: "'got ' + variables.twice"}]
                """, refusal: "got 11"),
        PolicyCase(
            testDescription: "a variable that fails",
            policy: "variables: [{name: a, expression: object.x}]\nvalidations: [{expression: variables.a == 1}]",
            refusal: "expression 'variables.a == 1' resulted in error: composited variable \"a\" fails to evaluate: "
                + "no such key: x"),
        PolicyCase(
            testDescription: "a variable that fails and is not asked for",
            policy: "variables: [{name: a, expression: object.x}]\nvalidations: [{expression: true || variables.a "
                + "== 1}]",
            refusal: nil),
        PolicyCase(
            testDescription: "a variable does not see what a macro around it names",
            policy: """
                variables: [{name: m, expression: "[1, 2].map(i, i * 2)"}]
                validations: [{expression: "[5].all(i, variables.m == [2, 4] && i == 5)"}]
                """, refusal: nil),
        PolicyCase(
            testDescription: "the request",
            policy: """
                validations:
                - expression: >-
                    request.operation == 'CREATE' && request.name == 'one' && request.namespace == 'demo'
                    && request.kind.kind == 'ConfigMap' && request.resource.resource == 'configmaps'
                    && !has(request.subResource) && !request.dryRun && request.userInfo.username == 'kubernetes-admin'
                    && 'system:masters' in request.userInfo.groups && request.options.kind == 'CreateOptions'
                """, refusal: nil),
        PolicyCase(
            testDescription: "the namespace",
            policy: """
                validations:
                - expression: >-
                    namespaceObject.metadata.name == 'demo' && namespaceObject.status.phase == 'Active'
                    && namespaceObject.metadata.labels['kubernetes.io/metadata.name'] == 'demo'
                """, refusal: nil),
        PolicyCase(
            testDescription: "no old object and no parameters",
            policy: "paramKind: {apiVersion: v1, kind: Secret}\nvalidations: [{expression: oldObject == null && "
                + "params == null}]",
            refusal: nil),
        PolicyCase(
            testDescription: "quantities, addresses and formats",
            policy: """
                validations:
                - expression: >-
                    quantity('1Gi').isGreaterThan(quantity('1M')) && cidr('10.0.0.0/8').containsIP('10.1.2.3')
                    && url('https://a:80/b').getPort() == '80' && 'a1'.find('[0-9]') == '1'
                    && format.dns1123Label().validate('A').hasValue()
                """, refusal: nil),
        PolicyCase(
            testDescription: "an annotation that fails",
            policy: "auditAnnotations: [{key: k, valueExpression: object.x + ''}]",
            refusal: "expression 'object.x + ''' resulted in error: no such key: x"),
        PolicyCase(
            testDescription: "too many questions about rights for one expression",
            policy: """
                validations:
                - expression: >-
                    ['a', 'b', 'c'].all(v, authorizer.path('/x').check(v).allowed())
                """,
            refusal: "expression '['a', 'b', 'c'].all(v, authorizer.path('/x').check(v).allowed())' resulted in error: "
                + "operation cancelled: actual cost limit exceeded"),
    ])
    func `a policy decides on a new object`(_ policy: PolicyCase) async throws {
        let cluster = try await PolicyServer()
        try await cluster.enforce(PolicyServer.configMaps + policy.policy, binding: policy.binding)
        let answer = try await cluster.createConfigMap()
        #expect(answer.message == policy.refusal.map { Self.prefix + $0 } ?? "")
        #expect(answer.status == (policy.refusal == nil ? 201 : 422))
    }

    @Test(arguments: [
        ("", 422, "Invalid"), ("Invalid", 422, "Invalid"), ("Forbidden", 403, "Forbidden"),
        ("RequestEntityTooLarge", 413, "RequestEntityTooLarge"),
    ])
    func `a refusal has the reason of its validation`(_ reason: String, _ code: Int, _ told: String) async throws {
        let cluster = try await PolicyServer()
        let clause = reason.isEmpty ? "" : ", reason: \(reason)"
        try await cluster.enforce(
            PolicyServer.configMaps + "validations: [{expression: 'false', message: 'no'\(clause)}]")
        let status = try await cluster.createConfigMap().json
        #expect(status["code"]?.integer == Int64(code))
        #expect(status["reason"]?.string == told)
        #expect(
            status["details"] == [
                "name": "one", "kind": "configmaps",
                "causes": [
                    ["message": "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no"]
                ],
            ])
    }

    @Test func `Warn lets the object in and warns, Audit says nothing`() async throws {
        let cluster = try await PolicyServer()
        let policy = PolicyServer.configMaps + "validations: [{expression: 'false', message: 'no'}]"
        try await cluster.enforce(policy, binding: "validationActions: [Warn, Audit]")
        let answer = try await cluster.createConfigMap()
        #expect(answer.status == 201)
        #expect(answer.warnings == ["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': no"])
    }

    @Test func `a policy holds from its binding until either is gone`() async throws {
        let cluster = try await PolicyServer()
        try await cluster.enforce(PolicyServer.configMaps + "validations: [{expression: 'false'}]")
        #expect(try await cluster.createConfigMap().status == 422)
        let binding = "\(PolicyServer.group)/validatingadmissionpolicybindings/b"
        #expect(try await cluster.server.send(.delete, binding).status == 200)
        #expect(try await cluster.createConfigMap().status == 201)
    }

    @Test func `updates, patches, applies, deletions and dry runs meet policies too`() async throws {
        let cluster = try await PolicyServer()
        #expect(try await cluster.createConfigMap(labels: ["keep": "yes"]).status == 201)
        try await cluster.enforce(
            PolicyServer.configMaps + """
                validations:
                - expression: request.operation != 'UPDATE' || object.data == oldObject.data
                  message: data never changes
                - expression: request.operation != 'DELETE' || object == null && !('keep' in oldObject.metadata.labels)
                  message: is kept
                - expression: request.operation != 'CREATE' || !request.dryRun
                  message: not even for a try
                """)
        let path = "/api/v1/namespaces/demo/configmaps/one"
        let changed: JSONValue = ["data": ["a": "2"]]
        var whole = TestServer.configMap("one")
        whole.set("2", at: ["data", "a"])
        var answers = [try await cluster.server.send(.put, path, whole)]
        answers.append(
            try await cluster.server.send(
                .patch, path, changed, headers: [.contentType: "application/merge-patch+json"]))
        answers.append(
            try await cluster.server.send(
                .patch, path + "?fieldManager=t&force=true", whole,
                headers: [.contentType: "application/apply-patch+yaml"]))
        let refusal = "configmaps \"one\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: "
        #expect(answers.map(\.message) == Array(repeating: refusal + "data never changes", count: 3))
        #expect(try await cluster.server.send(.delete, path).message == refusal + "is kept")
        #expect(
            try await cluster.server.send(.delete, "/api/v1/namespaces/demo/configmaps").message == refusal + "is kept")
        let attempt = try await cluster.createConfigMap("two", query: "?dryRun=All")
        #expect(attempt.message.hasSuffix("denied request: not even for a try"))
        #expect(try await cluster.createConfigMap("two").status == 201)
    }

    @Test func `subresources are told apart`() async throws {
        let cluster = try await PolicyServer()
        try await cluster.make(
            "/apis/apps/v1/namespaces/demo/deployments",
            """
            metadata: {name: d}
            spec:
              selector: {matchLabels: {a: b}}
              template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}
            """)
        try await cluster.enforce(
            """
            matchConstraints:
              resourceRules:
              - {apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments/scale]}
              - {apiGroups: [""], apiVersions: [v1], operations: ["*"], resources: ["pods/*"]}
            validations:
            - expression: object.kind != 'Scale' || object.spec.replicas < 3
              messageExpression: >-
                'not ' + string(object.spec.replicas) + ' of ' + request.kind.kind + ' ' + request.subResource
            - expression: request.operation != 'CONNECT'
              messageExpression: "'no ' + object.command[0] + ' by ' + object.kind"
            """)
        let path = "/apis/apps/v1/namespaces/demo/deployments/d"
        let replicas: JSONValue = ["spec": ["replicas": 5]]
        let headers: HTTPFields = [.contentType: "application/merge-patch+json"]
        let scaled = try await cluster.server.send(.patch, path + "/scale", replicas, headers: headers)
        #expect(scaled.message.hasSuffix("denied request: not 5 of Scale scale"))
        #expect(try await cluster.server.send(.patch, path, replicas, headers: headers).status == 200)
        let pod = "/api/v1/namespaces/demo/pods/x/exec?command=ls"
        let refused = try await cluster.server.send(.post, pod)
        #expect(refused.message.hasSuffix("denied request: no ls by PodExecOptions"))
    }
}
