import KubeObjects
import KubeWire
import Metrics

/// A reflector's figures.
struct ReflectorMetrics: Sendable {
    private let lists: Counter
    private let watches: Counter
    private let failures: Counter

    init(resource: APIResource) {
        let dimensions = [("resource", resource.groupResource.description)]
        lists = Counter(label: "reflector_lists_total", dimensions: dimensions)
        watches = Counter(label: "reflector_watches_total", dimensions: dimensions)
        failures = Counter(label: "reflector_failures_total", dimensions: dimensions)
    }

    func listed() { lists.increment() }
    func watched() { watches.increment() }
    func failed() { failures.increment() }
}
