import KubeObjects
import KubeWire
import Logging
import Synchronization

/// Runs one pod: its volumes, its containers in their order, its end; and tells the API server about it.
///
/// Owned by the ``PodRunner``, which runs ``run()`` in a task and hands on what it sees of the pod.
final class PodWorker: Sendable {
    private struct State {
        var pod: KubeObject
        var status: PodStatus
        /// Ends the present run of a container without ending the container.
        var runEnders: [String: OneShot<RunEnd>] = [:]
        var isFinal = false
    }

    let context: PodContext
    let directory: PodDirectory
    /// The pod's uid.
    let uid: String
    /// Happens when the pod has to end.
    let stop = OneShot<StopRequest>()
    /// Happens when nothing may be waited for any more: the pod is gone from the API server.
    let kill = OneShot<Void>()
    /// Happens when the pod gets an ephemeral container.
    let containersAdded = RepeatedSignal()
    /// Happens when a ConfigMap or Secret of the pod's namespace changes.
    let configurationChanged = RepeatedSignal()
    private let state: Mutex<State>
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    init(_ pod: KubeObject, context: PodContext) {
        self.context = context
        uid = pod.uid ?? ""
        directory = PodDirectory(in: context.podsDirectory, of: pod)
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        state = Mutex(State(pod: pod, status: PodStatus(taking: pod, now: context.time.now())))
        see(pod)
    }

    /// The pod as it was last seen.
    var pod: KubeObject { state.withLock(\.pod) }

    /// The state of a container; nil if the pod has none of that name.
    func record(of container: String) -> ContainerRecord? {
        state.withLock { state in state.status.records.first { $0.name == container } }
    }

    /// Takes note of a newer version of the pod.
    func see(_ pod: KubeObject) {
        let (hasOtherFields, hasOtherContainers) = state.withLock { state in
            defer { state.pod = pod }
            return (
                state.pod.labels != pod.labels || state.pod.annotations != pod.annotations,
                state.status.addEphemeralContainers(of: pod)
            )
        }
        if hasOtherContainers {
            changed.yield()
            containersAdded.happen()
        }
        // Volumes of the downward API tell of them.
        if hasOtherFields { configurationChanged.happen() }
        guard pod.isBeingDeleted else { return }
        let seconds = pod.metadata["deletionGracePeriodSeconds"]?.integer ?? 30
        stop.happen(StopRequest(gracePeriod: .seconds(seconds)))
    }

    /// Takes note that the pod is gone from the API server: its processes end at once.
    func disappear() {
        stop.happen(StopRequest(gracePeriod: .zero))
        kill.happen(())
    }

    /// Changes the state of a container.
    /// - Parameter isVisible: whether the API server is told.
    func change(_ container: String, isVisible: Bool = true, _ change: (inout ContainerRecord) -> Void) {
        state.withLock { state in
            guard let index = state.status.records.firstIndex(where: { $0.name == container }) else { return }
            change(&state.status.records[index])
        }
        if isVisible { changed.yield() }
    }

    /// Changes the status beside the containers.
    /// - Parameter isVisible: whether the API server is told.
    func changeStatus(isVisible: Bool = true, _ change: (inout PodStatus) -> Void) {
        state.withLock { change(&$0.status) }
        if isVisible { changed.yield() }
    }

    /// Runs the pod to its end, or until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.publish() }
            group.addTask {
                await self.live()
                guard !Task.isCancelled else { return }
                self.state.withLock { state in
                    state.status.isSandboxReady = false
                    state.status.isEnding = true
                    state.isFinal = true
                }
                self.changed.yield()
            }
        }
    }

    /// Writes the status whenever it has changed: the newest one, so that what changes faster than it can be written is
    /// written once.
    private func publish() async {
        for await _ in changes {
            let (status, isFinal) = state.withLock { ($0.status, $0.isFinal) }
            await write(status)
            if isFinal { return }
        }
    }

    private func write(_ status: PodStatus) async {
        let key = pod.key
        while !Task.isCancelled {
            do throws(KubeStatus) {
                guard var stored = try await context.access.get(.pods, key), stored.uid == uid else { return }
                let merged = status.merged(into: stored, node: context.node, now: context.time.now())
                guard stored["status"]?.object != merged else { return }
                stored["status"] = .object(merged)
                _ = try await context.access.updateStatus(.pods, stored)
                return
            } catch {
                guard error.isConflict else {
                    if !error.isNotFound {
                        context.logger.warning(
                            "pod status not written", metadata: ["pod": "\(key)", "error": "\(error)"])
                    }
                    return
                }
            }
        }
    }
}

extension PodWorker {
    /// Gives a run of a container a way to be ended from outside; see ``endRun(of:_:)``.
    func runEnder(of container: String) -> OneShot<RunEnd> {
        let ender = OneShot<RunEnd>()
        state.withLock { $0.runEnders[container] = ender }
        return ender
    }

    /// Ends the present run of a container, which is then restarted or not as its policy says.
    func endRun(of container: String, _ end: RunEnd) {
        state.withLock { $0.runEnders[container] }?.happen(end)
    }
}

extension PodStatus {
    /// The status of a pod that begins, or that a former life of the runner has begun.
    init(taking pod: KubeObject, now: Timestamp) {
        let initial = pod[path: "spec", "initContainers"]?.array ?? []
        let waiting = Self.firstReason(of: pod)
        records = initial.map {
            ContainerRecord(
                $0, role: $0["restartPolicy"]?.string == "Always" ? .sidecar : .initial, waiting: waiting)
        }
        records += (pod[path: "spec", "containers"]?.array ?? []).map {
            ContainerRecord($0, role: .main, waiting: waiting)
        }
        startTime = pod[path: "status", "startTime"]?.string.flatMap(Timestamp.init) ?? now
        _ = addEphemeralContainers(of: pod)
        let statuses = [ContainerRecord.Role.initial, .main, .ephemeral].flatMap {
            pod[path: "status", $0.statusList]?.array ?? []
        }
        for status in statuses {
            guard let index = records.firstIndex(where: { $0.name == status["name"]?.string }) else { continue }
            records[index].restore(from: status, now: now)
        }
        // What may not be started again has failed with its node, as a disruption and not by its own fault.
        let isLost = records.contains { $0.isLost && $0.role != .sidecar && $0.role != .ephemeral }
        if isLost, pod[path: "spec", "restartPolicy"]?.string == "Never" {
            failure = ("NodeLost", "The node stopped while the pod was running")
            isDisrupted = true
        }
    }

    /// Takes note of the ephemeral containers that a pod has got. False if there are no new ones.
    fileprivate mutating func addEphemeralContainers(of pod: KubeObject) -> Bool {
        let new = (pod[path: "spec", "ephemeralContainers"]?.array ?? []).filter { container in
            !records.contains { $0.name == container["name"]?.string }
        }
        records += new.map { ContainerRecord($0, role: .ephemeral, waiting: Self.firstReason(of: pod)) }
        return !new.isEmpty
    }

    /// Why a container waits at first.
    private static func firstReason(of pod: KubeObject) -> String {
        pod[path: "spec", "initContainers"]?.array?.isEmpty ?? true ? "ContainerCreating" : "PodInitializing"
    }
}
