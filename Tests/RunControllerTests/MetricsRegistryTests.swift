import Metrics
import RunController
import Testing

struct MetricsRegistryTests {
    @Test func countersAndGaugesShowTheirValues() {
        let registry = MetricsRegistry()
        let labels = [("result", "a\"b\\c\nd")]
        Counter(label: "runs_total", dimensions: labels, factory: registry).increment(by: 2)
        Counter(label: "runs_total", dimensions: labels, factory: registry).increment()
        let gauge = Gauge(label: "depth", factory: registry)
        gauge.record(7)
        gauge.record(3)
        let meter = Meter(label: "active", factory: registry)
        meter.increment(by: 2)
        meter.decrement()
        #expect(
            registry.text == """
                # TYPE active gauge
                active 1
                # TYPE depth gauge
                depth 3
                # TYPE runs_total counter
                runs_total{result="a\\"b\\\\c\\nd"} 3

                """)
    }

    @Test func durationsAreHistogramsOfSeconds() {
        let registry = MetricsRegistry()
        let timer = Metrics.Timer(label: "work_seconds", dimensions: [("name", "q")], factory: registry)
        timer.recordNanoseconds(3_000_000)
        timer.recordNanoseconds(2_000_000_000)
        timer.recordNanoseconds(90_000_000_000)
        let lines = registry.text.split(separator: "\n")
        #expect(lines.contains("work_seconds_bucket{name=\"q\",le=\"0.001\"} 0"))
        #expect(lines.contains("work_seconds_bucket{name=\"q\",le=\"0.005\"} 1"))
        #expect(lines.contains("work_seconds_bucket{name=\"q\",le=\"2.5\"} 2"))
        #expect(lines.contains("work_seconds_bucket{name=\"q\",le=\"+Inf\"} 3"))
        #expect(lines.contains("work_seconds_sum{name=\"q\"} 92.003"))
        #expect(lines.contains("work_seconds_count{name=\"q\"} 3"))
    }
}
