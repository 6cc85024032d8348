import Metrics

/// A work queue's figures, under the names that controller-runtime gives them.
struct WorkQueueMetrics: Sendable {
    private let depth: Gauge
    private let adds: Counter
    private let retries: Counter
    private let waited: Metrics.Timer
    private let worked: Metrics.Timer

    init(queue: String) {
        let dimensions = [("name", queue)]
        depth = Gauge(label: "workqueue_depth", dimensions: dimensions)
        adds = Counter(label: "workqueue_adds_total", dimensions: dimensions)
        retries = Counter(label: "workqueue_retries_total", dimensions: dimensions)
        waited = Metrics.Timer(label: "workqueue_queue_duration_seconds", dimensions: dimensions)
        worked = Metrics.Timer(label: "workqueue_work_duration_seconds", dimensions: dimensions)
    }

    func added(depth count: Int) {
        adds.increment()
        depth.record(count)
    }

    func emptied() { depth.record(0) }

    func retried() { retries.increment() }

    func taken(waited duration: Duration, depth count: Int) {
        waited.record(duration: duration)
        depth.record(count)
    }

    func done(worked duration: Duration) { worked.record(duration: duration) }
}
