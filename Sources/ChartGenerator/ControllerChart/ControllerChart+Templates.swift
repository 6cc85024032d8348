extension ControllerChart {
    /// The templates that no definition of the code decides.
    var staticTemplates: [ChartFile] {
        [
            ChartFile(path: "templates/_helpers.tpl", text: Self.helpers),
            ChartFile(path: "templates/serviceaccount.yaml", text: Self.serviceAccount),
            ChartFile(path: "templates/deployment.yaml", text: deployment),
            ChartFile(path: "templates/poddisruptionbudget.yaml", text: Self.disruptionBudget),
            ChartFile(path: "templates/service.yaml", text: Self.service),
            ChartFile(path: "templates/servicemonitor.yaml", text: Self.serviceMonitor),
            ChartFile(path: "templates/networkpolicy.yaml", text: Self.networkPolicy),
            ChartFile(path: "templates/NOTES.txt", text: Self.notes),
            ChartFile(path: ".helmignore", text: ".git/\n*.orig\n*.bak\n*~\n"),
        ]
    }

    static let helpers = """
        {{- define "chart.name" -}}
        {{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
        {{- end }}

        {{- define "chart.fullname" -}}
        {{- if .Values.fullnameOverride }}
        {{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
        {{- else if contains (include "chart.name" .) .Release.Name }}
        {{- .Release.Name | trunc 63 | trimSuffix "-" }}
        {{- else }}
        {{- printf "%s-%s" .Release.Name (include "chart.name" .) | trunc 63 | trimSuffix "-" }}
        {{- end }}
        {{- end }}

        {{- define "chart.selectorLabels" -}}
        app.kubernetes.io/name: {{ include "chart.name" . }}
        app.kubernetes.io/instance: {{ .Release.Name }}
        {{- end }}

        {{- define "chart.labels" -}}
        {{ include "chart.selectorLabels" . }}
        app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
        app.kubernetes.io/managed-by: {{ .Release.Service }}
        helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
        {{- with .Values.commonLabels }}
        {{ toYaml . }}
        {{- end }}
        {{- end }}

        {{- define "chart.serviceAccount" -}}
        {{- if .Values.serviceAccount.create }}
        {{- default (include "chart.fullname" .) .Values.serviceAccount.name }}
        {{- else }}
        {{- default "default" .Values.serviceAccount.name }}
        {{- end }}
        {{- end }}

        {{- define "chart.image" -}}
        {{- if .Values.image.digest }}
        {{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
        {{- else }}
        {{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
        {{- end }}
        {{- end }}
        """

    static let serviceAccount = """
        {{- if .Values.serviceAccount.create }}
        apiVersion: v1
        kind: ServiceAccount
        metadata:
          name: {{ include "chart.serviceAccount" . }}
          namespace: {{ .Release.Namespace }}
          labels:
            {{- include "chart.labels" . | nindent 4 }}
          {{- with .Values.serviceAccount.annotations }}
          annotations:
            {{- toYaml . | nindent 4 }}
          {{- end }}
        {{- end }}
        """

    static let disruptionBudget = """
        {{- if and .Values.podDisruptionBudget.enabled (gt (int .Values.replicas) 1) }}
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata:
          name: {{ include "chart.fullname" . }}
          namespace: {{ .Release.Namespace }}
          labels:
            {{- include "chart.labels" . | nindent 4 }}
        spec:
          maxUnavailable: 1
          selector:
            matchLabels:
              {{- include "chart.selectorLabels" . | nindent 6 }}
        {{- end }}
        """

    static let service = """
        {{- if .Values.metrics.service }}
        apiVersion: v1
        kind: Service
        metadata:
          name: {{ include "chart.fullname" . | trunc 55 | trimSuffix "-" }}-metrics
          namespace: {{ .Release.Namespace }}
          labels:
            {{- include "chart.labels" . | nindent 4 }}
        spec:
          selector:
            {{- include "chart.selectorLabels" . | nindent 4 }}
          ports:
            - name: metrics
              port: {{ .Values.metrics.port }}
              targetPort: metrics
        {{- end }}
        """

    static let serviceMonitor = """
        {{- if .Values.metrics.serviceMonitor.enabled }}
        apiVersion: monitoring.coreos.com/v1
        kind: ServiceMonitor
        metadata:
          name: {{ include "chart.fullname" . }}
          namespace: {{ .Release.Namespace }}
          labels:
            {{- include "chart.labels" . | nindent 4 }}
            {{- with .Values.metrics.serviceMonitor.labels }}
            {{- toYaml . | nindent 4 }}
            {{- end }}
        spec:
          selector:
            matchLabels:
              {{- include "chart.selectorLabels" . | nindent 6 }}
          endpoints:
            - port: metrics
              interval: {{ .Values.metrics.serviceMonitor.interval }}
        {{- end }}
        """

    static let networkPolicy = """
        {{- if .Values.networkPolicy.enabled }}
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: {{ include "chart.fullname" . }}
          namespace: {{ .Release.Namespace }}
          labels:
            {{- include "chart.labels" . | nindent 4 }}
        spec:
          podSelector:
            matchLabels:
              {{- include "chart.selectorLabels" . | nindent 6 }}
          policyTypes: [Ingress]
          ingress:
            - ports:
                - port: metrics
              {{- with .Values.networkPolicy.from }}
              from:
                {{- toYaml . | nindent 8 }}
              {{- end }}
        {{- end }}
        """
}
