import KubeObjects
import KubeSchema

/// What the admission plugins of a standard cluster add to a new pod: the service account with its token volume, the
/// tolerations of a short outage of its node, the priority.
enum PodAdmission {
    private static let tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"
    private static let nameAlphabet = Array("bcdfghjklmnpqrstvwxz2456789")

    private static let serviceAccounts = GroupResource(group: "", resource: "serviceaccounts")

    private static let priorityClasses = GroupResource(group: "scheduling.k8s.io", resource: "priorityclasses")

    /// Why a pod is refused: its service account or its priority class does not exist, or it says what its runtime needs,
    /// which only a runtime class may.
    static func refusal(_ pod: KubeObject, _ context: StrategyContext) -> String? {
        if let refusal = accountRefusal(pod, context) { return refusal }
        let spec = pod["spec"] ?? [:]
        guard let computed = priorityClass(of: spec, context)?.value else {
            return "no PriorityClass with name \(spec.text("priorityClassName")) was found"
        }
        if let given = spec["priority"]?.integer, given != computed {
            return "the integer value of priority (\(given)) must not be provided in pod spec; priority admission "
                + "controller computed \(computed) from the given PriorityClass name"
        }
        guard spec["overhead"] != nil, spec["runtimeClassName"] == nil else { return nil }
        return "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead"
    }

    /// The account `default` is taken for granted, since a namespace gets it a moment after it is made and whoever starts a
    /// cluster should not have to wait for that.
    private static func accountRefusal(_ pod: KubeObject, _ context: StrategyContext) -> String? {
        let name = pod["spec"]?.text("serviceAccountName") ?? ""
        let namespace = pod.namespace ?? ""
        guard name != "default", !name.isEmpty, pod.annotations["kubernetes.io/config.mirror"] == nil,
            context.read(serviceAccounts, ObjectKey(namespace: namespace, name: name)) == nil
        else { return nil }
        return "error looking up service account \(namespace)/\(name): serviceaccount \"\(name)\" not found"
    }

    /// What the class of a pod says; nil if there is none of that name. A pod that names none has priority 0: a class that
    /// is the default for all is not looked for.
    private static func priorityClass(
        of spec: JSONValue, _ context: StrategyContext
    ) -> (value: Int64, preemption: JSONValue)? {
        let name = spec.text("priorityClassName")
        if name.isEmpty { return (0, "PreemptLowerPriority") }
        if let stored = context.read(priorityClasses, ObjectKey(name: name)) {
            return (stored["value"]?.integer ?? 0, stored["preemptionPolicy"] ?? "PreemptLowerPriority")
        }
        return PriorityClassRules.system.first { $0.name == name }.map { ($0.value, "PreemptLowerPriority") }
    }

    /// Changes a new pod; mirror pods stay as they are.
    static func admit(_ pod: inout KubeObject, _ context: StrategyContext) {
        guard pod.annotations["kubernetes.io/config.mirror"] == nil else { return }
        let account = pod["spec"]?.text("serviceAccountName") ?? ""
        let name = account.isEmpty ? "default" : account
        let stored = context.read(serviceAccounts, ObjectKey(namespace: pod.namespace ?? "", name: name))
        pod.json.edit("spec") { spec in
            spec["serviceAccountName"] = .string(name)
            spec["serviceAccount"] = .string(name)
            let mounts = spec["automountServiceAccountToken"] ?? stored?["automountServiceAccountToken"]
            if mounts != false { mountToken(&spec) }
            if spec["imagePullSecrets"]?.array?.isEmpty ?? true, let secrets = stored?["imagePullSecrets"] {
                spec["imagePullSecrets"] = secrets
            }
            tolerateOutage(&spec)
            let priority = priorityClass(of: .object(spec), context)
            spec.setDefault("priority", .integer(priority?.value ?? 0))
            spec.setDefault("preemptionPolicy", priority?.preemption ?? "PreemptLowerPriority")
        }
    }

    /// Mounts a short-lived token with the cluster's certificate and the namespace into every container that has nothing
    /// at that place.
    private static func mountToken(_ spec: inout JSONObject) {
        let volume = "kube-api-access-" + String((0..<5).map { _ in nameAlphabet.randomElement() ?? "b" })
        var isMounted = false
        for list in ["initContainers", "containers"] {
            spec.editEach(list) { container in
                var mounts = container["volumeMounts"]?.array ?? []
                if mounts.contains(where: { $0["mountPath"] == .string(tokenPath) }) { return }
                mounts.append(["name": .string(volume), "readOnly": true, "mountPath": .string(tokenPath)])
                container["volumeMounts"] = .array(mounts)
                isMounted = true
            }
        }
        if isMounted { spec["volumes"] = .array((spec["volumes"]?.array ?? []) + [tokenVolume(volume)]) }
    }

    private static func tokenVolume(_ name: String) -> JSONValue {
        [
            "name": .string(name),
            "projected": [
                "sources": [
                    ["serviceAccountToken": ["expirationSeconds": 3607, "path": "token"]],
                    ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
                    [
                        "downwardAPI": [
                            "items": [
                                [
                                    "path": "namespace",
                                    "fieldRef": ["apiVersion": "v1", "fieldPath": "metadata.namespace"],
                                ]
                            ]
                        ]
                    ],
                ], "defaultMode": 420,
            ],
        ]
    }

    /// A node may be away for five minutes before its pods are (admission plugin DefaultTolerationSeconds).
    private static func tolerateOutage(_ spec: inout JSONObject) {
        var tolerations = spec["tolerations"]?.array ?? []
        for taint in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
            let isTolerated = tolerations.contains { toleration in
                let (key, effect) = (toleration.text("key"), toleration.text("effect"))
                return (key == taint || key.isEmpty) && (effect == "NoExecute" || effect.isEmpty)
            }
            if isTolerated { continue }
            tolerations.append([
                "key": .string(taint), "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300,
            ])
        }
        spec["tolerations"] = .array(tolerations)
    }
}
