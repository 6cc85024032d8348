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
        {{- else if .Values.crds.folder }}

        The custom resource definitions are from the chart's folder crds (crds.folder is true), which Helm reads at the first
        install only. After an upgrade, bring them up to date yourself:
          helm show crds CHART | kubectl apply --server-side --force-conflicts -f -
        `helm uninstall` leaves them, and with them all templates and runs. To delete those too, for ever:
          helm show crds CHART | kubectl delete -f -
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

                    helm install \(Self.name) . --namespace job-runs --create-namespace --wait
                    helm test \(Self.name) --namespace job-runs --logs

                The test asks, with the controller's own account, whether its resources are served, whether everything is allowed
                that it does, and whether a controller holds the lease: `run-controller check`.

                \(Self.readmeTopics(familyNames))
                ## Values
                \(values.table())

                This file is made by `chart-generator`; do not edit it.
                """)
    }

    private static let readmeDefinitions = """
        ## Definitions
        With `crds.enabled` the chart installs and upgrades the custom resource definitions; with `crds.keep` they, and so all
        templates and runs, outlive it. They are templates, as Helm never upgrades what is in a chart's `crds` folder. If they
        were installed by other means before, take them over once:

            helm upgrade --install \(Self.name) . --namespace job-runs --take-ownership

        Helm 4 also wants `--force-conflicts` where `kubectl` applied them. `crds.folder` takes them from a folder `crds` all the
        same, for those who want Helm's own way:

        | | templates | `crds.folder` |
        |---|---|---|
        | installed | by `helm install` and `helm upgrade` | by `helm install`, before anything else, and even if that is refused then |
        | already there | taken over with `--take-ownership` | left as they are by Helm 3, brought up to the chart's by Helm 4, left with `--skip-crds` |
        | of which families | the chosen ones | all; CustomRun's is a template still (`crds.tekton`) |
        | upgraded | by `helm upgrade` | by `helm show crds . \\| kubectl apply --server-side --force-conflicts -f -` |
        | `helm uninstall` | leaves them, with `crds.keep` | leaves them |
        | `helm template` | shows them | shows them with `--include-crds` |

        An upgrade may go from one to the other; from the folder to the templates it takes them over as above. As long as
        `crds.enabled` is on, no upgrade deletes a definition: one that would is refused.

        """

    private static func readmeTopics(_ families: [String]) -> String {
        """
        ## Families
        `families` chooses which kinds of runs the controller works on: \(families.map { "`\($0)`" }.joined(separator: ", ")).
        Definitions, rights and policies follow the choice.

        ## Rights
        The controller gets what the chosen families need and no more. With `watchNamespaces` it gets Roles in these
        namespaces; for KubernetesJobs, which belong to no namespace, also a ClusterRole for these and for namespaces.

        | ClusterRole | for whom |
        |---|---|
        | `view`, `edit`, `admin` | `rbac.aggregate` lets the cluster's own roles reach the resources. |
        | `RELEASE-starter.NAMESPACE` | `rbac.starterRole` is for those who may start and follow runs of the templates that are there, and do nothing else. |

        What stands outside of the release's namespace has the namespace behind its name, so that releases of one name in
        several namespaces do not meet.

        Whoever may start pods in a namespace may use its service accounts, and whoever may write runs starts pods. With
        `admission.enabled` the API server refuses at once what would go beyond the author's own rights: JobRuns that set what
        their template does not allow, objects of any family with a service account that their author may not use (verb `use`
        or `impersonate`), KubernetesJobs for namespaces in which their author may not create Jobs. So those who hold the
        starter role can do what the templates offer, and nothing more. It also warns whoever creates a JobTemplate with the name
        of a verb of `kubectl run-template`, such as `list`.

        \(readmeDefinitions)
        ## In a namespace of one's own
        A second controller beside that of the cluster, or one for those who own a namespace only:

            helm install mine . --namespace team --set watchNamespaces={team} \\
              --set families={job-template,plain-run,extended-job} \\
              --set crds.enabled=false --set rbac.aggregate=false --set rbac.starterRole.create=false

        makes objects in that namespace only. The definitions have to be there (`run-controller crds`), and no other
        controller may watch the namespace. Whoever installs needs the rights that the controller gets; `admin` has all of
        them but `patch` of the runs' `status` and `update` of their `finalizers`.

        """
    }
}
