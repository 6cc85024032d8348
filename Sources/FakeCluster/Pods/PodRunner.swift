import KubeObjects
import KubeWire
import Logging

/// The node of the cluster: runs the containers of pods as local processes, keeps their logs, and writes pod statuses
/// as a kubelet does. It schedules, too, since there is nothing to choose.
final class PodRunner: PodLogSource, Sendable {
    /// How the node is set up.
    struct Configuration: Sendable {
        /// Where logs, volumes and scratch folders go; made if absent.
        var dataDirectory: String
        /// The node's name.
        var nodeName = "fake-node"
        /// Host and port of the API server, for containers' `KUBERNETES_SERVICE_*`; nil leaves these out.
        var apiServer: (host: String, port: Int)?
    }

    private let access: any ClusterAccess
    private let configuration: Configuration
    private let time: TimeSource
    private let recorder: EventRecorder
    private let logger: Logger

    init(
        access: any ClusterAccess, configuration: Configuration, time: TimeSource, recorder: EventRecorder,
        logger: Logger
    ) {
        self.access = access
        self.configuration = configuration
        self.time = time
        self.recorder = recorder
        self.logger = logger
    }

    /// Runs pods until cancelled; then ends every process that it has started.
    func run() async {}

    func log(of pod: KubeObject, container: String, options: LogOptions) async throws(KubeStatus) -> ResponseBody {
        throw KubeStatus(
            code: 400, reason: .badRequest,
            message: "container \"\(container)\" in pod \"\(pod.name ?? "")\" is waiting to start: ContainerCreating")
    }
}
