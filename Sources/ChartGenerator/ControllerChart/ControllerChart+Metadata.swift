extension ControllerChart {
    /// The head of an object: its name, the chart's labels and annotations, and its own.
    /// - Parameters:
    ///   - name: The name, as text of a template.
    ///   - namespace: The namespace; nil for what belongs to none.
    ///   - root: How the template's root is called where this stands.
    ///   - labels: An expression for more labels.
    ///   - moreLabels: More labels, as lines.
    ///   - annotations: An expression for more annotations, which win over the common ones.
    static func metadata(
        name: String, namespace: String? = nil, root: String = ".", labels: String? = nil, moreLabels: [String] = [],
        annotations: String = "dict"
    ) -> String {
        var lines = ["metadata:", "  name: \(name)"]
        if let namespace { lines.append("  namespace: \(namespace)") }
        lines += ["  labels:", "    {{- include \"chart.labels\" \(root) | nindent 4 }}"]
        if let labels { lines += ["    {{- with \(labels) }}", "    {{- toYaml . | nindent 4 }}", "    {{- end }}"] }
        lines += moreLabels.map { "    \($0)" }
        lines += [
            "  {{- with include \"chart.annotations\" (list \(root) (\(annotations))) }}", "  {{- . | nindent 2 }}",
            "  {{- end }}",
        ]
        return lines.joined(separator: "\n")
    }

    static let fullName = "{{ include \"chart.fullname\" . }}"
    static let releaseNamespace = "{{ .Release.Namespace }}"

    /// What the other templates include.
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

        {{- /* The full name with something behind it; takes the root and the suffix. */}}
        {{- define "chart.suffixed" -}}
        {{- $suffix := index . 1 }}
        {{- $room := sub 62 (len $suffix) | int }}
        {{- printf "%s-%s" (include "chart.fullname" (index . 0) | trunc $room | trimSuffix "-") $suffix }}
        {{- end }}

        {{- /* The name of what stands outside of the release's namespace, where another namespace's release of the same
        name has its own: with the namespace behind a point, which no namespace has in its name. Takes the root and
        optionally a suffix. */}}
        {{- define "chart.outside" -}}
        {{- $root := index . 0 }}
        {{- $parts := prepend (rest .) (include "chart.fullname" $root) }}
        {{- printf "%s.%s" (join "-" $parts) $root.Release.Namespace }}
        {{- end }}

        {{- /* What the controller's pods are found by; that of the test is none of them. */}}
        {{- define "chart.selectorLabels" -}}
        app.kubernetes.io/name: {{ include "chart.name" . }}
        app.kubernetes.io/instance: {{ .Release.Name }}
        app.kubernetes.io/component: controller
        {{- end }}

        {{- define "chart.labels" -}}
        app.kubernetes.io/name: {{ include "chart.name" . }}
        app.kubernetes.io/instance: {{ .Release.Name }}
        app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
        app.kubernetes.io/managed-by: {{ .Release.Service }}
        helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
        {{- with .Values.commonLabels }}
        {{ toYaml . }}
        {{- end }}
        {{- end }}

        {{- /* An object's annotations, if there are any; takes the root and the object's own ones. */}}
        {{- define "chart.annotations" -}}
        {{- with merge (dict) (index . 1) (index . 0).Values.commonAnnotations }}
        {{- "annotations:" }}
          {{- toYaml . | nindent 2 }}
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

        {{- /* Values that are right one by one and wrong together. */}}
        {{- define "chart.check" -}}
        {{- if and (gt (int .Values.replicas) 1) (not .Values.leaderElection) }}
        {{- fail "replicas: more than one needs leaderElection: true, or all of them work on the same runs" }}
        {{- end }}
        {{- if and .Values.metrics.serviceMonitor.enabled (not .Values.metrics.service.enabled) }}
        {{- fail "metrics.serviceMonitor.enabled: a ServiceMonitor needs metrics.service.enabled: true" }}
        {{- end }}
        {{- if and .Values.crds.folder (not .Values.crds.enabled) }}
        {{- fail "crds.folder: with crds.enabled: false the chart brings no definitions; set one of the two" }}
        {{- end }}
        {{- if and .Values.admission.enabled (semverCompare "<1.30.0-0" .Capabilities.KubeVersion.Version) }}
        {{- fail (printf "admission.enabled: ValidatingAdmissionPolicies need Kubernetes 1.30 or later, this is %s" .Capabilities.KubeVersion.Version) }}
        {{- end }}
        {{- end }}
        """
}
