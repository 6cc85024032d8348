import KubeObjects
import RunCore

extension ControllerChart {
    /// ValidatingAdmissionPolicies that refuse at the request what the controller refuses later (overrides, parameters),
    /// and what it cannot know: whether the author of an object may use the service account or the namespace that it
    /// names. One only warns.
    var admissionTemplate: ChartFile {
        var policies = [overridePolicy, reservedNamePolicy]
        for family in families {
            for resource in resources(of: family) {
                policies.append(accountPolicy(family, resource))
            }
            if let field = family.namespaceField { policies.append(namespacePolicy(family, field)) }
        }
        let text =
            Self.accountCheck + "{{- if .Values.admission.enabled }}\n" + policies.joined(separator: "\n")
            + "\n{{- end }}"
        return ChartFile(path: "templates/admission.yaml", text: text)
    }

    private func resources(of family: any RunFamily) -> [CustomResource] {
        family.accountFields.map(\.resource).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    // MARK: Templates

    /// Every template of the run's namespace is a parameter of the policy in turn; only the one that the run names says
    /// anything about it. A run's spec cannot be changed later, but for what no template forbids.
    private var overridePolicy: String {
        policy(
            "overrides",
            AdmissionPolicy(
                family: JobTemplateFamily().name, value: "templates", resource: JobTemplateFamily.jobRuns,
                operations: ["CREATE"], parameter: JobTemplateFamily.jobTemplates,
                variables: [
                    ("applies", "has(object.spec.templateRef) && object.spec.templateRef == params.metadata.name"),
                    (
                        "allowed",
                        "has(params.overridable) ? params.overridable : "
                            + "[\(JobTemplate.defaultOverridable.map { "'\($0)'" }.joined(separator: ", "))]"
                    ),
                    ("given", givenFields),
                    ("declared", "has(params.parameters) ? params.parameters : []"),
                    ("values", "has(object.spec.parameters) ? object.spec.parameters : []"),
                ],
                rules: [
                    AdmissionRule(
                        "!variables.applies || '*' in variables.allowed"
                            + " || variables.given.all(field, field in variables.allowed)",
                        message:
                            "variables.given.filter(field, !(field in variables.allowed)).map(field, 'spec.' + field)"
                            + ".join(', ') + ' may not be set: JobTemplate \"' + params.metadata.name"
                            + " + '\" does not allow it'"),
                    AdmissionRule(
                        "!variables.applies || variables.values.all(value, "
                            + "variables.declared.exists(known, known.name == value.name))",
                        message: "'spec.parameters: JobTemplate \"' + params.metadata.name + '\" has no parameter '"
                            + " + variables.values.filter(value, "
                            + "!variables.declared.exists(known, known.name == value.name))"
                            + ".map(value, '\"' + value.name + '\"').join(', ')"),
                    AdmissionRule(
                        "!variables.applies || variables.declared.all(known, !(\(Self.isRequired))"
                            + " || variables.values.exists(value, value.name == known.name))",
                        message: "'spec.parameters: JobTemplate \"' + params.metadata.name + '\" needs a value for '"
                            + " + variables.declared.filter(known, (\(Self.isRequired))"
                            + " && !variables.values.exists(value, value.name == known.name))"
                            + ".map(known, '\"' + known.name + '\"').join(', ')"),
                ]))
    }

    /// A parameter without a default is required unless it says otherwise.
    private static let isRequired = "has(known.required) ? known.required : !has(known.default)"

    /// The names of all fields by which a run changes something of its template. An empty list or map changes nothing.
    private var givenFields: String {
        let schema = JobTemplateFamily().definitions.first { $0.name == JobTemplateFamily.jobRuns.definitionName }
        let version = schema?["spec"]?["versions"]?[0]?["schema"]?["openAPIV3Schema"]
        let spec = version?["properties"]?["spec"]?["properties"]
        return (JobOverride.allCases.map(\.rawValue) + ["parameters"]).map { field in
            let isCollection = ["array", "object"].contains(spec?[field]?["type"]?.string ?? "")
            let given = "has(object.spec.\(field))" + (isCollection ? " && object.spec.\(field).size() > 0" : "")
            return "(\(given) ? ['\(field)'] : [])"
        }.joined(separator: " + ")
    }

    /// A template of such a name works, but not as its author may think.
    private var reservedNamePolicy: String {
        let name = "object.metadata.name"
        let names = ReservedName.all.map { "'\($0)'" }.joined(separator: ", ")
        return policy(
            "reserved-names",
            AdmissionPolicy(
                family: JobTemplateFamily().name, value: "reservedNames", resource: JobTemplateFamily.jobTemplates,
                operations: ["CREATE"],
                rules: [
                    AdmissionRule(
                        "!has(\(name)) || !(\(name) in [\(names)])",
                        message: "'\(ReservedName.advice("' + \(name) + '"))'")
                ], action: "Warn"))
    }

    // MARK: What authors may do

    /// Whether the author of a request may use the service account that an expression names.
    private static let accountCheck = """
        {{- define "chart.mayUseAccount" -}}
        {{- $checks := list }}
        {{- range .root.Values.admission.serviceAccountVerbs }}
        {{- $checks = append $checks (printf "authorizer.group('').resource('serviceaccounts').namespace(request.namespace).name(%s).check('%s').allowed()" $.account .) }}
        {{- end }}
        {{- join " || " $checks }}
        {{- end }}

        """

    /// Each field has a rule of its own, so that the questions to the authorizer stay within the cost of a rule.
    private func accountPolicy(_ family: any RunFamily, _ resource: CustomResource) -> String {
        let rules = family.accountFields.filter { $0.resource == resource }.map { field in
            let account = "object.\(field.path.joined(separator: "."))"
            return AdmissionRule(
                "!(\(field.isGiven(in: "object"))) || \(field.isUnchanged) || \(account) in ['', 'default']"
                    + " || {{ include \"chart.mayUseAccount\" (dict \"root\" $ \"account\" \"\(account)\") }}",
                message: "'\(field.path.joined(separator: ".")): ' + request.userInfo.username"
                    + " + ' may not use the service account \"' + string(\(account)) + '\" (verb "
                    + "{{ join \" or \" $.Values.admission.serviceAccountVerbs }} of serviceaccounts)'")
        }
        return policy(
            "accounts-\(resource.plural)-\(resource.group.prefix { $0 != "." })",
            AdmissionPolicy(family: family.name, value: "serviceAccounts", resource: resource, rules: rules))
    }

    /// A run that belongs to no namespace starts pods in the one that it names: its author must be allowed to.
    private func namespacePolicy(_ family: any RunFamily, _ field: ResourceField) -> String {
        let namespace = "object.\(field.path.joined(separator: "."))"
        return policy(
            "namespaces-\(field.resource.plural)",
            AdmissionPolicy(
                family: family.name, value: "namespaces", resource: field.resource,
                rules: [
                    AdmissionRule(
                        "!(\(field.isGiven(in: "object"))) || \(field.isUnchanged) || "
                            + "authorizer.group('batch').resource('jobs').namespace(\(namespace)).check('create').allowed()",
                        message: "'\(field.path.joined(separator: ".")): ' + request.userInfo.username"
                            + " + ' may not create jobs in the namespace \"' + \(namespace) + '\"'")
                ]))
    }
}

extension ResourceField {
    /// Whether the field is there, as CEL.
    fileprivate func isGiven(in root: String) -> String {
        path.indices.map { "has(\(([root] + path[...$0]).joined(separator: ".")))" }.joined(separator: " && ")
    }

    /// Whether an update leaves the field as it is, as CEL: whoever changes something else need not be asked.
    fileprivate var isUnchanged: String {
        let name = path.joined(separator: ".")
        return "(request.operation == 'UPDATE' && \(isGiven(in: "oldObject")) && object.\(name) == oldObject.\(name))"
    }
}
