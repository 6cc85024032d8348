import KubeObjects
import Logging

/// What the parts of the pod runner share.
struct PodContext: Sendable {
    let access: any ClusterAccess
    let time: TimeSource
    let launcher: any ProcessLauncher
    let recorder: EventRecorder
    let logs: LogTable
    let node: NodeIdentity
    /// Where the API server listens.
    let apiServer: (host: String, port: Int)?
    /// Makes tokens for pods' service accounts.
    let issueToken: PodRunner.TokenIssuer?
    /// Where the folders of pods are.
    let podsDirectory: String
    /// What every container's environment begins with.
    let inherited: [EnvironmentVariable]
    let logger: Logger

    /// Reports on a pod or one of its containers, as the kubelet.
    func report(
        _ pod: KubeObject, container: ContainerRecord? = nil, _ type: EventRecorder.EventType = .normal,
        reason: String, _ message: String
    ) {
        let list = container.map { $0.role == .main ? "containers" : "initContainers" }
        recorder.record(
            pod, from: EventRecorder.Source(component: "kubelet", host: node.name), type, reason: reason,
            message: message, fieldPath: container.map { "spec.\(list ?? ""){\($0.name)}" })
    }
}
