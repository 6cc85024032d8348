import KubeObjects
import Synchronization

/// The beginning of what a probe's command prints.
private final class ProbeOutput: Sendable {
    private static let limit = 10 << 10
    private let bytes = Mutex<[UInt8]>([])

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    func append(_ chunk: [UInt8]) {
        bytes.withLock { $0 += chunk.prefix(Self.limit - $0.count) }
    }
}

extension ContainerRunner {
    /// Whether a container counts as started and ready as soon as it runs.
    var hasStartupChecks: Bool {
        container["startupProbe"] != nil || container["lifecycle"]?["postStart"] != nil
    }

    /// Watches over the running container until cancelled: first its postStart hook, then the startup probe, then
    /// readiness and liveness.
    func watchOver(_ process: ProcessSpecification) async {
        guard await runPostStartHook(process), !Task.isCancelled else { return }
        guard await startup(process), !Task.isCancelled else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await readiness(process) }
            group.addTask { await liveness(process) }
        }
    }

    private func schedule(_ probe: String) -> ProbeSchedule? {
        container[probe].flatMap { ProbeSchedule($0, of: container, host: context.node.podAddress(of: worker.pod)) }
    }

    /// Waits for the startup probe; false if it has failed too often.
    private func startup(_ process: ProcessSpecification) async -> Bool {
        if let schedule = schedule("startupProbe") {
            let isStarted = await firstChange(of: "Startup", schedule, process, to: true, orFails: true)
            if Task.isCancelled { return true }
            guard isStarted else {
                endRun(after: "startup", schedule)
                return false
            }
        }
        guard hasStartupChecks else { return true }
        let isReady = container["readinessProbe"] == nil
        worker.change(name) { record in
            record.isStarted = true
            record.isReady = isReady
        }
        started.happen(())
        return true
    }

    private func readiness(_ process: ProcessSpecification) async {
        guard container["readinessProbe"] != nil else { return }
        guard let schedule = schedule("readinessProbe") else { return worker.change(name) { $0.isReady = true } }
        var isReady = false
        var isFirst = true
        while !Task.isCancelled {
            isReady = await firstChange(of: "Readiness", schedule, process, to: !isReady, isFirst: isFirst)
            if Task.isCancelled { return }
            isFirst = false
            worker.change(name) { $0.isReady = isReady }
        }
    }

    private func liveness(_ process: ProcessSpecification) async {
        guard let schedule = schedule("livenessProbe") else { return }
        _ = await firstChange(of: "Liveness", schedule, process, to: false)
        guard !Task.isCancelled else { return }
        endRun(after: "liveness", schedule)
    }

    private func endRun(after probe: String, _ schedule: ProbeSchedule) {
        let consequence = restart.follows(exitCode: 137) ? ", will be restarted" : ""
        worker.endRun(
            of: name,
            RunEnd(message: "Container \(name) failed \(probe) probe\(consequence)", gracePeriod: schedule.gracePeriod))
    }

    /// Repeats a probe until its result is what is waited for as often in a row as its threshold says.
    /// - Parameters:
    ///   - orFails: ends, too, when the probe has failed as often as it may.
    ///   - isFirst: whether the container has just started.
    /// - Returns: the result that came about.
    private func firstChange(
        of kind: String, _ schedule: ProbeSchedule, _ process: ProcessSpecification, to wanted: Bool,
        orFails: Bool = false, isFirst: Bool = true
    ) async -> Bool {
        var successes: Int64 = 0
        var failures: Int64 = 0
        try? await context.time.sleep(isFirst ? schedule.initialDelay : schedule.period)
        while !Task.isCancelled {
            let failure = await tryOnce(schedule.action, within: schedule.timeout, process)
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

    /// Does what a probe or hook does; nil if it succeeds, else why not.
    func tryOnce(_ action: ProbeAction, within timeout: Duration, _ process: ProcessSpecification) async -> String? {
        switch action {
        case .exec(let command): return await run(command, within: timeout, process)
        case .http(let request): return await NetworkProbe.get(request, within: timeout)
        case .connect(let host, let port):
            return await NetworkProbe.connect(host: host, port: port, within: timeout)
        case .sleep(let duration):
            try? await context.time.sleep(min(duration, timeout))
            return nil
        }
    }

    /// Runs a command beside the container; nil if it succeeds, else what it printed.
    private func run(_ command: [String], within timeout: Duration, _ process: ProcessSpecification) async -> String? {
        var probe = process
        probe.arguments = command
        if await context.launcher.isolation() == .none {
            probe.arguments = command.map(PathRewriting(process.mounts).apply)
        }
        let specification = probe
        let printed = ProbeOutput()
        let (launcher, time) = (context.launcher, context.time)
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
        guard let exit else {
            return "command timed out: \"\(command.joined(separator: " "))\" timed out after \(timeout.goDescription)"
        }
        return exit.code == 0 ? nil : printed.text
    }
}
