import RunCore

/// A ValidatingAdmissionPolicy with its binding, before it is written as a template.
struct AdmissionPolicy {
    /// The family that it belongs to.
    var family: String
    /// The value below `admission` that switches it.
    var value: String
    /// What it is about.
    var resource: CustomResource
    /// Which operations it is about.
    var operations = ["CREATE", "UPDATE"]
    /// The resource whose objects in the request's namespace are its parameters.
    var parameter: CustomResource?
    /// Named expressions.
    var variables: [(name: String, expression: String)] = []
    /// What must hold.
    var rules: [AdmissionRule]
    /// What happens where it does not.
    var action = "{{ .Values.admission.action }}"
}

/// What must hold of a request, in CEL.
struct AdmissionRule {
    /// True for what is allowed.
    var expression: String
    /// The text for what is not.
    var message: String

    /// A rule.
    init(_ expression: String, message: String) {
        self.expression = expression
        self.message = message
    }
}

extension ControllerChart {
    /// A policy and its binding as a part of a template.
    func policy(_ suffix: String, _ policy: AdmissionPolicy) -> String {
        let name = "{{ include \"chart.outside\" (list . \"\(suffix)\") | quote }}"
        var spec = """
            failurePolicy: Fail
            matchConstraints:
              resourceRules:
                - apiGroups: ["\(policy.resource.group)"]
                  apiVersions: ["*"]
                  operations: [\(policy.operations.joined(separator: ", "))]
                  resources: ["\(policy.resource.plural)"]
            """
        if let parameter = policy.parameter {
            spec += "\nparamKind:\n  apiVersion: \(parameter.apiVersion)\n  kind: \(parameter.kind)"
        }
        if !policy.variables.isEmpty {
            spec += "\nvariables:"
            for (name, expression) in policy.variables {
                spec += "\n  - name: \(name)\n    expression: >-\n      \(expression)"
            }
        }
        spec += "\nvalidations:"
        for rule in policy.rules {
            spec +=
                "\n  - expression: >-\n      \(rule.expression)\n    reason: Forbidden"
                + "\n    messageExpression: >-\n      \(rule.message)"
        }
        return """
            {{- if and .Values.admission.\(policy.value) (has "\(policy.family)" .Values.families) }}
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            \(Self.metadata(name: name))
            spec:
            \(ChartText.indented(spec, by: 2))
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            \(Self.metadata(name: name))
            spec:
              policyName: \(name)
              validationActions: ["\(policy.action)"]
              {{- with .Values.watchNamespaces }}
              matchResources:
                namespaceSelector:
                  matchExpressions:
                    - key: kubernetes.io/metadata.name
                      operator: In
                      values:
                        {{- toYaml . | nindent 12 }}
              {{- end }}
            \(policy.parameter == nil ? "{{- end }}" : "  paramRef:\n    selector: {}\n    parameterNotFoundAction: Allow\n{{- end }}")
            """
    }
}
