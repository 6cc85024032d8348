import FoundationEssentials
import KubeObjects
import KubeWire

extension ContainerRunner {
    private static let startFailurePrefix =
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
        + "runc create failed: unable to start container process: error during container init: "

    /// Runs the process once, to its end.
    func runOnce(_ process: ProcessSpecification) async -> ContainerRecord.Termination {
        let attempt = record.restartCount
        var process = process
        // What was prepared before the container's last end counts that one not yet.
        process.origin?.restartCount = attempt
        let identifier = "fake://\(worker.uid)/\(name)/\(attempt)"
        worker.change(name, isVisible: false) { $0.containerID = identifier }
        context.report(worker.pod, container: record, reason: "Created", "Container created")
        directory.removeLog(name, before: attempt)
        clearTerminationMessage(attempt: attempt)
        let log = ContainerLog(path: directory.log(name, attempt: attempt), now: context.time.now)
        context.logs.add(log)
        defer { context.logs.close(log) }
        let begin = context.time.now()
        do {
            let exit = try await runUntilStopped(process, log)
            log.close()
            try? FileManager.default.removeItem(atPath: directory.processIdentifier(name))
            return ContainerRecord.Termination(
                exitCode: exit.code, reason: exit.code == 0 ? "Completed" : "Error",
                message: terminationMessage(exitCode: exit.code, attempt: attempt), startedAt: begin,
                finishedAt: context.time.now(), containerID: identifier)
        } catch {
            let message = (error.isWhole ? "" : Self.startFailurePrefix) + error.description
            context.report(worker.pod, container: record, .warning, reason: "Failed", "Error: \(message)")
            return ContainerRecord.Termination(
                exitCode: 128, reason: "StartError", message: message, startedAt: Timestamp(seconds: 0),
                finishedAt: context.time.now(), containerID: identifier)
        }
    }

    /// Makes the file for the last words empty, and one that the container may write to.
    private func clearTerminationMessage(attempt: Int) {
        let path = directory.terminationMessage(name)
        guard context.launcher.usesFiles else {
            if attempt > 0 { try? FileManager.default.removeItem(atPath: path) }
            return
        }
        try? Data().write(to: URL(filePath: path))
        try? FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: path)
    }

    /// Runs the process; when the container has to end, asks it to, and ends it when the grace period is over.
    private func runUntilStopped(
        _ process: ProcessSpecification, _ log: ContainerLog
    ) async throws(LaunchFailure) -> ProcessExit {
        let running = OneShot<RunningProcess>()
        let runEnd = worker.runEnder(of: name)
        let result: Result<ProcessExit, LaunchFailure>? = await withTaskGroup(
            of: Result<ProcessExit, LaunchFailure>?.self
        ) { group in
            group.addTask {
                do throws(LaunchFailure) {
                    let exit = try await context.launcher.run(process) {
                        log.append($1, to: $0)
                    } started: {
                        running.happen($0)
                        hasStarted($0)
                    }
                    return .success(exit)
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await end(process, running, at: runEnd)
                return nil
            }
            group.addTask {
                guard let neighbour = await running.wait() else { return nil }
                var beside = process
                beside.neighbour = neighbour
                await watchOver(beside)
                return nil
            }
            while let result = await group.next() {
                guard let result else { continue }
                group.cancelAll()
                return result
            }
            return nil
        }
        guard let result else { throw LaunchFailure(description: "the process was lost") }
        return try result.get()
    }

    private func hasStarted(_ process: RunningProcess) {
        let now = context.time.now()
        let isReady = container["readinessProbe"] == nil
        let isStarted = !hasStartupChecks
        worker.change(name) { record in
            record.state = .running(startedAt: now)
            record.isStarted = isStarted
            record.isReady = isReady && isStarted && record.role != .ephemeral
        }
        if isStarted { started.happen(()) }
        context.report(worker.pod, container: record, reason: "Started", "Container started")
        ProcessLedger.note(process, in: directory.processIdentifier(name))
    }

    /// Waits until the container, or only this run of it, has to end, then sees to it.
    private func end(
        _ specification: ProcessSpecification, _ running: OneShot<RunningProcess>, at runEnd: OneShot<RunEnd>
    ) async {
        guard let end = await endOfRun(runEnd), let process = await running.wait() else { return }
        context.report(
            worker.pod, container: record, reason: "Killing", end.message ?? "Stopping container \(name)")
        let time = context.time
        if let gracePeriod = end.gracePeriod, gracePeriod > .zero {
            let begin = time.now()
            var beside = specification
            beside.neighbour = process
            await runPreStopHook(beside, within: gracePeriod)
            await process.terminate()
            // However long the hook has taken, two seconds are left (the kubelet's minimumGracePeriodInSeconds).
            let left = max(min(gracePeriod, Self.shortestGracePeriod), begin + gracePeriod - time.now())
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await time.sleep(left) }
                group.addTask { await worker.kill.wait() }
                await group.next()
                group.cancelAll()
            }
        }
        // Cancelled means ended: then there is nothing left to kill.
        if !Task.isCancelled { process.killGroup() }
    }

    private static let shortestGracePeriod: Duration = .seconds(2)

    private func endOfRun(_ runEnd: OneShot<RunEnd>) async -> RunEnd? {
        await withTaskGroup(of: RunEnd?.self) { group in
            group.addTask { await stop.wait().map { RunEnd(gracePeriod: $0.gracePeriod) } }
            group.addTask {
                let seconds = worker.pod[path: "spec", "terminationGracePeriodSeconds"]?.integer ?? 30
                return await runEnd.wait().map {
                    RunEnd(message: $0.message, gracePeriod: $0.gracePeriod ?? .seconds(seconds))
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    /// The last words of a run: from its file, or from its log if it failed and the container says so. At most 4096
    /// bytes, from a log 2048 bytes of the last 80 lines (API reference, `terminationMessagePolicy`); of these the first
    /// ones, so that all containers of a pod have at most 12 KiB (Determine the Reason for Pod Failure).
    private func terminationMessage(exitCode: Int, attempt: Int) -> String? {
        let spec = worker.pod["spec"]
        let containers = ["containers", "initContainers", "ephemeralContainers"].map { spec?[$0]?.array?.count ?? 0 }
        let limit = (12 << 10) / max(containers.reduce(0, +), 1)
        if let bytes = WholeFile.bytes(of: directory.terminationMessage(name)), !bytes.isEmpty {
            return String(decoding: bytes.suffix(4096).prefix(limit), as: UTF8.self)
        }
        guard exitCode != 0, container["terminationMessagePolicy"]?.string == "FallbackToLogsOnError" else {
            return nil
        }
        var filter = LogFilter(LogReader.Query())
        var bytes: [UInt8] = []
        for file in LogFile.open(directory.log(name, attempt: attempt), tailLines: 80) {
            while let chunk = try? file.read(), !chunk.isEmpty { bytes += filter.append(chunk) }
        }
        return bytes.isEmpty ? nil : String(decoding: bytes.suffix(2048).prefix(limit), as: UTF8.self)
    }
}
