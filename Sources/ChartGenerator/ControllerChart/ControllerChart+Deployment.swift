extension ControllerChart {
    /// The controller's Deployment. Its settings are given as flags, so that `kubectl describe` shows them.
    var deployment: String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: {{ include "chart.fullname" . }}
          namespace: {{ .Release.Namespace }}
          labels:
            {{- include "chart.labels" . | nindent 4 }}
        spec:
          replicas: {{ .Values.replicas }}
          selector:
            matchLabels:
              {{- include "chart.selectorLabels" . | nindent 6 }}
          template:
            metadata:
              labels:
                {{- include "chart.labels" . | nindent 8 }}
                {{- with .Values.podLabels }}
                {{- toYaml . | nindent 8 }}
                {{- end }}
              {{- with .Values.podAnnotations }}
              annotations:
                {{- toYaml . | nindent 8 }}
              {{- end }}
            spec:
              serviceAccountName: {{ include "chart.serviceAccount" . }}
              terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
              {{- with .Values.imagePullSecrets }}
              imagePullSecrets:
                {{- toYaml . | nindent 8 }}
              {{- end }}
              {{- with .Values.podSecurityContext }}
              securityContext:
                {{- toYaml . | nindent 8 }}
              {{- end }}
              containers:
                - name: run-controller
                  image: {{ include "chart.image" . }}
                  imagePullPolicy: {{ .Values.image.pullPolicy }}
                  command: [run-controller]
                  args:
        \(ChartText.indented(Self.arguments, by: 12))
                  {{- with .Values.extraEnv }}
                  env:
                    {{- toYaml . | nindent 12 }}
                  {{- end }}
                  ports:
                    - name: metrics
                      containerPort: {{ .Values.metrics.port }}
                  livenessProbe:
                    httpGet:
                      path: /healthz
                      port: metrics
                    periodSeconds: 20
                    timeoutSeconds: 5
                  readinessProbe:
                    httpGet:
                      path: /readyz
                      port: metrics
                    periodSeconds: 5
                    timeoutSeconds: 5
                  {{- with .Values.resources }}
                  resources:
                    {{- toYaml . | nindent 12 }}
                  {{- end }}
                  {{- with .Values.securityContext }}
                  securityContext:
                    {{- toYaml . | nindent 12 }}
                  {{- end }}
        \(ChartText.indented(Self.placement, by: 6))
        """
    }

    private static let arguments = """
        - --listen=0.0.0.0:{{ .Values.metrics.port }}
        - --families={{ join "," .Values.families }}
        {{- with .Values.watchNamespaces }}
        - --watch-namespaces={{ join "," . }}
        {{- end }}
        - --leader-elect={{ .Values.leaderElection }}
        - --lease-namespace={{ .Release.Namespace }}
        - --concurrency={{ .Values.concurrency }}
        - --template-grace={{ .Values.templateGrace }}
        - --allow-host-path={{ .Values.allowHostPath }}
        {{- with .Values.callbacks.allow }}
        - --callback-allow={{ join "," . }}
        {{- end }}
        - --log-level={{ .Values.log.level }}
        - --log-format={{ .Values.log.format }}
        """

    private static let placement = """
        {{- with .Values.priorityClassName }}
        priorityClassName: {{ . }}
        {{- end }}
        {{- with .Values.nodeSelector }}
        nodeSelector:
          {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- with .Values.tolerations }}
        tolerations:
          {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- with .Values.affinity }}
        affinity:
          {{- toYaml . | nindent 8 }}
        {{- end }}
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
        """
}
