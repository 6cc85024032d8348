import KubeObjects

extension ControllerChart {
    /// What can be set of the controller's pods, and of what stands around them.
    var podValues: [ChartValue] {
        placementValues + securityValues + lifeValues + [
            .value("podAnnotations", [:], ValueSchema.strings, "More annotations of its pods."),
            .value("podLabels", [:], ValueSchema.strings, "More labels of its pods."),
            .value("deploymentAnnotations", [:], ValueSchema.strings, "More annotations of the Deployment."),
            .value("extraVolumes", [], ValueSchema.objects, "More volumes of its pods."),
            .value("extraVolumeMounts", [], ValueSchema.objects, "Where its container mounts them."),
        ]
    }

    private var placementValues: [ChartValue] {
        [
            .value(
                "resources", ["requests": ["cpu": "10m", "memory": "32Mi"], "limits": ["memory": "256Mi"]],
                ValueSchema.resources, "What the controller asks of its node, and what it may use."),
            .value("nodeSelector", [:], ValueSchema.strings, "Labels of nodes that may run it."),
            .value("tolerations", [], ValueSchema.objects, "Taints that it tolerates."),
            .value("affinity", [:], ValueSchema.object, "Its affinity."),
            .value(
                "topologySpreadConstraints", [], ValueSchema.objects,
                "How replicas spread; if empty and there are several, over hostnames as far as possible."),
            .value("priorityClassName", "", ValueSchema.text, "Its priority class."),
            .value("runtimeClassName", "", ValueSchema.text, "Its runtime class."),
            .value("hostNetwork", false, ValueSchema.boolean, "Whether its pods use their node's network."),
            .value(
                "dnsPolicy", "", ValueSchema.oneOf(["", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]),
                "How its pods look names up; ClusterFirst if empty."),
            .value("dnsConfig", [:], ValueSchema.object, "What its pods look names up with."),
            .value("hostAliases", [], ValueSchema.objects, "Names that its pods know."),
        ]
    }

    private var securityValues: [ChartValue] {
        [
            .value(
                "podSecurityContext",
                [
                    "runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532,
                    "seccompProfile": ["type": "RuntimeDefault"],
                ],
                ValueSchema.object,
                "The pods' security context. On OpenShift, which chooses users itself, set runAsUser and runAsGroup to null."
            ),
            .value(
                "securityContext",
                [
                    "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                    "capabilities": ["drop": ["ALL"]],
                ], ValueSchema.object, "The container's security context."),
        ]
    }

    private var lifeValues: [ChartValue] {
        [
            .value(
                "livenessProbe", ["periodSeconds": 20, "timeoutSeconds": 5], Self.livenessProbe,
                "The times of the liveness probe, which asks /healthz; null for no probe."),
            .value(
                "readinessProbe", ["periodSeconds": 5, "timeoutSeconds": 5], Self.readinessProbe,
                "The times of the readiness probe, which asks /readyz; null for no probe."),
            .value(
                "terminationGracePeriodSeconds", 30, ValueSchema.number(atLeast: 0),
                "How long it may take to end what it has begun."),
            .value(
                "updateStrategy", [:], ValueSchema.object,
                "The Deployment's strategy, such as {type: Recreate}; RollingUpdate if empty."),
            .value(
                "revisionHistoryLimit", 3, ValueSchema.number(atLeast: 0), "How many old ReplicaSets are kept."),
            .group(
                "podDisruptionBudget", "Protection against evictions, if there are several replicas.",
                [
                    .value("enabled", true, ValueSchema.boolean, "Create a PodDisruptionBudget."),
                    .value(
                        "maxUnavailable", 1,
                        ["type": ["integer", "string"], "pattern": "^[0-9]+%$", "minimum": 0],
                        "How many replicas may be evicted at a time, as a number or in per cent."),
                ]),
        ]
    }

    /// What of a probe can be set: what it asks is the controller's own affair.
    private static let readinessProbe = ValueSchema.closed([
        "initialDelaySeconds": .object(ValueSchema.number(atLeast: 0)),
        "periodSeconds": .object(ValueSchema.number(atLeast: 1)),
        "timeoutSeconds": .object(ValueSchema.number(atLeast: 1)),
        "successThreshold": .object(ValueSchema.number(atLeast: 1)),
        "failureThreshold": .object(ValueSchema.number(atLeast: 1)),
    ])

    /// One success is enough here, and a grace period of its own is for what is to be restarted.
    private static let livenessProbe: JSONObject = {
        var probe = readinessProbe
        probe["properties", default: [:]]["successThreshold"] = ["type": "integer", "enum": [1]]
        probe["properties", default: [:]]["terminationGracePeriodSeconds"] = .object(ValueSchema.number(atLeast: 1))
        return probe
    }()

    /// Metrics, and who reads them.
    var metricsValues: ChartValue {
        .group(
            "metrics", "Prometheus metrics, on the same port as the probes.",
            [
                .value(
                    "host", "0.0.0.0", ["type": "string", "minLength": 1],
                    "The address that is listened at; [::] in clusters with IPv6 only."),
                .value("port", 8080, ValueSchema.port, "The port."),
                .group(
                    "service", "A Service for the port.",
                    [
                        .value("enabled", true, ValueSchema.boolean, "Create it."),
                        .value("port", 8080, ValueSchema.port, "The Service's port."),
                        .value("annotations", [:], ValueSchema.strings, "Its annotations."),
                        .value("labels", [:], ValueSchema.strings, "More labels."),
                    ]),
                .group(
                    "serviceMonitor", "For the Prometheus operator.",
                    [
                        .value("enabled", false, ValueSchema.boolean, "Create a ServiceMonitor."),
                        .value("namespace", "", ValueSchema.text, "Its namespace; the release's if empty."),
                        .value("interval", "30s", ValueSchema.text, "How often it is read."),
                        .value("scrapeTimeout", "", ValueSchema.text, "How long reading may take."),
                        .value("labels", [:], ValueSchema.strings, "Labels by which your Prometheus finds it."),
                        .value("relabelings", [], ValueSchema.objects, "Changes of labels before reading."),
                        .value("metricRelabelings", [], ValueSchema.objects, "Changes of labels after reading."),
                    ]),
            ])
    }

    /// The network around the controller.
    var networkValues: ChartValue {
        .group(
            "networkPolicy", "Who may talk to the controller, and to whom it may.",
            [
                .value("enabled", false, ValueSchema.boolean, "Let nothing in but to the metrics' port."),
                .value(
                    "from", [], ValueSchema.objects,
                    "Who may reach the metrics' port, as in a NetworkPolicy; everyone if empty. Most networks let nodes in anyway, whose probes use it too."
                ),
                .value(
                    "egress", [], ValueSchema.objects,
                    "Rules for what goes out, as in a NetworkPolicy; not limited if empty. The API server, DNS and the targets of callbacks must be among them."
                ),
            ])
    }

    /// Names, and what everything carries.
    var namingValues: [ChartValue] {
        [
            .value("nameOverride", "", ValueSchema.namePart, "Instead of the chart's name in names."),
            .value("fullnameOverride", "", ValueSchema.namePart, "Instead of release and chart in names."),
            .value(
                "commonLabels", [:], ValueSchema.strings,
                "Labels for everything that the chart creates; those that selectors look at stay as they are."),
            .value("commonAnnotations", [:], ValueSchema.strings, "Annotations for everything that the chart creates."),
        ]
    }
}
