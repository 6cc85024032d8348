import Metrics
import Synchronization

/// One line of figures: a metric's name and labels, and its value.
///
/// It is a counter, a gauge or a histogram, whichever its registry says; it takes what any of swift-metrics' handlers
/// takes.
final class MetricSeries: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    /// What a series shows.
    struct Value: Sendable, Hashable {
        /// The count of a counter, the value of a gauge, the sum of a histogram.
        var total = 0.0
        /// How many values a histogram has.
        var count: UInt64 = 0
        /// How many of them are within each bucket and the ones before.
        var buckets: [UInt64] = []
    }

    /// The labels, as they stand between the braces.
    let labels: String
    private let bounds: [Double]
    private let state: Mutex<Value>

    init(labels: String, bounds: [Double]) {
        self.labels = labels
        self.bounds = bounds
        state = Mutex(Value(buckets: bounds.map { _ in 0 }))
    }

    var value: Value { state.withLock { $0 } }

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { state.withLock { $0.total += amount } }
    func decrement(by amount: Double) { state.withLock { $0.total -= amount } }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { state.withLock { $0.total = value } }
    func reset() { state.withLock { $0 = Value(buckets: bounds.map { _ in 0 }) } }
    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Double) {
        guard !bounds.isEmpty else { return set(value) }
        state.withLock { state in
            state.total += value
            state.count += 1
            for (position, bound) in bounds.enumerated() where value <= bound { state.buckets[position] += 1 }
        }
    }
}
