import KubeObjects
import Logging
import Testing

@testable import FakeCluster

struct AdmissionPolicyRulesTests {
    private static let policy: JSONValue = [
        "spec": [
            "matchConstraints": [
                "resourceRules": [
                    ["apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]]
                ]
            ], "validations": [["expression": "true"]],
        ]
    ]

    @Test(arguments: [
        FaultCase(
            "spec/failurePolicy", "Never",
            "spec.failurePolicy: Unsupported value: \"Never\": supported "
                + "values: \"Fail\", \"Ignore\""),
        FaultCase("spec/matchConstraints", nil, "spec.matchConstraints: Required value"),
        FaultCase(
            "spec/matchConstraints/matchPolicy", "Same",
            "spec.matchConstraints.matchPolicy: Unsupported "
                + "value: \"Same\": supported values: \"Equivalent\", \"Exact\""),
        FaultCase("spec/matchConstraints/resourceRules", [], "spec.matchConstraints.resourceRules: Required value"),
        FaultCase(
            "spec/validations", nil,
            "spec.validations: Required value: validations or auditAnnotations must "
                + "contain at least one item\nspec.auditAnnotations: Required value: validations or auditAnnotations "
                + "must contain at least one item"),
        FaultCase(
            "spec/validations", [["expression": " "]],
            "spec.validations[0].expression: Required value: "
                + "expression is not specified"),
        FaultCase(
            "spec/validations", [["expression": "object.x"]],
            "spec.validations[0].expression: Invalid value: "
                + "\"object.x\": must evaluate to bool but got dyn"),
        FaultCase(
            "spec/validations", [["expression": "[1].map(x, string(x))"]],
            "spec.validations[0].expression: "
                + "Invalid value: \"[1].map(x, string(x))\": must evaluate to bool but got list(string)"),
        FaultCase(
            "spec/validations", [["expression": "object.x > "]],
            "spec.validations[0].expression: Invalid "
                + "value: \"object.x > \": compilation failed: ERROR: <input>:1:12: Syntax error: mismatched input "
                + "'<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, "
                + "NUM_UINT, STRING, BYTES, IDENTIFIER}\n | object.x > \n | ...........^"),
        FaultCase(
            "spec/validations", [["expression": "params == null"]],
            "spec.validations[0].expression: Invalid "
                + "value: \"params == null\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'params' "
                + "(in container '')\n | params == null\n | ^"),
        FaultCase(
            "spec/validations", [["expression": "variables.x"]],
            "spec.validations[0].expression: Invalid "
                + "value: \"variables.x\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'variables' "
                + "(in container '')\n | variables.x\n | ^"),
        FaultCase(
            "spec/validations", [["expression": "request.nmae == ''"]],
            "spec.validations[0].expression: "
                + "Invalid value: \"request.nmae == ''\": compilation failed: ERROR: <input>:1:8: undefined field "
                + "'nmae'\n | request.nmae == ''\n | .......^"),
        FaultCase(
            "spec/validations",
            [["expression": "true", "messageExpression": "authorizer.path('/').check('get').reason()"]],
            "spec.validations[0].messageExpression: Invalid value: \"authorizer.path('/').check('get').reason()\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'authorizer' (in container '')\n | authorizer.path('/').check('get').reason()\n | ^"
        ),
        FaultCase(
            "spec/validations", [["expression": "true", "messageExpression": "1"]],
            "spec.validations[0].messageExpression: Invalid value: \"1\": must evaluate to string but got int"),
        FaultCase(
            "spec/validations", [["expression": "true", "messageExpression": " "]],
            "spec.validations[0].messageExpression: Invalid value: \" \": must be non-empty if specified"),
        FaultCase(
            "spec/validations", [["expression": "true", "message": "a\nb"]],
            "spec.validations[0].message: "
                + "Invalid value: \"a\\nb\": message must not contain line breaks"),
        FaultCase(
            "spec/validations", [["expression": "true", "reason": "Gone"]],
            "spec.validations[0].reason: "
                + "Unsupported value: \"Gone\": supported values: \"Forbidden\", \"Invalid\", \"RequestEntityTooLarge\""
        ),
        FaultCase(
            "spec/variables", [["name": "a-b", "expression": "1"]],
            "spec.variables[0].name: Invalid value: "
                + "\"a-b\": name is not a valid CEL identifier"),
        FaultCase(
            "spec/variables", [["name": "a", "expression": "variables.b"], ["name": "b", "expression": "1"]],
            "spec.variables[0].expression: Invalid value: \"variables.b\": compilation failed: ERROR: <input>:1:10: undefined field 'b'\n | variables.b\n | .........^"
        ),
        FaultCase(
            "spec/matchConditions", [["name": "x", "expression": "true"], ["name": "x", "expression": ""]],
            "spec.matchConditions[1].expression: Required value\nspec.matchConditions[1].name: Duplicate value: \"x\""),
        FaultCase(
            "spec/auditAnnotations", [["key": "k", "valueExpression": "1"]],
            "spec.auditAnnotations[0].valueExpression: Invalid value: \"1\": must evaluate to one of [string null_type] but got int"
        ),
        FaultCase("spec/paramKind", ["apiVersion": "v1"], "spec.paramKind.kind: Required value"),
        FaultCase(
            "spec/paramKind", ["apiVersion": "a/b/c", "kind": "X"],
            "spec.paramKind.apiVersion: Invalid "
                + "value: \"a/b/c\": unexpected GroupVersion string: a/b/c"),
    ])
    func `a policy is checked as it is stored`(_ fault: FaultCase) throws {
        let walk = try KindWalk("ValidatingAdmissionPolicy", "admissionregistration.k8s.io/v1")
        let faults = try walk.create(fault.applied(to: Self.policy)).faults
        #expect(faults.joined(separator: "\n") == fault.fault ?? "")
    }

    @Test(arguments: [
        FaultCase("operations", [], "operations: Required value"),
        FaultCase(
            "operations", ["*", "CREATE"],
            "operations: Invalid value: [\"*\",\"CREATE\"]: if '*' is present, "
                + "must not specify other operations"),
        FaultCase(
            "operations", ["GET"],
            "operations[0]: Unsupported value: \"GET\": supported values: \"*\", "
                + "\"CONNECT\", \"CREATE\", \"DELETE\", \"UPDATE\""),
        FaultCase("apiVersions", [""], "apiVersions[0]: Required value"),
        FaultCase(
            "resources", ["pods/*", "pods/log"],
            "resources[1]: Invalid value: \"pods/log\": if 'pods/*' is "
                + "present, must not specify pods/log"),
        FaultCase(
            "resources", ["*", "pods"],
            "resources: Invalid value: [\"*\",\"pods\"]: if '*' is present, must "
                + "not specify other resources without subresources"),
        FaultCase("resourceNames", ["a", "a"], "resourceNames[1]: Duplicate value: \"a\""),
        FaultCase(
            "scope", "Mine",
            "scope: Unsupported value: \"Mine\": supported values: \"*\", \"Cluster\", "
                + "\"Namespaced\""),
    ])
    func `the rules of a policy are checked`(_ fault: FaultCase) throws {
        let rules = Self.policy["spec"]?["matchConstraints"]?.list("resourceRules").first ?? [:]
        var policy = Self.policy
        policy.set([fault.applied(to: rules)], at: ["spec", "matchConstraints", "resourceRules"])
        let walk = try KindWalk("ValidatingAdmissionPolicy", "admissionregistration.k8s.io/v1")
        #expect(try walk.create(policy).faults == fault.fault.map { ["spec.matchConstraints.resourceRules[0].\($0)"] })
    }

    @Test(arguments: [
        FaultCase("spec/policyName", nil, "spec.policyName: Required value"),
        FaultCase(
            "spec/validationActions", [],
            "spec.validationActions: Required value: at least one validation "
                + "action is required"),
        FaultCase("spec/validationActions", ["Deny", "Deny"], "spec.validationActions[1]: Duplicate value: \"Deny\""),
        FaultCase(
            "spec/validationActions", ["Deny", "Warn"],
            "spec.validationActions: Invalid value: "
                + "[\"Deny\",\"Warn\"]: must not contain both Deny and Warn (repeating the same validation failure "
                + "information in the API response and headers serves no purpose)"),
        FaultCase("spec/paramRef", ["name": "x"], "spec.paramRef.parameterNotFoundAction: Required value"),
        FaultCase(
            "spec/paramRef", ["parameterNotFoundAction": "Deny"],
            "spec.paramRef: Required value: one of name "
                + "or selector must be specified"),
        FaultCase(
            "spec/paramRef", ["name": "x", "selector": [:], "parameterNotFoundAction": "Deny"],
            "spec.paramRef.name: Forbidden: name and selector are mutually exclusive\nspec.paramRef.selector: Forbidden: name and selector are mutually exclusive"
        ),
    ])
    func `a binding is checked as it is stored`(_ fault: FaultCase) throws {
        let binding: JSONValue = ["spec": ["policyName": "p", "validationActions": ["Deny"]]]
        let walk = try KindWalk("ValidatingAdmissionPolicyBinding", "admissionregistration.k8s.io/v1")
        #expect(
            try walk.create(fault.applied(to: binding)).faults.joined(separator: "\n") == fault.fault ?? "")
    }

