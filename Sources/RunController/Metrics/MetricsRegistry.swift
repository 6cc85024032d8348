package import Metrics
import Synchronization

/// Keeps all figures of the process and shows them in Prometheus' text format (version 0.0.4).
///
/// Durations are in seconds, in histograms; names are taken as they are.
package final class MetricsRegistry: MetricsFactory {
    private enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    private struct Family: Sendable {
        var kind: Kind
        var series: [String: MetricSeries] = [:]
    }

    /// From a millisecond to a minute: what a request and what a run's start take.
    private static let bounds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

    private let families = Mutex<[String: Family]>([:])

    /// A registry without figures.
    package init() {}

    /// All figures, in order of their names.
    package var text: String {
        let families = families.withLock { $0 }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# TYPE \(name) \(family.kind.rawValue)\n"
            for series in family.series.values.sorted(by: { $0.labels < $1.labels }) {
                family.kind == .histogram
                    ? Self.writeHistogram(name, series, to: &text)
                    : Self.write(name, series.labels, series.value.total, to: &text)
            }
        }
        return text
    }

    private static func writeHistogram(_ name: String, _ series: MetricSeries, to text: inout String) {
        let value = series.value
        let prefix = series.labels.isEmpty ? "" : series.labels + ","
        for (bound, count) in zip(bounds, value.buckets) {
            write("\(name)_bucket", "\(prefix)le=\"\(bound)\"", Double(count), to: &text)
        }
        write("\(name)_bucket", "\(prefix)le=\"+Inf\"", Double(value.count), to: &text)
        write("\(name)_sum", series.labels, value.total, to: &text)
        write("\(name)_count", series.labels, Double(value.count), to: &text)
    }

    private static func write(_ name: String, _ labels: String, _ value: Double, to text: inout String) {
        text += labels.isEmpty ? name : "\(name){\(labels)}"
        text += " \(Int64(exactly: value).map(String.init) ?? "\(value)")\n"
    }

    private func series(_ label: String, _ dimensions: [(String, String)], _ kind: Kind) -> MetricSeries {
        let labels = dimensions.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        return families.withLock { families in
            if let known = families[label]?.series[labels] { return known }
            let bounds = (families[label]?.kind ?? kind) == .histogram ? Self.bounds : []
            let series = MetricSeries(labels: labels, bounds: bounds)
            families[label, default: Family(kind: kind)].series[labels] = series
            return series
        }
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { [0x5C, 0x22, 0x0A].contains($0) }) else { return value }
        return value.map { character in
            switch character {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n": "\\n"
            default: String(character)
            }
        }.joined()
    }
}

extension MetricsRegistry {
    /// A counter.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, .counter)
    }

    /// A counter of fractions.
    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, .counter)
    }

    /// A gauge that goes up and down.
    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, .gauge)
    }

    /// A histogram, or a gauge if it is not to aggregate.
    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        series(label, dimensions, aggregate ? .histogram : .gauge)
    }

    /// A histogram of seconds.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, .histogram)
    }

    /// Figures stay until the process ends.
    package func destroyCounter(_ handler: any CounterHandler) {}
    /// Figures stay until the process ends.
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    /// Figures stay until the process ends.
    package func destroyMeter(_ handler: any MeterHandler) {}
    /// Figures stay until the process ends.
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Figures stay until the process ends.
    package func destroyTimer(_ handler: any TimerHandler) {}
}
