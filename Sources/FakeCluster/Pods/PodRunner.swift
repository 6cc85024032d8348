import FoundationEssentials
import KubeObjects
import KubeWire
import Logging
import Synchronization

/// The node of the cluster: runs the containers of pods as local processes, keeps their logs, and writes pod statuses
/// as a kubelet does. It schedules, too, since there is nothing to choose.
///
/// By itself it fetches no image: an image is only a name, and a container needs a command. Containers get a mount
/// namespace where the host allows it (``HostLauncher``); else the paths of volume mounts and of the termination message
/// are rewritten, in commands, arguments and environment, to where they are on the host (``PathRewriting``). Other
/// launchers run images (``PodmanLauncher``), or play containers (``ScriptLauncher``).
final class PodRunner: PodLogSource, Sendable {
    /// How the node is set up.
    struct Configuration: Sendable {
        /// Where logs, volumes and scratch folders go; made if absent.
        var dataDirectory: String
        /// The node's name.
        var nodeName = "fake-node"
        /// Where the API server is, for containers' `KUBERNETES_SERVICE_*`; containers start once that is known.
        var apiServer = OneShot<ServerPlace?>(nil)
        /// Makes tokens for pods' service accounts; nil leaves them out.
        var issueToken: TokenIssuer?
    }

    /// Makes a token for a pod's service account.
    /// - Parameters:
    ///   - audiences: whom it is for; empty means the API server.
    ///   - seconds: how long it lives.
    typealias TokenIssuer =
        @Sendable (_ pod: KubeObject, _ audiences: [String], _ seconds: Int64) throws -> String

    let context: PodContext
    private let workers = Mutex<[String: PodWorker]>([:])

    init(
        access: any ClusterAccess, configuration: Configuration, time: TimeSource, recorder: EventRecorder,
        logger: Logger, launcher: any ProcessLauncher = HostLauncher()
    ) {
        let environment = ProcessInfo.processInfo.environment
        context = PodContext(
            access: access, time: time, launcher: launcher, recorder: recorder, logs: LogTable(),
            node: NodeIdentity(name: configuration.nodeName), apiServer: configuration.apiServer,
            issueToken: configuration.issueToken,
            podsDirectory: PodDirectory.all(in: configuration.dataDirectory),
            inherited: (launcher.runsImages ? [] : ["PATH", "LANG", "TZ"]).compactMap { name in
                environment[name].map { EnvironmentVariable(name: name, value: $0) }
            },
            logger: logger)
    }

    /// Runs pods until cancelled; then ends every process that it has started.
    func run() async {
        await register()
        let scheduler = PodScheduler(
            access: context.access, node: context.node, time: context.time, recorder: context.recorder,
            logger: context.logger)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await scheduler.run() }
            group.addTask { await self.runPods() }
        }
    }

    /// The worker of a pod that is running.
    func worker(of uid: String) -> PodWorker? { workers.withLock { $0[uid] } }

    /// Makes the node object, unless a former life has.
    private func register() async {
        do throws(KubeStatus) {
            let present = try await context.access.get(.nodes, ObjectKey(name: context.node.name))
            guard present == nil else { return }
            let node = NodeObject.make(context.node, now: context.time.now())
            var created = try await context.access.create(.nodes, node)
            created["status"] = node["status"]
            _ = try await context.access.updateStatus(.nodes, created)
        } catch {
            context.logger.error("node not registered", metadata: ["error": "\(error)"])
        }
    }

    private func runPods() async {
        await context.launcher.removeLeftovers()
        await removeOrphanedDirectories()
        await withDiscardingTaskGroup { group in
            for await change in context.access.changes(of: [.pods, .configMaps, .secrets]) {
                guard !Task.isCancelled else { return }
                guard change.resource.plural == APIResource.pods.plural else {
                    if change.kind != .deleted { configurationChanged(in: change.object.namespace) }
                    continue
                }
                guard let worker = take(change) else { continue }
                group.addTask { await self.run(worker) }
            }
        }
    }

    /// Hands a change on to the pod's worker; returns a new worker if the pod needs one.
    private func take(_ change: ObjectChange) -> PodWorker? {
        let pod = change.object
        guard let uid = pod.uid, pod[path: "spec", "nodeName"]?.string == context.node.name else { return nil }
        return workers.withLock { workers in
            if let worker = workers[uid] {
                if change.kind == .deleted { worker.disappear() } else { worker.see(pod) }
                return nil
            }
            if change.kind == .deleted {
                PodDirectory(in: context.podsDirectory, of: pod).remove()
                return nil
            }
            guard !["Succeeded", "Failed"].contains(pod[path: "status", "phase"]?.string ?? "") else { return nil }
            let worker = PodWorker(pod, context: context)
            workers[uid] = worker
            return worker
        }
    }

    private func run(_ worker: PodWorker) async {
        await worker.run()
        guard !Task.isCancelled else { return }
        // From here on the pod's changes are nobody's: what came before is looked at below.
        workers.withLock { $0[worker.uid] = nil }
        let pod = worker.pod
        do throws(KubeStatus) {
            guard let stored = try await context.access.get(.pods, pod.key), stored.uid == worker.uid else {
                worker.directory.remove()
                return
            }
            guard stored.isBeingDeleted else { return }
            try await context.access.delete(
                .pods, pod.key, DeletionOptions(gracePeriodSeconds: 0, uid: worker.uid))
        } catch {
            guard !error.isNotFound, !error.isConflict else { return }
            context.logger.warning("pod not deleted", metadata: ["pod": "\(pod.key)", "error": "\(error)"])
        }
    }

    private func configurationChanged(in namespace: String?) {
        let waiting = workers.withLock { $0.values.filter { $0.pod.namespace == namespace } }
        for worker in waiting { worker.configurationChanged.happen() }
    }

    /// Removes the folders of pods that went while the runner was not there.
    private func removeOrphanedDirectories() async {
        guard let pods = try? await context.access.list(.pods, namespace: nil) else { return }
        let known = Set(pods.map { PodDirectory(in: context.podsDirectory, of: $0).path })
        for name in (try? FileManager.default.contentsOfDirectory(atPath: context.podsDirectory)) ?? [] {
            let path = "\(context.podsDirectory)/\(name)"
            guard !known.contains(path) else { continue }
            let containers = "\(path)/containers"
            for container in (try? FileManager.default.contentsOfDirectory(atPath: containers)) ?? [] {
                ProcessLedger.endLeftover(in: "\(containers)/\(container)/pid")
            }
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}
