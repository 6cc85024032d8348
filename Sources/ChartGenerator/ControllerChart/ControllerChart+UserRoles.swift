import KubeObjects
import RunCore

extension ControllerChart {
    /// Rights of users: the cluster's own roles learn the resources, and there is one for those who only start runs.
    var userRoleTemplate: ChartFile {
        let groups = families.map { family in
            """
            {{- if has "\(family.name)" .Values.families }}
            \(rules(for: family).map(Self.rule).joined(separator: "\n"))
            {{- end }}
            """
        }.joined(separator: "\n")
        let aggregated = ["view", "edit", "admin"].map { role in
            let verbs = role == "view" ? Self.reading : Self.reading + Self.writing
            return Self.role(
                name: role, labels: "rbac.authorization.k8s.io/aggregate-to-\(role): \"true\"",
                rules: groups.replacing("VERBS", with: verbs.joined(separator: ", ")))
        }
        let text =
            "{{- if .Values.rbac.aggregate }}\n" + aggregated.joined(separator: "\n---\n") + "\n{{- end }}\n"
            + Self.starterRole
        return ChartFile(path: "templates/userroles.yaml", text: text)
    }

    private static let reading = ["get", "list", "watch"]
    private static let writing = ["create", "delete", "deletecollection", "patch", "update"]

    /// The resources of a family, by group.
    private func rules(for family: any RunFamily) -> [(group: String, resources: [String])] {
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
        return groups
    }

    private static func rule(_ rule: (group: String, resources: [String])) -> String {
        """
          - apiGroups: ["\(rule.group)"]
            resources: [\(rule.resources.joined(separator: ", "))]
            verbs: [VERBS]
        """
    }

    private static func role(name: String, labels: String?, rules: String) -> String {
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata:
          name: {{ include "chart.fullname" . }}-\(name)
          labels:
            {{- include "chart.labels" . | nindent 4 }}
        \(labels.map { "    \($0)\n" } ?? "")rules:
        \(rules)
        """
    }

    /// What `kubectl run-template` needs: templates to read, runs to make, what they cause to follow. `patch` is for
    /// `cancel` and `suspend`, the only fields of a run that can be changed.
    private static let starterRole = """
        {{- if and .Values.rbac.starterRole (has "job-template" .Values.families) }}
        ---
        \(role(name: "starter", labels: nil, rules: """
              - apiGroups: [cellbytes.io]
                resources: [jobtemplates]
                verbs: [get, list, watch]
              - apiGroups: [cellbytes.io]
                resources: [jobruns]
                verbs: [create, get, list, watch, patch]
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
