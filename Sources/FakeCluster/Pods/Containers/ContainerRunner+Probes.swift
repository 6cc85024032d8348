import KubeObjects
import Synchronization

/// How a probe is repeated.
private struct ProbeSchedule {
    var command: [String]
    var initialDelay: Duration
    var period: Duration
    var timeout: Duration
    var successThreshold: Int64
    var failureThreshold: Int64

    /// Nil if the probe is no `exec` probe: without isolation an address says little, so others always succeed.
    init?(_ probe: JSONValue) {
        guard let command = probe["exec"]?["command"]?.array?.compactMap(\.string), !command.isEmpty else { return nil }
        self.command = command
        initialDelay = .seconds(probe["initialDelaySeconds"]?.integer ?? 0)
        period = .seconds(max(1, probe["periodSeconds"]?.integer ?? 10))
        timeout = .seconds(max(1, probe["timeoutSeconds"]?.integer ?? 1))
        successThreshold = max(1, probe["successThreshold"]?.integer ?? 1)
        failureThreshold = max(1, probe["failureThreshold"]?.integer ?? 3)
    }
}

extension ContainerRunner {
    /// Runs the command that a container wants run before it is asked to end; the grace period counts meanwhile.
    func runPreStopHook(_ process: ProcessSpecification, within gracePeriod: Duration) async {
        guard let hook = container["lifecycle"]?["preStop"], var schedule = ProbeSchedule(hook) else { return }
        schedule.timeout = gracePeriod
        guard let failure = await tryOnce(schedule, process) else { return }
        context.report(
            worker.pod, container: record, .warning, reason: "FailedPreStopHook", "PreStopHook failed: \(failure)")
    }
}

/// The beginning of what a probe's command prints.
private final class ProbeOutput: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    func append(_ chunk: [UInt8]) {
        bytes.withLock { if $0.count < 1024 { $0 += chunk } }
    }
}

extension ContainerRunner {
    /// Probes the running container until cancelled: first the startup probe, then readiness and liveness.
    func probe(_ process: ProcessSpecification) async {
        guard
            container["startupProbe"] != nil || container["readinessProbe"] != nil || container["livenessProbe"] != nil
        else { return }
        let isAlive = await startup(process)
        guard isAlive else { return worker.endRun(of: name) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await readiness(process) }
            group.addTask { await liveness(process) }
        }
    }

    /// Waits for the startup probe; false if it has failed too often.
    private func startup(_ process: ProcessSpecification) async -> Bool {
        guard let probe = container["startupProbe"] else { return true }
        if let schedule = ProbeSchedule(probe) {
            let isStarted = await firstChange(of: "Startup", schedule, process, to: true, orFails: true)
            if Task.isCancelled { return true }
            guard isStarted else { return false }
        }
        let isReady = container["readinessProbe"] == nil
        worker.change(name) { record in
            record.isStarted = true
            record.isReady = isReady
        }
        started.happen(())
        return true
    }

    private func readiness(_ process: ProcessSpecification) async {
        guard let probe = container["readinessProbe"] else { return }
        guard let schedule = ProbeSchedule(probe) else {
            worker.change(name) { $0.isReady = true }
            return
        }
        var isReady = false
        while !Task.isCancelled {
            isReady = await firstChange(of: "Readiness", schedule, process, to: !isReady)
            if Task.isCancelled { return }
            worker.change(name) { $0.isReady = isReady }
        }
    }

    private func liveness(_ process: ProcessSpecification) async {
        guard let probe = container["livenessProbe"], let schedule = ProbeSchedule(probe) else { return }
        _ = await firstChange(of: "Liveness", schedule, process, to: false)
        guard !Task.isCancelled else { return }
        context.report(
            worker.pod, container: record, reason: "Killing",
            "Container \(name) failed liveness probe, will be restarted")
        worker.endRun(of: name)
    }

    /// Repeats a probe until its result is what is waited for as often in a row as its threshold says.
    /// - Parameter orFails: ends, too, when the probe has failed as often as it may.
    /// - Returns: the result that came about.
    private func firstChange(
        of kind: String, _ schedule: ProbeSchedule, _ process: ProcessSpecification, to wanted: Bool,
        orFails: Bool = false
    ) async -> Bool {
        var successes: Int64 = 0
        var failures: Int64 = 0
        try? await context.time.sleep(schedule.initialDelay)
        while !Task.isCancelled {
            let failure = await tryOnce(schedule, process)
            if Task.isCancelled { break }
            if let failure {
                (successes, failures) = (0, failures + 1)
                context.report(
                    worker.pod, container: record, .warning, reason: "Unhealthy", "\(kind) probe failed: \(failure)")
            } else {
                (successes, failures) = (successes + 1, 0)
            }
            if wanted, successes >= schedule.successThreshold { return true }
            if !wanted || orFails, failures >= schedule.failureThreshold { return false }
            try? await context.time.sleep(schedule.period)
        }
        return wanted
    }

    /// Runs a probe's command beside the container; nil if it succeeds, else what it printed.
    fileprivate func tryOnce(_ schedule: ProbeSchedule, _ process: ProcessSpecification) async -> String? {
        var probe = process
        probe.arguments = schedule.command
        if !context.launcher.showsMounts(process.mounts) {
            probe.arguments = schedule.command.map(PathRewriting(process.mounts).apply)
        }
        let specification = probe
        let printed = ProbeOutput()
        let (launcher, time, timeout) = (context.launcher, context.time, schedule.timeout)
        let exit = await withTaskGroup(of: ProcessExit?.self) { group in
            group.addTask {
                try? await launcher.run(specification) {
                    printed.append($1)
                } started: { _ in
                }
            }
            group.addTask {
                try? await time.sleep(timeout)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        guard let exit else { return "command timed out" }
        return exit.code == 0 ? nil : printed.text
    }
}
