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
    func finished(_ phase: RunPhase) {
        Counter(label: "runs_finished_total", dimensions: [("family", family), ("result", phase.rawValue)])
            .increment()
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
