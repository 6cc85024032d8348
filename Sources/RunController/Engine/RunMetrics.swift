import KubeObjects
import Metrics
import RunCore

/// The engine's own figures for one family.
struct RunMetrics: Sendable {
    private let family: String
    private let created: Counter
    private let statusWrites: Counter
    private let createDelay: Metrics.Timer

    init(family: String) {
        self.family = family
        let dimensions = [("family", family)]
        created = Counter(label: "run_jobs_created_total", dimensions: dimensions)
        statusWrites = Counter(label: "run_status_writes_total", dimensions: dimensions)
        createDelay = Metrics.Timer(label: "run_create_to_job_seconds", dimensions: dimensions)
    }

    /// A Job was made, so long after its run.
    func created(after delay: Duration?) {
        created.increment()
        if let delay { createDelay.record(duration: max(delay, .zero)) }
    }

    func wroteStatus() { statusWrites.increment() }

    /// A run is over and its status says so.
    func finished(_ phase: RunPhase, _ run: KubeObject, _ observation: RunObservation, now: Timestamp) {
        let dimensions = [("family", family), ("result", phase.rawValue)]
        Counter(label: "runs_finished_total", dimensions: dimensions).increment()
        if let created = run.creationTimestamp {
            Metrics.Timer(label: "run_duration_seconds", dimensions: dimensions)
                .record(duration: max(now - created, .zero))
        }
        guard let job = observation.job, let created = job.creationTimestamp,
            let started = job.startTime.flatMap(Timestamp.init)
        else { return }
        Metrics.Timer(label: "run_job_to_start_seconds", dimensions: [("family", family)])
            .record(duration: max(started - created, .zero))
    }

    /// An effect was carried out, or was tried.
    func carriedOut(_ result: RunEffectResult) {
        let outcome =
            switch result.outcome {
            case .done: "done"
            case .failed: "failed"
            case .refused: "refused"
            }
        Counter(
            label: "run_effects_total",
            dimensions: [("family", family), ("effect", result.effect.name), ("result", outcome)]
        ).increment()
    }
}
