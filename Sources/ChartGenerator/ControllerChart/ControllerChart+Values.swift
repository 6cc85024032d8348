import KubeObjects
import RunCore

extension ControllerChart {
    /// Everything that users of the controller's chart can set.
    var values: [ChartValue] {
        let all =
            imageValues + controllerValues + [callbackValues, logValues, definitionValues] + accessValues + podValues
            + [metricsValues, networkValues] + namingValues
        return all.map(\.requiredWhereUsedAsItIs)
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
                "How many replicas run. One works, the others stand by, ready to take over within seconds."),
            .value(
                "leaderElection", true, ValueSchema.boolean,
                "Work only while holding a Lease. Keep it on: during an update two replicas run for a moment."),
            .value(
                "concurrency", 16, ValueSchema.number(atLeast: 1), "How many runs of one family are looked at at once."),
            .value(
                "templateGrace", "10s", ValueSchema.duration,
                "How long a run waits for a template that does not exist."),
            .value(
                "allowHostPath", false, ValueSchema.boolean,
                "Let KubernetesJobs mount folders of their nodes."),
            .value(
                "customTaskTimeout", "60m", ValueSchema.duration,
                "The time limit of Tekton's runs that name none; 0 for none."),
            .value(
                "runTimeoutScope", "total", ValueSchema.oneOf(TimeoutScope.allCases.map(\.rawValue)),
                "What the time limit of a Tekton Run is for: all attempts together (total) or each (perAttempt)."),
            .value(
                "command", ["run-controller"],
                ["type": "array", "items": ["type": "string"], "minItems": 1],
                "The program in the image."),
            .value("extraArgs", [], ValueSchema.texts, "More flags for the controller."),
            .value(
                "extraEnv", [], ValueSchema.objects,
                "More environment variables for the controller, as in a Pod's spec."),
            .value(
                "extraEnvFrom", [], ValueSchema.objects,
                "More sources of environment variables, as in a Pod's spec."),
        ]
    }

    private var callbackValues: ChartValue {
        .group(
            "callbacks", "Announcements of a run's end over HTTP.",
            [
                .value(
                    "allow", [],
                    ValueSchema.list(of: ValueSchema.callbackPlace),
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
                    "folder", false, ValueSchema.boolean,
                    "Take the definitions from a folder crds, Helm's own way: installed by helm install before everything else, those of all families, and never upgraded or deleted by helm."
                ),
                .value(
                    "tekton", false, ValueSchema.boolean,
                    "Also install the definition of Tekton's CustomRun. Only for clusters without Tekton, which brings its own. That of Run, which Tekton has not had since 0.47, belongs to the family tekton-run."
                ),
            ], isPart: true)
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
                    .group(
                        "starterRole", "A ClusterRole for those who start runs of job templates and do nothing else.",
                        [
                            .value(
                                "create", true, ValueSchema.boolean,
                                "Create it. Bind it in a namespace with a RoleBinding."),
                            .value(
                                "mayCancel", false, ValueSchema.boolean,
                                "Let its holders also cancel, suspend and resume runs, their own and those of others."
                            ),
                        ]),
                ]),
            admissionValues,
        ]
    }

    private var admissionValues: ChartValue {
        .group(
            "admission", "ValidatingAdmissionPolicies, which refuse at once (Kubernetes 1.30 and later).",
            [
                .value("enabled", false, ValueSchema.boolean, "Create those that are chosen below."),
                .value(
                    "action", "Deny", ValueSchema.oneOf(["Deny", "Warn", "Audit"]),
                    "What happens with what is not allowed."),
                .value(
                    "templates", true, ValueSchema.boolean,
                    "JobRuns may set what their JobTemplate allows: overridable fields, known parameters, all required ones."
                ),
                .value(
                    "reservedNames", true, ValueSchema.boolean,
                    "Warn, whatever action says, of new JobTemplates with the name of a verb of kubectl run-template, which runs them as jt/NAME only."
                ),
                .value(
                    "serviceAccounts", true, ValueSchema.boolean,
                    "Objects of all families may name those service accounts only that their author may use, and the namespace's default one."
                ),
                .value(
                    "serviceAccountVerbs", ["use", "impersonate"],
                    [
                        "type": "array", "items": ["type": "string", "pattern": "^[a-z]+$"], "minItems": 1,
                        "maxItems": 2, "uniqueItems": true,
                    ],
                    "The verbs on serviceaccounts of which an author must have one. The cluster's roles edit and admin have impersonate."
                ),
                .value(
                    "namespaces", true, ValueSchema.boolean,
                    "KubernetesJobs may name those namespaces only in which their author may create Jobs."),
            ])
    }
}
