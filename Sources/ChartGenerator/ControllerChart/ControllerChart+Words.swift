extension ControllerChart {
    /// What `helm install` and `helm upgrade` print.
    static let notes = """
        {{ .Chart.Name }} {{ .Chart.Version }} runs {{ join ", " .Values.families }} in
        {{- if .Values.watchNamespaces }} the namespaces {{ join ", " .Values.watchNamespaces }}.{{ else }} all namespaces.{{ end }}

        Is it there?
          kubectl --namespace {{ .Release.Namespace }} rollout status deployment/{{ include "chart.fullname" . }}

        {{- if has "job-template" .Values.families }}

        A first template and a run of it:
          kubectl create -f - <<'END'
          apiVersion: cellbytes.io/v1
          kind: JobTemplate
          metadata:
            name: echo
          spec:
            template:
              spec:
                restartPolicy: Never
                containers:
                  - name: main
                    image: busybox:1.36
                    command: [echo]
                    args: [Hello]
          END
          kubectl run-template echo --args "Hello, world"
        {{- end }}
        {{- if not .Values.crds.enabled }}

        The custom resource definitions are not part of this release (crds.enabled is false). Apply them yourself:
          run-controller crds | kubectl apply --server-side -f -
        {{- else if .Values.crds.keep }}

        `helm uninstall` leaves the custom resource definitions, and with them all templates and runs. To delete those too,
        for ever:
          kubectl delete crd -l app.kubernetes.io/instance={{ .Release.Name }},app.kubernetes.io/name={{ include "chart.name" . }}
        {{- end }}
        """

    /// The chart's own page, with a table of its values.
    var readmeFile: ChartFile {
        ChartFile(
            path: "README.md",
            text: """
                # \(Self.name)

                Installs the run controller: it makes a Job of each run of a template and reports how it went.

                    helm install \(Self.name) . --namespace job-runs --create-namespace

                ## Families
                `families` chooses which kinds of runs the controller works on: \(familyNames.map { "`\($0)`" }.joined(separator: ", ")).
                Definitions and rights follow the choice.

                ## Rights
                The controller gets what the chosen families need and no more. With `watchNamespaces` it gets Roles in these
                namespaces. `rbac.aggregate` lets the cluster's roles `view`, `edit` and `admin` reach the resources;
                `rbac.starterRole` is a ClusterRole for those who may start runs and change nothing else.

                ## Definitions
                With `crds.enabled` the chart installs and upgrades the custom resource definitions; with `crds.keep` they outlive
                it. If they were installed by other means before, take them over once:

                    helm upgrade --install \(Self.name) . --namespace job-runs --take-ownership

                ## Values
                \(values.table())

                This file is made by `chart-generator`; do not edit it.
                """)
    }
}
