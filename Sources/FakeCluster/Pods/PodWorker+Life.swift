import KubeObjects
import KubeWire

extension PodWorker {
    private static let deadlineMessage = "Pod was active on the node longer than the specified deadline"

    /// The pod's life from its volumes to its last container.
    func live() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.watchDeadline() }
            await self.runContainers()
            group.cancelAll()
        }
    }

    /// Ends the pod when `activeDeadlineSeconds` have passed.
    private func watchDeadline() async {
        guard let seconds = pod[path: "spec", "activeDeadlineSeconds"]?.integer else { return }
        let started = pod[path: "status", "startTime"]?.string.flatMap(Timestamp.init) ?? context.time.now()
        let left = started + .seconds(seconds) - context.time.now()
        guard (try? await context.time.sleep(left)) != nil, !stop.hasHappened else { return }
        context.report(pod, reason: "DeadlineExceeded", Self.deadlineMessage)
        changeStatus { $0.failure = ("DeadlineExceeded", Self.deadlineMessage) }
        stop.happen(StopRequest(gracePeriod: gracePeriod))
    }

    private var gracePeriod: Duration {
        .seconds(pod[path: "spec", "terminationGracePeriodSeconds"]?.integer ?? 30)
    }

    private func runContainers() async {
        let specification = pod["spec"]
        for container in containers(of: specification) {
            ProcessLedger.endLeftover(in: directory.processIdentifier(container["name"]?.string ?? ""))
        }
        guard let volumes = await prepareVolumes() else { return markNeverStarted() }
        changeStatus(isVisible: specification?["initContainers"] != nil) { $0.isSandboxReady = true }
        await withTaskGroup(of: Void.self) { group in
            if volumes.areLive { group.addTask { await self.keepUp(volumes) } }
            await runAll(specification, volumes)
            group.cancelAll()
        }
        if stop.hasHappened { markNeverStarted() }
    }

    /// Renews volumes as the objects change that they are made of.
    private func keepUp(_ volumes: PodVolumes) async {
        var volumes = volumes
        while !Task.isCancelled {
            let change = configurationChanged.signal
            await volumes.refresh(for: pod, context: context)
            await change.wait()
        }
    }

    private func runAll(_ specification: JSONValue?, _ volumes: PodVolumes) async {
        let end = OneShot<StopRequest>()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.runEphemeralContainers(volumes, until: end) }
            await runContainers(specification, volumes)
            end.happen(StopRequest(gracePeriod: stop.value?.gracePeriod ?? gracePeriod))
        }
    }

    /// Runs ephemeral containers as they come, until the others are done or the pod has to end.
    private func runEphemeralContainers(_ volumes: PodVolumes, until end: OneShot<StopRequest>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { if let request = await self.stop.wait() { end.happen(request) } }
            await withTaskGroup(of: Void.self) { runs in
                var begun: Set<String> = []
                while !end.hasHappened && !Task.isCancelled {
                    let change = containersAdded.signal
                    for container in pod[path: "spec", "ephemeralContainers"]?.array ?? [] {
                        guard begun.insert(container["name"]?.string ?? "").inserted else { continue }
                        let runner = runner(container, volumes, stop: end)
                        runs.addTask { await runner.run() }
                    }
                    await firstOf(change, end)
                }
            }
            group.cancelAll()
        }
    }

    private func runContainers(_ specification: JSONValue?, _ volumes: PodVolumes) async {
        let sidecarStop = OneShot<StopRequest>()
        await withTaskGroup(of: Void.self) { sidecars in
            var isInitialized = true
            for container in specification?["initContainers"]?.array ?? [] where isInitialized {
                let isSidecar = container["restartPolicy"]?.string == "Always"
                let runner = runner(container, volumes, stop: isSidecar ? sidecarStop : stop)
                if isSidecar {
                    sidecars.addTask { await runner.run() }
                    await firstOf(runner.started, stop)
                } else {
                    await runner.run()
                    isInitialized = record(of: runner.name)?.termination?.exitCode == 0
                }
                if stop.hasHappened || Task.isCancelled { isInitialized = false }
            }
            if isInitialized { await runMainContainers(specification, volumes) }
            sidecarStop.happen(StopRequest(gracePeriod: stop.value?.gracePeriod ?? gracePeriod))
        }
    }

    private func runMainContainers(_ specification: JSONValue?, _ volumes: PodVolumes) async {
        await withTaskGroup(of: Void.self) { group in
            for container in specification?["containers"]?.array ?? [] {
                let runner = runner(container, volumes, stop: stop)
                group.addTask { await runner.run() }
            }
        }
    }

    private func containers(of specification: JSONValue?) -> [JSONValue] {
        ["initContainers", "containers", "ephemeralContainers"].flatMap { specification?[$0]?.array ?? [] }
    }

    private func runner(
        _ container: JSONValue, _ volumes: PodVolumes, stop: OneShot<StopRequest>
    ) -> ContainerRunner {
        ContainerRunner(
            context: context, directory: directory, container: container,
            mounts: volumes.mounts(of: container, in: pod, node: context.node),
            restart: ContainerRestart(
                of: container, in: pod, role: record(of: container["name"]?.string ?? "")?.role ?? .main),
            worker: self,
            stop: stop, started: OneShot())
    }

    private func firstOf(_ started: OneShot<Void>, _ stop: OneShot<StopRequest>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await started.wait() }
            group.addTask { _ = await stop.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Makes the volumes; waits for the ConfigMaps and Secrets that they need. Nil if the pod has to end before.
    private func prepareVolumes() async -> PodVolumes? {
        var reported: String?
        while !Task.isCancelled && !stop.hasHappened {
            let change = configurationChanged.signal
            do {
                return try await PodVolumes.make(for: pod, in: directory, context: context)
            } catch {
                let message = "\(error)"
                if message != reported {
                    context.report(pod, .warning, reason: "FailedMount", message)
                    changeStatus { _ in }
                    reported = message
                }
            }
            await wait(RestartBackOff.initialDelay, orFor: change)
        }
        return nil
    }

    private func wait(_ delay: Duration, orFor change: OneShot<Void>) async {
        let time = context.time
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await time.sleep(delay) }
            group.addTask { _ = await self.stop.wait() }
            group.addTask { await change.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Shows containers that never ran as what the kubelet calls lost, when their pod ends.
    private func markNeverStarted() {
        guard stop.hasHappened else { return }
        let now = context.time.now()
        changeStatus { status in
            for index in status.records.indices {
                guard case .waiting = status.records[index].state else { continue }
                status.records[index].state = .terminated(
                    ContainerRecord.Termination(
                        exitCode: 137, reason: "ContainerStatusUnknown",
                        message: "The container could not be located when the pod was terminated",
                        startedAt: Timestamp(seconds: 0), finishedAt: now))
            }
        }
    }
}
