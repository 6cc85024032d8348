import KubeObjects
import KubeWire
import Logging

/// Host and port of the API server as containers reach it.
struct ServerPlace: Sendable, Hashable {
    var host: String
    var port: Int

    /// The place of an address that is listened on; nil while its port is not known.
    init?(_ address: ListenAddress) {
        guard address.port != 0 else { return nil }
        host = ["0.0.0.0", "::", "localhost"].contains(address.host) ? "127.0.0.1" : address.host
        port = address.port
    }
}

/// What the parts of the pod runner share.
struct PodContext: Sendable {
    let access: any ClusterAccess
    let time: TimeSource
    let launcher: any ProcessLauncher
    let recorder: EventRecorder
    let logs: LogTable
    let node: NodeIdentity
    /// Where the API server is for containers, once that is known; nil inside if there is no such place.
    let apiServer: OneShot<ServerPlace?>
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
        recorder.record(
            pod, from: EventRecorder.Source(component: "kubelet", host: node.name), type, reason: reason,
            message: message, fieldPath: container.map { "spec.\($0.role.list){\($0.name)}" })
    }
}
