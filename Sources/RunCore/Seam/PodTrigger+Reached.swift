public import KubeObjects

extension PodTrigger {
    /// Whether a pod's changes can start anything: pods of Jobs never do, or Jobs would start Jobs.
    public static func concerns(_ pod: KubeObject) -> Bool {
        let labels = pod.metadata["labels"]?.object
        return labels?["job-name"] == nil && labels?["batch.kubernetes.io/job-name"] == nil
            && labels?[LabelKey.extendedJob] == nil && pod.controllerReference?.kind != "Job"
    }

    /// What a pod has reached by now, as far as the pod alone shows it.
    ///
    /// That readiness was lost shows in a condition that became `False` well after the pod was ready to run: until its
    /// containers are ready for the first time the condition keeps the time of the pod's first status.
    public static func reached(by pod: KubeObject) -> [PodTrigger] {
        var reached = [PodTrigger(.created, pod, at: pod.creationTimestamp)]
        guard let ready = PodCondition("Ready", of: pod), !pod.isBeingDeleted else {
            return reached.compactMap(\.self)
        }
        if ready.isTrue {
            reached.append(PodTrigger(.ready, pod, at: ready.since))
        } else if let since = ready.since, since > pod.start + .seconds(1) {
            reached.append(PodTrigger(.notready, pod, at: since))
        }
        return reached.compactMap(\.self)
    }

    /// What a pod has reached between two looks at it.
    public static func reached(by pod: KubeObject, since old: KubeObject) -> [PodTrigger] {
        let (before, now) = (PodCondition("Ready", of: old), PodCondition("Ready", of: pod))
        guard before != now, !pod.isBeingDeleted else { return [] }
        let state: State
        switch (before?.isTrue ?? false, now?.isTrue ?? false) {
        case (false, true): state = .ready
        case (true, false): state = .notready
        // It was lost and regained between two looks.
        case (true, true): state = .ready
        case (false, false): return []
        }
        return [PodTrigger(state, pod, at: now?.since, isSeenAtOnce: true)].compactMap(\.self)
    }

    /// That a pod is gone.
    /// - Parameters:
    ///   - pod: its last state, with the version in which it is known to be gone.
    ///   - successor: the pod that has its name by now, if that is how it is known.
    ///   - now: the moment.
    public static func gone(_ pod: KubeObject, successor: KubeObject? = nil, now: Timestamp) -> PodTrigger? {
        var trigger = PodTrigger(.deleted, pod, at: now.wholeSeconds, isSeenAtOnce: true)
        if let successor { trigger?.resourceVersion = successor.resourceVersion }
        return trigger
    }

    private init?(_ state: State, _ pod: KubeObject, at time: Timestamp?, isSeenAtOnce: Bool = false) {
        guard let name = pod.name, let uid = pod.uid, let moment = time ?? pod.creationTimestamp else { return nil }
        self.init(
            state, pod: name, uid: uid, labels: pod.labels, time: moment, resourceVersion: pod.resourceVersion,
            isSeenAtOnce: isSeenAtOnce)
    }
}

extension Trimming {
    /// A pod without what no trigger reads.
    public static func triggeringPod(_ pod: KubeObject) -> KubeObject {
        var trimmed = KubeObject(JSONObject())
        trimmed["metadata"] = kept(
            pod["metadata"],
            [
                "name", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "labels",
                "ownerReferences",
            ])
        var status = JSONObject()
        status["startTime"] = pod[path: "status", "startTime"]
        status["conditions"] = pod[path: "status", "conditions"]?.array.map { conditions in
            .array(
                conditions.filter { ["Ready", "PodScheduled", "Initialized"].contains($0["type"]?.string) }
                    .map { kept($0, ["type", "status", "lastTransitionTime"]) ?? $0 })
        }
        trimmed["status"] = .object(status)
        return trimmed
    }
}

/// A condition of a pod, as far as triggers need it.
private struct PodCondition: Hashable {
    var isTrue: Bool
    var since: Timestamp?

    init?(_ type: String, of pod: KubeObject) {
        let conditions = pod[path: "status", "conditions"]?.array
        guard let found = conditions?.first(where: { $0["type"]?.string == type }) else { return nil }
        isTrue = found["status"]?.string == "True"
        since = found["lastTransitionTime"]?.string.flatMap(Timestamp.init)
    }
}

extension KubeObject {
    /// When the kubelet had everything to run the pod.
    fileprivate var start: Timestamp {
        let moments = [
            self[path: "status", "startTime"]?.string.flatMap(Timestamp.init),
            PodCondition("PodScheduled", of: self)?.since, PodCondition("Initialized", of: self)?.since,
            creationTimestamp,
        ]
        return moments.compactMap(\.self).max() ?? Timestamp(seconds: 0)
    }
}
