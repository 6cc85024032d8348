public import KubeObjects

/// What a report needs of a pod, read once.
public struct ObservedPod: Sendable, Hashable {
    /// The pod's name.
    public var name: String
    /// The uid of the Job or other controller that owns the pod.
    public var controller: String?
    /// When the pod was created.
    public var creationTimestamp: Timestamp?
    /// Whether the pod's deletion was asked for.
    public var isBeingDeleted: Bool
    /// The completion index of a pod of an Indexed Job.
    public var index: Int?
    /// `status.phase`: `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
    public var phase: String
    /// `status.reason`, such as `Evicted`.
    public var reason: String?
    /// `status.message`.
    public var message: String?
    /// Why no node was found for the pod, if none was.
    public var unschedulable: String?
    /// The container whose exit code counts: the one that `kubectl.kubernetes.io/default-container` names, else the first
    /// of the Job's template, before which an admission webhook may have put others.
    public var target: ObservedContainer?
    /// Init containers, then the other containers, as far as they have a status.
    public var others: [ObservedContainer]
    /// Init containers that run beside the others for as long as these do (`restartPolicy: Always`). How they end says
    /// nothing of the pod: they are stopped when it is over.
    public var sidecars: [ObservedContainer]
    /// How many containers were added to debug the pod.
    public var debuggers: Int

    /// Digests a pod.
    /// - Parameter container: the main container as its Job's template has it; nil if that is not known.
    public init(_ pod: KubeObject, container: String? = nil) {
        name = pod.name ?? ""
        controller = pod.controllerReference?.uid
        creationTimestamp = pod.creationTimestamp
        isBeingDeleted = pod.isBeingDeleted
        index = pod.annotations[AnnotationKey.completionIndex].flatMap { Int($0) }
        let status = pod["status"]
        phase = status?["phase"]?.string ?? "Pending"
        reason = status?["reason"]?.string
        message = status?["message"]?.string
        unschedulable = Self.unschedulable(status)
        let main = (status?["containerStatuses"]?.array ?? []).compactMap(ObservedContainer.init)
        let initial = (status?["initContainerStatuses"]?.array ?? []).compactMap(ObservedContainer.init)
        let isThere = main.contains { $0.name == container }
        let annotated = Self.annotatedContainer(pod["metadata"], among: main.map(\.name))
        let targetName = isThere ? container : annotated ?? pod[path: "spec", "containers"]?[0]?["name"]?.string
        target = main.first { $0.name == targetName }
        let sidecarNames = Self.sidecarNames(pod)
        others = initial.filter { !sidecarNames.contains($0.name) } + main.filter { $0.name != targetName }
        sidecars = initial.filter { sidecarNames.contains($0.name) }
        debuggers = status?["ephemeralContainerStatuses"]?.array?.count ?? 0
    }

    /// The name of the main container of a template of pods: the one of the annotation
    /// `kubectl.kubernetes.io/default-container`, if there is one of this name, else the first.
    static func mainContainer(ofTemplate template: JSONValue?) -> String? {
        let names = (template?["spec"]?["containers"]?.array ?? []).compactMap { $0["name"]?.string }
        return annotatedContainer(template?["metadata"], among: names) ?? names.first
    }

    private static func annotatedContainer(_ metadata: JSONValue?, among names: [String]) -> String? {
        let annotated = metadata?["annotations"]?[AnnotationKey.defaultContainer]?.string
        return names.first { $0 == annotated }
    }

    private static func sidecarNames(_ pod: KubeObject) -> Set<String> {
        let initial = pod[path: "spec", "initContainers"]?.array ?? []
        return Set(initial.filter { $0["restartPolicy"] == "Always" }.compactMap { $0["name"]?.string })
    }

    private static func unschedulable(_ status: JSONValue?) -> String? {
        let scheduled = status?["conditions"]?.array?.first { $0["type"]?.string == "PodScheduled" }
        guard let scheduled, scheduled["status"]?.string == "False", scheduled["reason"]?.string == "Unschedulable"
        else { return nil }
        return scheduled["message"]?.string ?? ""
    }
}

extension ObservedPod {
    /// Whether a container of the pod has started, now or before.
    public var hasStarted: Bool { phase != "Pending" || containers.contains(where: \.hasStarted) }

    /// All containers that have a status, the one that counts first.
    package var containers: [ObservedContainer] { [target].compactMap(\.self) + others + sidecars }

    /// How many bytes the kubelet keeps of a container's termination message: the last 4096 of the file, and of these
    /// the first, so that all containers together have no more than 12 KiB.
    var messageLimit: Int {
        min(4096, (12 << 10) / max(containers.count + debuggers, 1))
    }

    /// Whether the pod is over.
    public var isFinished: Bool { phase == "Succeeded" || phase == "Failed" }
}

/// What a report needs of a container's status.
public struct ObservedContainer: Sendable, Hashable {
    /// The end of a container.
    public struct Termination: Sendable, Hashable {
        /// The exit code.
        public var exitCode: Int64
        /// The kubelet's reason, such as `Completed`, `Error` or `OOMKilled`.
        public var reason: String?
        /// The termination message: what the container left behind, or why it could not start.
        public var message: String?
        /// When the container ended.
        public var finishedAt: Timestamp?
    }

    /// The container's name.
    public var name: String
    /// The image as the pod names it.
    public var image: String
    /// Why the container waits, such as `ImagePullBackOff`; nil if it does not.
    public var waitingReason: String?
    /// The words that go with it.
    public var waitingMessage: String?
    /// Whether the container runs.
    public var isRunning: Bool
    /// The end of the container, or of its last start if it is being started again.
    public var termination: Termination?

    /// Reads an entry of `containerStatuses`; nil if it has no name.
    public init?(_ status: JSONValue) {
        guard let name = status["name"]?.string else { return nil }
        self.name = name
        image = status["image"]?.string ?? ""
        let state = status["state"]
        waitingReason = state?["waiting"]?["reason"]?.string
        waitingMessage = state?["waiting"]?["message"]?.string
        isRunning = state?["running"] != nil
        let ended = state?["terminated"] ?? status["lastState"]?["terminated"]
        termination = ended.flatMap { ended in
            ended["exitCode"]?.int32.map {
                Termination(
                    exitCode: $0, reason: ended["reason"]?.string, message: ended["message"]?.string,
                    finishedAt: ended["finishedAt"]?.string.flatMap(Timestamp.init))
            }
        }
    }

    /// Whether the container runs or has run.
    public var hasStarted: Bool { isRunning || termination != nil }
}