    @Test(
        arguments: [
            ("object.metadata.labels.x == '1' && object.spec.terminationGracePeriodSeconds > 3", nil),
            (
                "object.spec.nodNeame == 'x'",
                "/v1, Kind=Pod: ERROR: <input>:1:12: undefined field 'nodNeame'\n | "
                    + "object.spec.nodNeame == 'x'\n | ...........^\n"
            ),
            (
                "object.spec.hostNetwork == 1",
                "/v1, Kind=Pod: ERROR: <input>:1:25: found no matching overload for '_==_' "
                    + "applied to '(bool, int)'\n | object.spec.hostNetwork == 1\n | ........................^\n"
            ),
            ("object.spec.containers.all(c, c.image.startsWith('x'))", nil),
        ] as [(String, String?)])
    func `expressions are held against the types of what they are about`(
        _ expression: String, _ warning: String?
    ) throws {
        let registry = ResourceRegistry.standard()
        let cluster = MemoryCluster(time: .system)
        let checker = AdmissionPolicyChecker(
            access: cluster, registry: registry, time: .system, logger: Logger(label: "test"))
        var policy = Self.policy
        policy.set([["expression": .string(expression)]], at: ["spec", "validations"])
        let warnings = checker.warnings(of: policy["spec"] ?? [:])
        #expect(
            warnings
                == (warning.map { [["fieldRef": "spec.validations[0].expression", "warning": .string($0)]] } ?? []))
    }
}
