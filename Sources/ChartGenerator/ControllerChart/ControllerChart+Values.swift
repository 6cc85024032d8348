import KubeObjects
import RunCore

extension ControllerChart {
    /// Everything that users of the controller's chart can set.
    var values: [ChartValue] {
        imageValues + controllerValues + [callbackValues, logValues, definitionValues] + accessValues + podValues
            + [serviceValues, networkValues] + namingValues
    }

    private var imageValues: [ChartValue] {
        [
            .group(
                "image", "The controller's image.",
                [
                    .value(
                        "repository", .string("ghcr.io/kubernetes-job-runs/run-controller"),
                        ["type": "string", "minLength": 1], "Registry and name."),
                    .value("tag", "", ValueSchema.text, "The tag; the chart's appVersion if empty."),
                    .value(
                        "digest", "", ValueSchema.text(pattern: "^(sha256:[0-9a-f]{64})?$"),
                        "A digest (sha256:...), which wins over the tag."),
                    .value(
                        "pullPolicy", "IfNotPresent", ValueSchema.oneOf(["Always", "IfNotPresent", "Never"]),
                        "When nodes fetch the image."),
                ]),
            .value(
                "imagePullSecrets", [], ValueSchema.objects,
                "Secrets for the image's registry, such as [{name: regcred}]."),
        ]
    }

    private var controllerValues: [ChartValue] {
        [
            .value(
                "families", .array(familyNames.map(JSONValue.string)),
                ValueSchema.list(of: ValueSchema.oneOf(familyNames), minItems: 1),
                "The kinds of runs that the controller works on. Rights are granted for these only."),
            .value(
                "watchNamespaces", [],
                ValueSchema.list(of: ValueSchema.text(pattern: "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")),
                "Look into these namespaces only, with Roles there instead of a ClusterRole; all if empty. Families whose resources are cluster-scoped need a ClusterRole all the same."
            ),
            .value(
                "replicas", 1, ValueSchema.number(atLeast: 0),
                "How many replicas run. One works, the others stand by (see leaderElection)."),
            .value(
                "leaderElection", true, ValueSchema.boolean,
                "Work only while holding a Lease. Keep it on: during an update two replicas run for a moment."),
            .value(
                "concurrency", 4, ValueSchema.number(atLeast: 1), "How many runs of one family are looked at at once."),
            .value(
                "templateGrace", "10s", ValueSchema.text(pattern: "^(0|[0-9]+(ms|s|m|h))$"),
                "How long a run waits for a template that does not exist."),
            .value(
                "allowHostPath", false, ValueSchema.boolean,
                "Let KubernetesJobs mount folders of their nodes."),
            .value(
                "extraEnv", [], ValueSchema.objects,
                "More environment variables for the controller, as in a Pod's spec."),
        ]
    }

    private var callbackValues: ChartValue {
        .group(
            "callbacks", "Announcements of a run's end over HTTP.",
            [
                .value(
                    "allow", [], ValueSchema.list(of: ["type": "string", "minLength": 1]),
                    "Where announcements may go, such as https://hooks.example.com, *.example.com or 10.1.0.0/16. If empty, every https address that is not of this cluster's kind (loopback, link-local, private)."
                )
            ])
    }

