import Metrics

/// A controller's figures, under the names that controller-runtime gives them.
struct ControllerMetrics: Sendable {
    /// How a reconcile ended, as the `result` label says it.
    enum Result: String, Sendable, CaseIterable {
        case success
        case requeueAfter = "requeue_after"
        case error
    }

    private let totals: [Result: Counter]
    private let errors: Counter
    private let terminalErrors: Counter
    private let duration: Metrics.Timer
    private let active: Meter

    init(controller: String, concurrency: Int) {
        let dimensions = [("controller", controller)]
        totals = Dictionary(
            uniqueKeysWithValues: Result.allCases.map { result in
                (
                    result,
                    Counter(
                        label: "controller_runtime_reconcile_total",
                        dimensions: dimensions + [("result", result.rawValue)])
                )
            })
        errors = Counter(label: "controller_runtime_reconcile_errors_total", dimensions: dimensions)
        terminalErrors = Counter(label: "controller_runtime_terminal_reconcile_errors_total", dimensions: dimensions)
        duration = Metrics.Timer(label: "controller_runtime_reconcile_time_seconds", dimensions: dimensions)
        Gauge(label: "controller_runtime_max_concurrent_reconciles", dimensions: dimensions).record(concurrency)
        active = Meter(label: "controller_runtime_active_workers", dimensions: dimensions)
    }

    func began() { active.increment() }

    func ended(_ result: Result, isTerminal: Bool = false, after time: Duration) {
        active.decrement()
        totals[result]?.increment()
        if result == .error { errors.increment() }
        if isTerminal { terminalErrors.increment() }
        duration.record(duration: time)
    }
}
