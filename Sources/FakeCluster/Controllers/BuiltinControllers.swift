import KubeObjects
import KubeWire
import Logging

/// The controllers that every cluster runs by itself, as the controller manager of a real one does.
struct BuiltinControllers: Sendable {
    private let access: any ClusterAccess
    private let time: TimeSource
    private let logger: Logger
    private let certificateAuthority: String
    private let recorder: EventRecorder

    /// The controllers of a cluster.
    /// - Parameters:
    ///   - certificateAuthority: the server's certificate authority, PEM, published as the ConfigMap `kube-root-ca.crt`.
    init(
        access: any ClusterAccess, time: TimeSource, recorder: EventRecorder, certificateAuthority: String = "",
        logger: Logger
    ) {
        self.access = access
        self.time = time
        self.recorder = recorder
        self.certificateAuthority = certificateAuthority
        self.logger = logger
    }

    /// Runs all of them until cancelled. The recorder is the caller's to run.
    func run() async {
        let serviceAccounts = ServiceAccountController(
            access: access, time: time, logger: logger, certificateAuthority: certificateAuthority)
        let jobs = JobController(access: access, time: time, recorder: recorder, logger: logger)
        let cronJobs = CronJobController(access: access, time: time, recorder: recorder, logger: logger)
        let deployments = DeploymentController(access: access, time: time, recorder: recorder, logger: logger)
        let replicaSets = ReplicaSetController(access: access, time: time, recorder: recorder, logger: logger)
        let disruptions = DisruptionController(access: access, time: time, logger: logger)
        let collector = GarbageCollector(access: access, time: time, logger: logger)
        let namespaces = NamespaceController(access: access, time: time, logger: logger)
        let roles = ClusterRoleController(access: access, time: time, logger: logger)
        let expiry = EventExpiry(access: access, time: time, logger: logger)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await collector.run() }
            group.addTask { await cronJobs.run() }
            group.addTask { await deployments.run() }
            group.addTask { await disruptions.run() }
            group.addTask { await jobs.run() }
            group.addTask { await replicaSets.run() }
            group.addTask { await roles.run() }
            group.addTask { await namespaces.run() }
            group.addTask { await expiry.run() }
            group.addTask { await serviceAccounts.run() }
        }
    }
}
