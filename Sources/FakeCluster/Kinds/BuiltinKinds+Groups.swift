/// The groups beside the core one.
extension BuiltinKinds {
    static let batch: [ResourceDefinition] = [
        define(
            "batch/v1", "cronjobs", "CronJob", shortNames: ["cj"], categories: ["all"], hasStatus: true,
            rules: CronJobRules()),
        define("batch/v1", "jobs", "Job", categories: ["all"], hasStatus: true, rules: JobRules()),
    ]

    static let apps: [ResourceDefinition] = [
        define(
            "apps/v1", "deployments", "Deployment", shortNames: ["deploy"], categories: ["all"], hasStatus: true,
            subresources: ["scale": scale], rules: DeploymentRules()),
        define(
            "apps/v1", "replicasets", "ReplicaSet", shortNames: ["rs"], categories: ["all"], hasStatus: true,
            subresources: ["scale": scale], rules: ReplicaSetRules()),
    ]

    static let coordination: [ResourceDefinition] = [
        define("coordination.k8s.io/v1", "leases", "Lease", rules: LeaseRules())
    ]

    static let autoscaling: [ResourceDefinition] = [
        define(
            "autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", shortNames: ["hpa"],
            categories: ["all"], hasStatus: true, rules: HorizontalPodAutoscalerRules())
    ]

    static let discovery: [ResourceDefinition] = [
        define("discovery.k8s.io/v1", "endpointslices", "EndpointSlice", rules: EndpointSliceRules())
    ]

    static let scheduling: [ResourceDefinition] = [
        define(
            "scheduling.k8s.io/v1", "priorityclasses", "PriorityClass", isNamespaced: false, shortNames: ["pc"],
            rules: PriorityClassRules())
    ]

    static let storage: [ResourceDefinition] = [
        define(
            "storage.k8s.io/v1", "storageclasses", "StorageClass", isNamespaced: false, shortNames: ["sc"],
            returnsDeletedObject: true, rules: StorageClassRules())
    ]

    static let networking: [ResourceDefinition] = [
        define(
            "networking.k8s.io/v1", "ingressclasses", "IngressClass", isNamespaced: false, rules: IngressClassRules()),
        define(
            "networking.k8s.io/v1", "ingresses", "Ingress", shortNames: ["ing"], hasStatus: true, rules: IngressRules()),
        define(
            "networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", shortNames: ["netpol"],
            rules: NetworkPolicyRules()),
    ]

    static let policy: [ResourceDefinition] = [
        define(
            "policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", shortNames: ["pdb"], hasStatus: true,
            rules: PodDisruptionBudgetRules())
    ]

    static let accessControl: [ResourceDefinition] = [
        define(
            "rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", isNamespaced: false,
            rules: RoleBindingRules(isNamespaced: false)),
        define(
            "rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", isNamespaced: false,
            rules: RoleRules(isNamespaced: false)),
        define(
            "rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding", rules: RoleBindingRules(isNamespaced: true)),
        define("rbac.authorization.k8s.io/v1", "roles", "Role", rules: RoleRules(isNamespaced: true)),
    ]

    /// Questions that are answered at once and never stored.
    static let reviews: [ResourceDefinition] = [
        review("authentication.k8s.io/v1", "selfsubjectreviews", "SelfSubjectReview"),
        review("authentication.k8s.io/v1", "tokenreviews", "TokenReview"),
        review("authorization.k8s.io/v1", "localsubjectaccessreviews", "LocalSubjectAccessReview", isNamespaced: true),
        review("authorization.k8s.io/v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
        review("authorization.k8s.io/v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
        review("authorization.k8s.io/v1", "subjectaccessreviews", "SubjectAccessReview"),
    ]

    /// Admission policies and their bindings, in force from the moment that they are stored.
    static func admissionPolicies(followedBy index: AdmissionPolicyIndex) -> [ResourceDefinition] {
        var policies = define(
            "admissionregistration.k8s.io/v1", "validatingadmissionpolicies", "ValidatingAdmissionPolicy",
            isNamespaced: false, categories: ["api-extensions"], hasStatus: true, rules: AdmissionPolicyRules())
        policies.onChange = { index.followPolicy($0) }
        var bindings = define(
            "admissionregistration.k8s.io/v1", "validatingadmissionpolicybindings",
            "ValidatingAdmissionPolicyBinding", isNamespaced: false, categories: ["api-extensions"],
            rules: AdmissionPolicyBindingRules())
        bindings.onChange = { index.followBinding($0) }
        return [policies, bindings]
    }

    private static func review(
        _ apiVersion: String, _ plural: String, _ kind: String, isNamespaced: Bool = false
    ) -> ResourceDefinition {
        define(apiVersion, plural, kind, isNamespaced: isNamespaced, verbs: ["create"], rules: ReviewRules())
    }
}
