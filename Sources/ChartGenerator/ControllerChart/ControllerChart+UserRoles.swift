import KubeObjects
import RunCore

extension ControllerChart {
    /// Rights of users: the cluster's own roles learn the resources, and there is one for those who only start runs.
    var userRoleTemplate: ChartFile {
        let aggregated = ["view", "edit", "admin"].map { role in
            let groups = families.map { Self.rules(for: $0, verbs: role == "view" ? Self.reading : Self.all) }
            return Self.role(
                name: role, labels: #"dict "rbac.authorization.k8s.io/aggregate-to-\#(role)" "true""#,
                rules: groups.joined(separator: "\n"))
        }
        let text =
            "{{- if .Values.rbac.aggregate }}\n" + aggregated.joined(separator: "\n---\n") + "\n{{- end }}\n"
            + Self.starterRole
        return ChartFile(path: "templates/userroles.yaml", text: text)
    }

    private static let reading = ["get", "list", "watch"]
    private static let all = reading + ["create", "delete", "deletecollection", "patch", "update"]

    /// The resources of a family, by group.
    private static func rules(for family: any RunFamily, verbs: [String]) -> String {
        var groups: [(group: String, resources: [String])] = []
        for definition in family.definitions {
            guard let group = definition["spec"]?["group"]?.string,
                let plural = definition["spec"]?["names"]?["plural"]?.string
            else { continue }
            if let index = groups.firstIndex(where: { $0.group == group }) {
                groups[index].resources.append(plural)
            } else {
                groups.append((group, [plural]))
            }
        }
        let rules = groups.map { group, resources in
            """
              - apiGroups: ["\(group)"]
                resources: [\(resources.joined(separator: ", "))]
                verbs: [\(verbs.joined(separator: ", "))]
            """
        }
        return """
            {{- if has "\(family.name)" .Values.families }}
            \(rules.joined(separator: "\n"))
            {{- end }}
            """
    }

    private static func role(name: String, labels: String = "dict", rules: String) -> String {
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        \(metadata(name: "{{ include \"chart.outside\" (list . \"\(name)\") | quote }}", labels: labels))
        rules:
        \(rules)
        """
    }

    /// What `kubectl run-template` needs: templates to read, runs to make, what they cause to follow. `patch` is what
    /// `cancel` and `suspend` are set with, the only fields of a run's spec that can be changed.
    private static let starterRole = """
        {{- if and .Values.rbac.starterRole.create (has "job-template" .Values.families) }}
        ---
        \(role(name: "starter", rules: """
              - apiGroups: [\(JobTemplateFamily.jobTemplates.group)]
                resources: [\(JobTemplateFamily.jobTemplates.plural)]
                verbs: [get, list, watch]
              - apiGroups: [\(JobTemplateFamily.jobRuns.group)]
                resources: [\(JobTemplateFamily.jobRuns.plural)]
                verbs: [create, get, list, watch{{ if .Values.rbac.starterRole.mayCancel }}, patch{{ end }}]
              - apiGroups: [batch]
                resources: [jobs]
                verbs: [get, list, watch]
              - apiGroups: [""]
                resources: [pods, events]
                verbs: [get, list, watch]
              - apiGroups: [""]
                resources: [pods/log]
                verbs: [get]
            """))
        {{- end }}
        """
}
