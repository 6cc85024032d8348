public import KubeObjects

/// What a store has to keep of the objects that an observation reads.
public enum Trimming {
    private static let metadata: Set<String> = [
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "labels", "annotations", "ownerReferences",
    ]

    /// A pod without what no observation reads: of its spec only the first container's name stays.
    public static func pod(_ pod: KubeObject) -> KubeObject {
        var trimmed = trimmedMetadata(pod)
        if let name = pod[path: "spec", "containers"]?[0]?["name"] {
            trimmed["spec"] = ["containers": [["name": name]]]
        }
        trimmed["status"] = kept(
            pod["status"],
            ["phase", "reason", "message", "conditions", "containerStatuses", "initContainerStatuses"])
        return trimmed
    }

    /// A Job without what no observation reads: the pod template goes, its status stays.
    public static func job(_ job: KubeObject) -> KubeObject {
        var trimmed = trimmedMetadata(job)
        trimmed["spec"] = job["spec"].map { .object(jobSpec($0)) }
        trimmed["status"] = job["status"]
        return trimmed
    }

    /// A ConfigMap or Secret without its data: a digest stands for it.
    public static func data(_ object: KubeObject) -> KubeObject {
        var trimmed = KubeObject(JSONObject())
        trimmed["metadata"] = kept(object["metadata"], ["name", "namespace", "uid", "resourceVersion"])
        trimmed["dataDigest"] = .string(Digest.data(object))
        return trimmed
    }

    /// A Job's spec without its pod template.
    static func jobSpec(_ spec: JSONValue?) -> JSONObject {
        kept(
            spec,
            [
                "suspend", "completionMode", "activeDeadlineSeconds", "completions", "parallelism", "backoffLimit",
                "ttlSecondsAfterFinished",
            ])?.object ?? [:]
    }

    private static func trimmedMetadata(_ object: KubeObject) -> KubeObject {
        var result = KubeObject(JSONObject())
        result["apiVersion"] = object["apiVersion"]
        result["kind"] = object["kind"]
        result["metadata"] = kept(object["metadata"], metadata)
        return result
    }

    static func kept(_ value: JSONValue?, _ names: Set<String>) -> JSONValue? {
        guard let members = value?.object else { return nil }
        return .object(JSONObject(members.filter { names.contains($0.key) }.map { ($0.key, $0.value) }))
    }
}
