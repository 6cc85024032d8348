import RunCore

extension ControllerChart {
    /// ValidatingAdmissionPolicies that refuse at the request what else the controller refuses later (overrides), and
    /// what it cannot know (whether the author of an object may use the service account that it names).
    var admissionTemplate: ChartFile {
        let accounts = serviceAccountFields.map { Self.accountPolicy($0) }.joined(separator: "\n")
        let text = "{{- if .Values.admission.enabled }}\n" + Self.overridePolicy + "\n" + accounts + "\n{{- end }}"
        return ChartFile(path: "templates/admission.yaml", text: text)
    }

    /// A field that names a service account.
    private struct ServiceAccountField {
        var family: String
        var resource: CustomResource
        var path: [String]
    }

    private var serviceAccountFields: [ServiceAccountField] {
        [
            ServiceAccountField(
                family: "job-template", resource: JobTemplateFamily.jobRuns, path: ["spec", "serviceAccountName"]),
            ServiceAccountField(
                family: "job-template", resource: JobTemplateFamily.jobTemplates,
                path: ["spec", "template", "spec", "serviceAccountName"]),
        ]
    }

    /// Every template of the run's namespace is a parameter of the policy in turn; only the one that the run names says
    /// anything about it.
    private static let overridePolicy = """
        {{- if has "job-template" .Values.families }}
        \(policyHead(name: "overrides", resource: JobTemplateFamily.jobRuns))
          paramKind:
            apiVersion: \(JobTemplateFamily.jobTemplates.apiVersion)
            kind: \(JobTemplateFamily.jobTemplates.kind)
          variables:
            - name: allowed
              expression: >-
                has(params.overridable) ? params.overridable : ['command', 'args', 'parameters']
            - name: given
              expression: >-
                \(givenFields)
          validations:
            - expression: >-
                object.spec.templateRef != params.metadata.name || '*' in variables.allowed
                || variables.given.all(field, field in variables.allowed)
              reason: Forbidden
              messageExpression: >-
                variables.given.filter(field, !(field in variables.allowed)).map(field, 'spec.' + field).join(', ')
                + ' may not be set: JobTemplate "' + params.metadata.name + '" does not allow it'
        ---
        \(policyBinding(name: "overrides"))
          paramRef:
            selector: {}
            parameterNotFoundAction: Allow
        ---
        {{- end }}
        """

    private static var givenFields: String {
        (JobOverride.allCases.map(\.rawValue) + ["parameters"])
            .map { "(has(object.spec.\($0)) ? ['\($0)'] : [])" }.joined(separator: " + ")
    }

    private static func accountPolicy(_ field: ServiceAccountField) -> String {
        let name = "accounts-\(field.resource.plural)"
        let known = { (root: String) in
            field.path.indices.map { "has(\(([root] + field.path[...$0]).joined(separator: ".")))" }
                .joined(separator: " && ")
        }
        let read = { (root: String) in "(\(known(root)) ? \(([root] + field.path).joined(separator: ".")) : '')" }
        return """
            {{- if has "\(field.family)" .Values.families }}
            \(policyHead(name: name, resource: field.resource))
              variables:
                - name: account
                  expression: >-
                    \(read("object"))
                - name: before
                  expression: >-
                    request.operation == 'UPDATE' ? \(read("oldObject")) : ''
              validations:
                - expression: >-
                    variables.account == variables.before || variables.account in ['', 'default']
                    || authorizer.group('').resource('serviceaccounts').namespace(object.metadata.namespace)
                    .name(variables.account).check('{{ .Values.admission.serviceAccountVerb }}').allowed()
                  reason: Forbidden
                  messageExpression: >-
                    '\(field.path.joined(separator: ".")): ' + request.userInfo.username
                    + ' may not {{ .Values.admission.serviceAccountVerb }} the service account "' + variables.account + '"'
            ---
            \(policyBinding(name: name))
            ---
            {{- end }}
            """
    }

    private static func policyHead(name: String, resource: CustomResource) -> String {
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata:
          name: {{ include "chart.fullname" . }}-\(name)
          labels:
            {{- include "chart.labels" . | nindent 4 }}
        spec:
          failurePolicy: Fail
          matchConstraints:
            resourceRules:
              - apiGroups: ["\(resource.group)"]
                apiVersions: ["\(resource.version)"]
                operations: [CREATE, UPDATE]
                resources: ["\(resource.plural)"]
        """
    }

    private static func policyBinding(name: String) -> String {
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata:
          name: {{ include "chart.fullname" . }}-\(name)
          labels:
            {{- include "chart.labels" . | nindent 4 }}
        spec:
          policyName: {{ include "chart.fullname" . }}-\(name)
          validationActions: ["{{ .Values.admission.action }}"]
        """
    }
}
