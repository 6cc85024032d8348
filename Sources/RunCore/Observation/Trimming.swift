public import KubeObjects

/// What a store has to keep of the objects that an observation reads.
public enum Trimming {
    private static let identity = [
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
    ]
    private static let metadata = identity + ["labels", "annotations", "ownerReferences"]

    /// A pod without what no observation reads: what it is, whose, and how its containers are.
    public static func pod(_ pod: KubeObject) -> KubeObject {
        var trimmed = trimmedMetadata(pod)
        trimmed.metadata["labels"] = nil
        trimmed.metadata["annotations"] = kept(
            pod["metadata"]?["annotations"], [AnnotationKey.completionIndex, AnnotationKey.defaultContainer])
        trimmed["spec"] = podSpec(pod["spec"])
        guard let status = pod["status"] else { return trimmed }
        var keptStatus = kept(status, ["phase", "reason", "message"])?.object ?? [:]
        let scheduled = (status["conditions"]?.array ?? []).filter { $0["type"]?.string == "PodScheduled" }
        if !scheduled.isEmpty { keptStatus["conditions"] = .array(scheduled) }
        for list in ["containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses"] {
            keptStatus[list] = status[list]?.array.map { .array($0.map(container)) }
        }
        trimmed["status"] = .object(keptStatus)
        return trimmed
    }

    /// The names of the containers whose role matters: the first one, and the sidecars.
    private static func podSpec(_ spec: JSONValue?) -> JSONValue? {
        var trimmed = JSONObject()
        if let name = spec?["containers"]?[0]?["name"] { trimmed["containers"] = [["name": name]] }
        let sidecars = (spec?["initContainers"]?.array ?? []).filter { $0["restartPolicy"] == "Always" }
        if !sidecars.isEmpty {
            trimmed["initContainers"] = .array(sidecars.map { kept($0, ["name", "restartPolicy"]) ?? $0 })
        }
        return trimmed.isEmpty ? nil : .object(trimmed)
    }

    /// A container's status without what only a kubelet wants to know.
    private static func container(_ status: JSONValue) -> JSONValue {
        guard var trimmed = kept(status, ["name", "image", "state", "lastState"])?.object else { return status }
        for field in ["state", "lastState"] {
            guard let ended = trimmed[field]?["terminated"] else { continue }
            let rest = kept(ended, ["exitCode", "reason", "message", "finishedAt"]) ?? ended
            trimmed[field] = .object(["terminated": rest])
        }
        return .object(trimmed)
    }

    /// A Job without what no observation reads: of the pod template the main container's name is left, its status stays.
    public static func job(_ job: KubeObject) -> KubeObject {
        var trimmed = trimmedMetadata(job, metadata + ["finalizers"])
        trimmed["spec"] = job["spec"].map { spec in
            var kept = jobSpec(spec)
            if let name = ObservedPod.mainContainer(ofTemplate: spec["template"]) {
                kept["template"] = ["spec": ["containers": [["name": .string(name)]]]]
            }
            return .object(kept)
        }
        trimmed["status"] = job["status"]
        return trimmed
    }

    /// A run that is over for good, with what tells that it is, since when and whose it is: a cluster keeps thousands.
    public static func settledRun(_ run: KubeObject) -> KubeObject {
        var trimmed = trimmedMetadata(run, identity)
        trimmed["spec"] = kept(run["spec"], ["cancel", "suspend", "templateRef"])
        trimmed["status"] = kept(run["status"], ["phase", "jobRef", "callback"])
        if let end = run["status"]?["conditions"]?.array?.first(where: ConditionType.isEnd),
            let condition = kept(end, ["type", "status", "lastTransitionTime"])
        {
            trimmed["status"]?["conditions"] = [condition]
        }
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

    private static func trimmedMetadata(_ object: KubeObject, _ names: [String] = metadata) -> KubeObject {
        var result = KubeObject(JSONObject())
        result["apiVersion"] = object["apiVersion"]
        result["kind"] = object["kind"]
        result["metadata"] = kept(object["metadata"], names)
        return result
    }

    static func kept(_ value: JSONValue?, _ names: [String]) -> JSONValue? {
        (value?.object).map { .object($0.keeping(names.contains)) }
    }
}
