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
                \(familyRules(ControllerRole.ownRules))
                {{- end }}

                {{- /* What no Role can give, because it belongs to no namespace. */}}
                {{- define "chart.clusterRules" -}}
                \(familyRules(ControllerRole.clusterRules))
                {{- end }}

                {{- if .Values.rbac.create }}
                {{- $clusterRules := include "chart.clusterRules" . | trim }}
                {{- range .Values.watchNamespaces | default list | uniq }}
                \(Self.role("Role", name: Self.outside("$"), namespace: "{{ . | quote }}", root: "$"))
                rules:
                {{- include "chart.rules" $ | nindent 2 }}
                ---
                \(Self.binding("Role", name: Self.outside("$"), namespace: "{{ . | quote }}", root: "$"))
                ---
                {{- end }}
                {{- if or $clusterRules (not .Values.watchNamespaces) }}
                \(Self.role("ClusterRole", name: Self.outside("."), namespace: nil, root: "."))
                rules:
                {{- if not .Values.watchNamespaces }}
                {{- include "chart.rules" . | nindent 2 }}
                {{- end }}
                {{- with $clusterRules }}
                {{- . | nindent 2 }}
                {{- end }}
                ---
                \(Self.binding("ClusterRole", name: Self.outside("."), namespace: nil, root: "."))
                ---
                {{- end }}
                {{- if and $clusterRules .Values.watchNamespaces (not (has "default" .Values.watchNamespaces)) }}
                \(role(ControllerRole.clusterEventRules, "chart.outside", suffix: "events", namespace: "default"))
                ---
                {{- end }}
                {{- if .Values.leaderElection }}
                \(role(ControllerRole.leaseRules, "chart.suffixed", suffix: "lease", namespace: Self.releaseNamespace))
                {{- end }}
                {{- end }}
                """)
    }

    private static func outside(_ root: String) -> String { "{{ include \"chart.outside\" (list \(root)) | quote }}" }

    /// A Role of its own for a few rules, with its binding.
    /// - Parameter helper: What makes its name.
    private func role(_ rules: [AccessRule], _ helper: String, suffix: String, namespace: String) -> String {
        let name = "{{ include \"\(helper)\" (list . \"\(suffix)\") | quote }}"
        return """
            \(Self.role("Role", name: name, namespace: namespace, root: "."))
            rules:
            \(ChartText.indented(Self.text(rules), by: 2))
            ---
            \(Self.binding("Role", name: name, namespace: namespace, root: "."))
            """
    }

    /// What each family needs.
    private func familyRules(_ rules: (any RunFamily) -> [AccessRule]) -> String {
        families.filter { !rules($0).isEmpty }.map { family in
            """
            {{- if has "\(family.name)" .Values.families }}
            # \(family.name)
            \(Self.text(rules(family)))
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
        \(metadata(name: name, namespace: namespace, root: root))
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
            name: {{ include "chart.serviceAccount" \(root) | quote }}
            namespace: {{ \(root == "$" ? "$.Release.Namespace" : ".Release.Namespace") | quote }}
        """
    }
}
