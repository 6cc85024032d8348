import RunCore

extension ControllerChart {
    /// The controller's Deployment. Its settings are given as flags, so that `kubectl describe` shows them.
    static let deployment = """
        {{- include "chart.check" . }}
        apiVersion: apps/v1
        kind: Deployment
        \(metadata(
            name: fullName, namespace: releaseNamespace,
            labels: "dict \"\(LabelKey.component)\" \"\(LabelKey.managedByValue)\"",
            annotations: ".Values.deploymentAnnotations"))
        spec:
          replicas: {{ int .Values.replicas }}
          revisionHistoryLimit: {{ int .Values.revisionHistoryLimit }}
          {{- with .Values.updateStrategy }}
          strategy:
            {{- toYaml . | nindent 4 }}
          {{- end }}
          selector:
            matchLabels:
              {{- include "chart.selectorLabels" . | nindent 6 }}
          template:
            metadata:
              labels:
                {{- include "chart.labels" (list . .Values.podLabels "controller") | nindent 8 }}
              {{- with include "chart.annotations" (list . .Values.podAnnotations) }}
              {{- . | nindent 6 }}
              {{- end }}
            spec:
              {{- include "chart.pod" . | nindent 6 }}
              terminationGracePeriodSeconds: {{ int .Values.terminationGracePeriodSeconds }}
              {{- if .Values.topologySpreadConstraints }}
              topologySpreadConstraints:
                {{- toYaml .Values.topologySpreadConstraints | nindent 8 }}
              {{- else if gt (int .Values.replicas) 1 }}
              topologySpreadConstraints:
                - maxSkew: 1
                  topologyKey: kubernetes.io/hostname
                  whenUnsatisfiable: ScheduleAnyway
                  labelSelector:
                    matchLabels:
                      {{- include "chart.selectorLabels" . | nindent 14 }}
              {{- end }}
              containers:
                - name: run-controller
                  {{- include "chart.container" . | nindent 10 }}
                  args:
                    {{- include "chart.flags" . | nindent 12 }}
                    {{- with .Values.extraArgs }}
                    {{- toYaml . | nindent 12 }}
                    {{- end }}
                  ports:
                    - name: metrics
                      containerPort: {{ .Values.metrics.port }}
                  {{- with .Values.livenessProbe }}
                  livenessProbe:
                    httpGet:
                      path: /healthz
                      port: metrics
                    {{- toYaml . | nindent 12 }}
                  {{- end }}
                  {{- with .Values.readinessProbe }}
                  readinessProbe:
                    httpGet:
                      path: /readyz
                      port: metrics
                    {{- toYaml . | nindent 12 }}
                  {{- end }}
        """

    /// `helm test`: asks with the controller's own account whether everything is there and allowed, and whether a
    /// controller works.
    static let test = """
        apiVersion: v1
        kind: Pod
        \(metadata(
            name: "{{ include \"chart.suffixed\" (list . \"test\") | quote }}", namespace: releaseNamespace,
            component: "test",
            annotations: #"dict "helm.sh/hook" "test" "helm.sh/hook-delete-policy" "before-hook-creation""#))
        spec:
          {{- include "chart.pod" . | nindent 2 }}
          restartPolicy: Never
          containers:
            - name: check
              {{- include "chart.container" . | nindent 6 }}
              args:
                - check
                - --wait=30s
                {{- include "chart.flags" . | nindent 8 }}
        """

    /// What the controller's pods and that of its test have in common.
    static let podHelpers = """
        {{- define "chart.flags" -}}
        - {{ printf "--listen=%s:%v" .Values.metrics.host .Values.metrics.port | quote }}
        - --families={{ join "," .Values.families }}
        {{- with .Values.watchNamespaces }}
        - --watch-namespaces={{ join "," . }}
        {{- end }}
        - --leader-elect={{ .Values.leaderElection }}
        - --lease-namespace={{ .Release.Namespace }}
        - --lease-name={{ include "chart.fullname" . }}
        - --concurrency={{ int .Values.concurrency }}
        - --template-grace={{ .Values.templateGrace }}
        - --allow-host-path={{ .Values.allowHostPath }}
        - --custom-task-timeout={{ .Values.customTaskTimeout }}
        - --run-timeout-scope={{ .Values.runTimeoutScope }}
        {{- with .Values.callbacks.allow }}
        - {{ printf "--callback-allow=%s" (join "," .) | quote }}
        {{- end }}
        - --log-level={{ .Values.log.level }}
        - --log-format={{ .Values.log.format }}
        {{- end }}

        {{- define "chart.container" -}}
        image: {{ include "chart.image" . | quote }}
        imagePullPolicy: {{ .Values.image.pullPolicy }}
        command:
          {{- toYaml .Values.command | nindent 2 }}
        \(optionalFields(["env": "extraEnv", "envFrom": "extraEnvFrom", "resources": "resources", "securityContext": "securityContext", "volumeMounts": "extraVolumeMounts"]))
        {{- end }}

        {{- define "chart.pod" -}}
        serviceAccountName: {{ include "chart.serviceAccount" . | quote }}
        automountServiceAccountToken: true
        \(optionalFields(["imagePullSecrets": "imagePullSecrets", "securityContext": "podSecurityContext", "volumes": "extraVolumes", "nodeSelector": "nodeSelector", "tolerations": "tolerations", "affinity": "affinity", "priorityClassName": "priorityClassName", "runtimeClassName": "runtimeClassName", "dnsPolicy": "dnsPolicy", "dnsConfig": "dnsConfig", "hostAliases": "hostAliases"]))
        {{- if .Values.hostNetwork }}
        hostNetwork: true
        {{- end }}
        {{- end }}
        """

    /// Fields that are there if a value is.
    private static func optionalFields(_ fields: KeyValuePairs<String, String>) -> String {
        fields.map { field, value in
            """
            {{- with .Values.\(value) }}
            \(field):
              {{- toYaml . | nindent 2 }}
            {{- end }}
            """
        }.joined(separator: "\n")
    }
}
