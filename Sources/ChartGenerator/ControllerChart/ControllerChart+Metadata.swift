extension ControllerChart {
    /// The head of an object: its name, the chart's labels and annotations, and its own.
    /// - Parameters:
    ///   - name: The name, as text of a template.
    ///   - namespace: The namespace; nil for what belongs to none.
    ///   - root: How the template's root is called where this stands.
    ///   - labels: An expression for more labels, which win over the common ones.
    ///   - component: Which of the release's parts it is, for what selectors must find or must not; nil for the rest.
    ///   - annotations: An expression for more annotations, which win over the common ones.
    static func metadata(
        name: String, namespace: String? = nil, root: String = ".", labels: String = "dict", component: String? = nil,
        annotations: String = "dict"
    ) -> String {
        var lines = ["metadata:", "  name: \(name)"]
        if let namespace { lines.append("  namespace: \(namespace)") }
        let part = component.map { " \"\($0)\"" } ?? ""
        lines += [
            "  labels:", "    {{- include \"chart.labels\" (list \(root) (\(labels))\(part)) | nindent 4 }}",
            "  {{- with include \"chart.annotations\" (list \(root) (\(annotations))) }}", "  {{- . | nindent 2 }}",
            "  {{- end }}",
        ]
        return lines.joined(separator: "\n")
    }

    static let fullName = "{{ include \"chart.fullname\" . | quote }}"
    static let releaseNamespace = "{{ .Release.Namespace | quote }}"

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

        {{- /* What the controller's pods and their Service are found by; the pod of the test is none of them. */}}
        {{- define "chart.selectorLabels" -}}
        app.kubernetes.io/name: {{ include "chart.name" . | quote }}
        app.kubernetes.io/instance: {{ .Release.Name | quote }}
        app.kubernetes.io/component: controller
        {{- end }}

        {{- /* One map of several, as a key may stand in a map only once. Later ones win, also with an empty text, which
        Helm's merge would take for none. */}}
        {{- define "chart.merged" -}}
        {{- $all := dict }}
        {{- range . }}
        {{- range $key, $value := . }}
        {{- $_ := set $all $key $value }}
        {{- end }}
        {{- end }}
        {{- if $all }}
        {{- toYaml $all }}
        {{- end }}
        {{- end }}

        {{- /* An object's labels; takes the root, the object's own labels and optionally which component it is. What
        selectors look at comes last, so that nobody's labels take an object out of its selector. */}}
        {{- define "chart.labels" -}}
        {{- $root := index . 0 }}
        {{- $standard := dict "app.kubernetes.io/version" $root.Chart.AppVersion "app.kubernetes.io/managed-by" $root.Release.Service }}
        {{- $_ := set $standard "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-") }}
        {{- $found := dict "app.kubernetes.io/name" (include "chart.name" $root) "app.kubernetes.io/instance" $root.Release.Name }}
        {{- range slice . 2 }}
        {{- $_ := set $found "app.kubernetes.io/component" . }}
        {{- end }}
        {{- include "chart.merged" (list $standard $root.Values.commonLabels (index . 1) $found) }}
        {{- end }}

        {{- /* An object's annotations, if there are any; takes the root and the object's own ones. */}}
        {{- define "chart.annotations" -}}
        {{- with include "chart.merged" (list (index . 0).Values.commonAnnotations (index . 1)) }}
        {{- "annotations:" }}
          {{- . | nindent 2 }}
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
