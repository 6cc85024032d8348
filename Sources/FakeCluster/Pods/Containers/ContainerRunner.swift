import KubeObjects
import KubeWire
import SystemPackage

/// Runs one container of a pod: from waiting for what it needs, through all its runs, to its end.
struct ContainerRunner: Sendable {
    let context: PodContext
    let directory: PodDirectory
    /// The container as the pod describes it.
    let container: JSONValue
    /// What is mounted into it.
    let mounts: [ContainerMount]
    /// When it is run again.
    let restart: ContainerRestart
    /// Where its state is kept.
    let worker: PodWorker
    /// Happens when it has to end.
    let stop: OneShot<StopRequest>
    /// Happens once it has been started (and its startup probe has succeeded) for the first time.
    let started: OneShot<Void>

    var name: String { container["name"]?.string ?? "" }
    var record: ContainerRecord { worker.record(of: name) ?? ContainerRecord(container, role: .main, waiting: "") }

    /// Runs the container until it ends for good.
    func run() async {
        var backOff = RestartBackOff()
        while !Task.isCancelled && !stop.hasHappened {
            if let ended = record.termination {
                guard restart.follows(exitCode: ended.exitCode), await pause(after: ended, &backOff) else { break }
            }
            guard let process = await prepare() else { break }
            if record.containerID != nil { worker.change(name) { $0.beginNextRun() } }
            let termination = await runOnce(process)
            // What is cut off by the end of the runner is found dead in its next life.
            if Task.isCancelled { break }
            worker.change(name) { record in
                record.state = .terminated(termination)
                // An init container that has done its work counts as ready.
                record.isReady = record.role == .initial && termination.exitCode == 0
                record.isStarted = false
            }
        }
        guard !Task.isCancelled else { return }
        worker.change(name) { record in
            if case .waiting = record.state, let last = record.last {
                record.state = .terminated(last)
                record.last = nil
            }
        }
    }

    /// Waits before the next run; false if the container has to end instead.
    private func pause(after ended: ContainerRecord.Termination, _ backOff: inout RestartBackOff) async -> Bool {
        let delay = backOff.failed(at: ended.finishedAt)
        guard delay > .zero else { return true }
        let pod = worker.pod
        let place = "pod=\(pod.name ?? "")_\(pod.namespace ?? "")(\(pod.uid ?? ""))"
        context.report(
            pod, container: record, .warning, reason: "BackOff",
            "Back-off restarting failed container \(name) in pod \(place.dropFirst(4))")
        worker.change(name) { record in
            record.state = .waiting(
                reason: "CrashLoopBackOff",
                message: "back-off \(delay.goDescription) restarting failed container=\(name) \(place)")
            record.last = ended
        }
        return await wait(delay)
    }

    /// Waits for a time, or for a change of ConfigMaps and Secrets if that is given; false if the container has to end.
    func wait(_ delay: Duration, orFor change: OneShot<Void>? = nil) async -> Bool {
        let time = context.time
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await time.sleep(delay) }
            group.addTask { _ = await stop.wait() }
            if let change { group.addTask { await change.wait() } }
            await group.next()
            group.cancelAll()
        }
        return !Task.isCancelled && !stop.hasHappened
    }

    /// Shows why the container waits, and reports it once.
    func show(_ reason: String, _ message: String, event: String? = nil) {
        let state = ContainerRecord.State.waiting(reason: reason, message: message)
        guard record.state != state else { return }
        worker.change(name) { record in
            if let ended = record.termination { record.last = ended }
            record.state = state
        }
        context.report(worker.pod, container: record, .warning, reason: "Failed", event ?? "Error: \(message)")
    }
}

extension ContainerRecord {
    /// The run that ended becomes the last one.
    mutating func beginNextRun() {
        if let termination { last = termination }
        restartCount += 1
        state = .waiting(reason: "ContainerCreating")
        isReady = false
        isStarted = false
    }
}
