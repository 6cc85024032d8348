/// The core group: namespaces, pods and what they use.
extension BuiltinKinds {
    static let core: [ResourceDefinition] = [
        define("v1", "configmaps", "ConfigMap", shortNames: ["cm"], rules: ConfigMapRules()),
        define(
            "v1", "endpoints", "Endpoints", shortNames: ["ep"],
            deprecationWarning: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
            rules: EndpointsRules()),
        define("v1", "events", "Event", shortNames: ["ev"], rules: EventRules()),
        define("v1", "limitranges", "LimitRange", shortNames: ["limits"], rules: LimitRangeRules()),
        define(
            "v1", "namespaces", "Namespace", isNamespaced: false, shortNames: ["ns"],
            verbs: allVerbs.filter { $0 != "deletecollection" }, hasStatus: true,
            subresources: ["finalize": SubresourceDefinition(kind: "Namespace", verbs: ["update"])],
            rules: NamespaceRules()),
        define("v1", "nodes", "Node", isNamespaced: false, shortNames: ["no"], hasStatus: true, rules: NodeRules()),
        define(
            "v1", "persistentvolumeclaims", "PersistentVolumeClaim", shortNames: ["pvc"], hasStatus: true,
            returnsDeletedObject: true, rules: PersistentVolumeClaimRules()),
        define(
            "v1", "pods", "Pod", shortNames: ["po"], categories: ["all"], hasStatus: true,
            subresources: podSubresources, returnsDeletedObject: true, rules: PodRules()),
        define("v1", "podtemplates", "PodTemplate", returnsDeletedObject: true, rules: PodTemplateRules()),
        define(
            "v1", "resourcequotas", "ResourceQuota", shortNames: ["quota"], hasStatus: true,
            returnsDeletedObject: true, rules: ResourceQuotaRules()),
        define("v1", "secrets", "Secret", rules: SecretRules()),
        define(
            "v1", "serviceaccounts", "ServiceAccount", shortNames: ["sa"],
            subresources: [
                "token": SubresourceDefinition(
                    group: "authentication.k8s.io", version: "v1", kind: "TokenRequest", verbs: ["create"])
            ], returnsDeletedObject: true, rules: ServiceAccountRules()),
        define(
            "v1", "services", "Service", shortNames: ["svc"], categories: ["all"], hasStatus: true,
            returnsDeletedObject: true, rules: ServiceRules()),
    ]

    private static let podSubresources: [String: SubresourceDefinition] = [
        "attach": SubresourceDefinition(kind: "PodAttachOptions", verbs: ["create", "get"]),
        "binding": SubresourceDefinition(kind: "Binding", verbs: ["create"]),
        "ephemeralcontainers": SubresourceDefinition(kind: "Pod", verbs: ["get", "patch", "update"]),
        "eviction": SubresourceDefinition(group: "policy", version: "v1", kind: "Eviction", verbs: ["create"]),
        "exec": SubresourceDefinition(kind: "PodExecOptions", verbs: ["create", "get"]),
        "log": SubresourceDefinition(kind: "Pod", verbs: ["get"]),
        "portforward": SubresourceDefinition(kind: "PodPortForwardOptions", verbs: ["create", "get"]),
        "resize": SubresourceDefinition(kind: "Pod", verbs: ["get", "patch", "update"]),
    ]
}
