import RunCore

extension ControllerChart {
    /// The controller's rights: those of the chosen families, in the whole cluster or in the watched namespaces, and the
    /// lease in its own.
    var roleTemplate: ChartFile {
        ChartFile(
            path: "templates/roles.yaml",
            text: """
                {{- define "chart.rules" -}}
                \(Self.text(ControllerRole.rules(for: [])))
                \(familyRules(families.filter(\.runResource.isNamespaced), withCommon: false))
                {{- end }}

                {{- define "chart.clusterRules" -}}
                \(familyRules(families.filter { !$0.runResource.isNamespaced }, withCommon: true))
                {{- end }}

                {{- if .Values.rbac.create }}
                {{- $clusterRules := include "chart.clusterRules" . | trim }}
                {{- range .Values.watchNamespaces }}
                \(Self.role("Role", name: "{{ include \"chart.fullname\" $ }}", namespace: "{{ . }}", root: "$"))
                rules:
                {{- include "chart.rules" $ | nindent 2 }}
                ---
                \(Self.binding("Role", name: "{{ include \"chart.fullname\" $ }}", namespace: "{{ . }}", root: "$"))
                ---
                {{- end }}
                {{- if or $clusterRules (not .Values.watchNamespaces) }}
                \(Self.role("ClusterRole", name: "{{ include \"chart.fullname\" . }}", namespace: nil, root: "."))
                rules:
                {{- if not .Values.watchNamespaces }}
                {{- include "chart.rules" . | nindent 2 }}
                {{- end }}
                {{- with $clusterRules }}
                {{- . | nindent 2 }}
                {{- end }}
                ---
                \(Self.binding("ClusterRole", name: "{{ include \"chart.fullname\" . }}", namespace: nil, root: "."))
                ---
                {{- end }}
                {{- if .Values.leaderElection }}
                \(Self.role("Role", name: Self.leaseRole, namespace: "{{ .Release.Namespace }}", root: "."))
                rules:
                \(ChartText.indented(Self.text(ControllerRole.leaseRules), by: 2))
                ---
                \(Self.binding("Role", name: Self.leaseRole, namespace: "{{ .Release.Namespace }}", root: "."))
                {{- end }}
                {{- end }}
                """)
    }

    private static let leaseRole = "{{ include \"chart.fullname\" . | trunc 57 | trimSuffix \"-\" }}-lease"

    /// What each family needs beyond what all need.
    private func familyRules(_ families: [any RunFamily], withCommon: Bool) -> String {
        let common = ControllerRole.rules(for: [])
        return families.map { family in
            let rules = ControllerRole.rules(for: [family]).filter { withCommon || !common.contains($0) }
            return """
                {{- if has "\(family.name)" .Values.families }}
                \(Self.text(rules))
                {{- end }}
                """
        }.joined(separator: "\n")
    }

    private static func text(_ rules: [AccessRule]) -> String {
        rules.map { rule in
            """
            - apiGroups: ["\(rule.group)"]
              resources: ["\(rule.resource)"]
              verbs: [\(rule.verbs.joined(separator: ", "))]
            """
        }.joined(separator: "\n")
    }

    private static func role(_ kind: String, name: String, namespace: String?, root: String) -> String {
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: \(kind)
        metadata:
          name: \(name)
        \(namespace.map { "  namespace: \($0)\n" } ?? "")  labels:
            {{- include "chart.labels" \(root) | nindent 4 }}
        """
    }

    private static func binding(_ kind: String, name: String, namespace: String?, root: String) -> String {
        """
        \(role("\(kind)Binding", name: name, namespace: namespace, root: root))
        roleRef:
          apiGroup: rbac.authorization.k8s.io
          kind: \(kind)
          name: \(name)
        subjects:
          - kind: ServiceAccount
            name: {{ include "chart.serviceAccount" \(root) }}
            namespace: {{ \(root == "$" ? "$.Release.Namespace" : ".Release.Namespace") }}
        """
    }
}