    private var logValues: ChartValue {
        .group(
            "log", "What the controller writes to its log.",
            [
                .value(
                    "level", "info",
                    ValueSchema.oneOf(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
                    "The least that is logged."),
                .value("format", "json", ValueSchema.oneOf(["text", "json"]), "One line each, as text or as JSON."),
            ])
    }

    private var definitionValues: ChartValue {
        .group(
            "crds", "The custom resource definitions.",
            [
                .value(
                    "enabled", true, ValueSchema.boolean,
                    "Install and upgrade the definitions of the chosen families with this chart. If false, apply them yourself: run-controller crds | kubectl apply --server-side -f -"
                ),
                .value(
                    "keep", true, ValueSchema.boolean,
                    "Leave the definitions, and with them all templates and runs, where they are when the chart is uninstalled."
                ),
                .value(
                    "tekton", false, ValueSchema.boolean,
                    "Also install the definitions of Tekton's Run and CustomRun. Only for clusters without Tekton, which brings its own."
                ),
            ])
    }

    private var accessValues: [ChartValue] {
        [
            .group(
                "serviceAccount", "The account that the controller works under.",
                [
                    .value("create", true, ValueSchema.boolean, "Create it."),
                    .value("name", "", ValueSchema.text, "Its name; the release's full name if empty."),
                    .value("annotations", [:], ValueSchema.strings, "Its annotations."),
                ]),
            .group(
                "rbac", "Rights.",
                [
                    .value("create", true, ValueSchema.boolean, "Create the controller's roles and their bindings."),
                    .value(
                        "aggregate", true, ValueSchema.boolean,
                        "Add the resources to the cluster's roles view, edit and admin."),
                    .value(
                        "starterRole", true, ValueSchema.boolean,
                        "Create a ClusterRole that lets its holders start, follow and cancel runs of job templates and change nothing else. Bind it in a namespace with a RoleBinding."
                    ),
                ]),
            .group(
                "admission", "ValidatingAdmissionPolicies (Kubernetes 1.30 and later).",
                [
                    .value(
                        "enabled", false, ValueSchema.boolean,
                        "Refuse runs at once that set what their template does not allow, and runs and templates with a service account that their author may not use."
                    ),
                    .value(
                        "action", "Deny", ValueSchema.oneOf(["Deny", "Warn", "Audit"]),
                        "What happens with what is not allowed."),
                    .value(
                        "serviceAccountVerb", "use", ["type": "string", "minLength": 1],
                        "The verb on serviceaccounts that an author must have for an account other than the namespace's default one."
                    ),
                ]),
        ]
    }

    private var podValues: [ChartValue] {
        [
            .value(
                "resources", ["requests": ["cpu": "10m", "memory": "32Mi"], "limits": ["memory": "256Mi"]],
                ValueSchema.object, "What the controller asks of its node, and what it may use."),
            .value("nodeSelector", [:], ValueSchema.strings, "Labels of nodes that may run it."),
            .value("tolerations", [], ValueSchema.objects, "Taints that it tolerates."),
            .value("affinity", [:], ValueSchema.object, "Its affinity."),
            .value(
                "topologySpreadConstraints", [], ValueSchema.objects,
                "How replicas spread; if empty and there are several, over hostnames as far as possible."),
            .value("priorityClassName", "", ValueSchema.text, "Its priority class."),
            .value("podAnnotations", [:], ValueSchema.strings, "More annotations of its pods."),
            .value("podLabels", [:], ValueSchema.strings, "More labels of its pods."),
            .value(
                "podSecurityContext",
                ["runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"]],
                ValueSchema.object, "The pods' security context. The image's user is 65532."),
            .value(
                "securityContext",
                [
                    "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                    "capabilities": ["drop": ["ALL"]],
                ], ValueSchema.object, "The container's security context."),
            .value(
                "terminationGracePeriodSeconds", 30, ValueSchema.number(atLeast: 0),
                "How long it may take to end what it has begun."),
            .group(
                "podDisruptionBudget", "Protection against evictions.",
                [
                    .value(
                        "enabled", true, ValueSchema.boolean,
                        "Create one that lets one replica go at a time, if there are several.")
                ]),
        ]
    }

    private var serviceValues: ChartValue {
        .group(
            "metrics", "Prometheus metrics, on the same port as the probes.",
            [
                .value("port", 8080, ["type": "integer", "minimum": 1, "maximum": 65535], "The port."),
                .value("service", true, ValueSchema.boolean, "Create a Service for it."),
                .group(
                    "serviceMonitor", "For the Prometheus operator.",
                    [
                        .value("enabled", false, ValueSchema.boolean, "Create a ServiceMonitor."),
                        .value("interval", "30s", ValueSchema.text, "How often it is read."),
                        .value("labels", [:], ValueSchema.strings, "Labels by which your Prometheus finds it."),
                    ]),
            ])
    }

    private var networkValues: ChartValue {
        .group(
            "networkPolicy", "Who may talk to the controller.",
            [
                .value(
                    "enabled", false, ValueSchema.boolean,
                    "Let nothing in but to the metrics' port; what goes out (the API server, callbacks) is not limited."
                ),
                .value(
                    "from", [], ValueSchema.objects,
                    "Who may reach the metrics' port, as in a NetworkPolicy; everyone if empty."),
            ])
    }

    private var namingValues: [ChartValue] {
        [
            .value("nameOverride", "", ValueSchema.text, "Instead of the chart's name in names."),
            .value("fullnameOverride", "", ValueSchema.text, "Instead of release and chart in names."),
            .value("commonLabels", [:], ValueSchema.strings, "Labels for everything that the chart creates."),
        ]
    }
}
