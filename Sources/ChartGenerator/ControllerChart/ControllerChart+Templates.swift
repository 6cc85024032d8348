extension ControllerChart {
    /// The templates that no definition of the code decides.
    var staticTemplates: [ChartFile] {
        [
            ChartFile(
                path: "templates/_helpers.tpl",
                text: [Self.helpers, Self.podHelpers, Self.definitionHelpers].joined(separator: "\n\n")),
            ChartFile(path: "templates/serviceaccount.yaml", text: Self.serviceAccount),
            ChartFile(path: "templates/deployment.yaml", text: Self.deployment),
            ChartFile(path: "templates/poddisruptionbudget.yaml", text: Self.disruptionBudget),
            ChartFile(path: "templates/service.yaml", text: Self.service),
            ChartFile(path: "templates/servicemonitor.yaml", text: Self.serviceMonitor),
            ChartFile(path: "templates/networkpolicy.yaml", text: Self.networkPolicy),
            ChartFile(path: "templates/tests/check.yaml", text: Self.test),
            ChartFile(path: "templates/NOTES.txt", text: Self.notes),
            ChartFile(path: ".helmignore", text: ".git/\n*.orig\n*.bak\n*~\n"),
        ]
    }

    /// Only the controller's own pods mount the account's token.
    private static let serviceAccount = """
        {{- if .Values.serviceAccount.create }}
        apiVersion: v1
        kind: ServiceAccount
        \(metadata(
            name: "{{ include \"chart.serviceAccount\" . | quote }}", namespace: releaseNamespace,
            annotations: ".Values.serviceAccount.annotations"))
        automountServiceAccountToken: false
        {{- end }}
        """

    private static let disruptionBudget = """
        {{- if and .Values.podDisruptionBudget.enabled (gt (int .Values.replicas) 1) }}
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        \(metadata(name: fullName, namespace: releaseNamespace))
        spec:
          maxUnavailable: {{ .Values.podDisruptionBudget.maxUnavailable }}
          selector:
            matchLabels:
              {{- include "chart.selectorLabels" . | nindent 6 }}
        {{- end }}
        """

    private static let service = """
        {{- if .Values.metrics.service.enabled }}
        apiVersion: v1
        kind: Service
        \(metadata(
            name: "{{ include \"chart.suffixed\" (list . \"metrics\") | quote }}", namespace: releaseNamespace,
            labels: ".Values.metrics.service.labels", component: "controller",
            annotations: ".Values.metrics.service.annotations"))
        spec:
          selector:
            {{- include "chart.selectorLabels" . | nindent 4 }}
          ports:
            - name: metrics
              port: {{ .Values.metrics.service.port }}
              targetPort: metrics
        {{- end }}
        """

    private static let serviceMonitor = """
        {{- if .Values.metrics.serviceMonitor.enabled }}
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        \(metadata(
            name: fullName, namespace: "{{ default .Release.Namespace .Values.metrics.serviceMonitor.namespace | quote }}",
            labels: ".Values.metrics.serviceMonitor.labels"))
        spec:
          namespaceSelector:
            matchNames: [\(releaseNamespace)]
          selector:
            matchLabels:
              {{- include "chart.selectorLabels" . | nindent 6 }}
          endpoints:
            - port: metrics
              interval: {{ .Values.metrics.serviceMonitor.interval | quote }}
              {{- with .Values.metrics.serviceMonitor.scrapeTimeout }}
              scrapeTimeout: {{ . | quote }}
              {{- end }}
              {{- with .Values.metrics.serviceMonitor.relabelings }}
              relabelings:
                {{- toYaml . | nindent 8 }}
              {{- end }}
              {{- with .Values.metrics.serviceMonitor.metricRelabelings }}
              metricRelabelings:
                {{- toYaml . | nindent 8 }}
              {{- end }}
        {{- end }}
        """

    private static let networkPolicy = """
        {{- if .Values.networkPolicy.enabled }}
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        \(metadata(name: fullName, namespace: releaseNamespace))
        spec:
          podSelector:
            matchLabels:
              {{- include "chart.selectorLabels" . | nindent 6 }}
          policyTypes: [Ingress{{ if .Values.networkPolicy.egress }}, Egress{{ end }}]
          ingress:
            - ports:
                - port: metrics
              {{- with .Values.networkPolicy.from }}
              from:
                {{- toYaml . | nindent 8 }}
              {{- end }}
          {{- with .Values.networkPolicy.egress }}
          egress:
            {{- toYaml . | nindent 4 }}
          {{- end }}
        {{- end }}
        """
}
