import KubeObjects

/// Makes the pods of a Job.
struct JobPodTemplate: Sendable {
    private let job: KubeObject
    private let spec: JobSpecification
    private let base: KubeObject

    init(_ job: KubeObject) {
        self.job = job
        spec = JobSpecification(job)
        var pod = KubeObject(JSONObject([("apiVersion", "v1"), ("kind", "Pod")]))
        let template = spec.template
        var metadata: JSONObject = [:]
        metadata["namespace"] = job.namespace.map { .string($0) }
        metadata["labels"] = template["metadata"]?["labels"]
        metadata["annotations"] = template["metadata"]?["annotations"]
        let finalizers = template["metadata"]?["finalizers"]?.array ?? []
        metadata["finalizers"] = .array(
            finalizers.filter { $0.string != JobPod.trackingFinalizer } + [.string(JobPod.trackingFinalizer)])
        metadata["ownerReferences"] = OwnerReference(controllerOf: job).map { .array([$0.json]) }
        pod.metadata = metadata
        pod["spec"] = template["spec"]
        base = pod
    }

    /// A new pod.
    /// - Parameters:
    ///   - index: its completion index, in an Indexed Job.
    ///   - failed: the pod of the index that it replaces.
    func pod(index: Int?, replacing failed: JobPod?) -> KubeObject {
        var pod = base
        let name = job.name ?? ""
        guard let index else {
            pod.metadata["generateName"] = .string(Self.prefix(name, ""))
            return pod
        }
        pod.metadata["generateName"] = .string(Self.prefix(name, "-\(index)"))
        var labels = pod.metadata["labels"]?.object ?? [:]
        labels[JobPod.indexKey] = .string("\(index)")
        pod.metadata["labels"] = .object(labels)
        var annotations = pod.metadata["annotations"]?.object ?? [:]
        annotations[JobPod.indexKey] = .string("\(index)")
        if spec.backoffLimitPerIndex != nil { addFailureCounts(failed, to: &annotations) }
        pod.metadata["annotations"] = .object(annotations)
        var podSpec = pod["spec"] ?? [:]
        podSpec["hostname"] = .string("\(name)-\(index)")
        for list in ["initContainers", "containers"] {
            guard let containers = podSpec[list]?.array else { continue }
            podSpec[list] = .array(containers.map(Self.withIndexVariable))
        }
        pod["spec"] = podSpec
        return pod
    }

    /// A prefix for generated names: cut so that the suffix and five random characters fit.
    private static func prefix(_ name: String, _ suffix: String) -> String {
        name.prefix(58 - suffix.utf8.count - 1) + suffix + "-"
    }

    private func addFailureCounts(_ failed: JobPod?, to annotations: inout JSONObject) {
        var (counted, ignored) = (0, 0)
        if let failed {
            (counted, ignored) = (failed.failureCount, failed.ignoredFailureCount)
            if spec.podFailurePolicy?.verdict(on: failed)?.action == .ignore { ignored += 1 } else { counted += 1 }
        }
        annotations[JobPod.failureCountKey] = .string("\(counted)")
        if ignored > 0 { annotations[JobPod.ignoredFailureCountKey] = .string("\(ignored)") }
    }

    private static func withIndexVariable(_ container: JSONValue) -> JSONValue {
        let name: JSONValue = "JOB_COMPLETION_INDEX"
        let variables = container["env"]?.array ?? []
        guard !variables.contains(where: { $0["name"] == name }) else { return container }
        var container = container
        container["env"] = .array(
            variables + [
                [
                    "name": name,
                    "valueFrom": ["fieldRef": ["fieldPath": .string("metadata.labels['\(JobPod.indexKey)']")]],
                ]
            ])
        return container
    }
}
