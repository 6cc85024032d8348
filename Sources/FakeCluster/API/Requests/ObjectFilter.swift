import KubeObjects
import KubeWire

/// Which objects of a resource a list or a watch shows.
struct ObjectFilter: Sendable {
    private let definition: ResourceDefinition
    private let namespace: String?

    /// Reads the selectors of a request.
    init(_ request: ResourceRequest) throws(KubeStatus) {
        definition = request.definition
        namespace = request.namespace
        try Self.refuseSelectors(request)
    }

    /// Whether there are selectors beside the namespace.
    var selects: Bool { false }

    /// Whether an object is shown.
    func matches(_ stored: StoredObject) -> Bool {
        if let namespace, stored.key.namespace != namespace { return false }
        return true
    }

    private static func refuseSelectors(_ request: ResourceRequest) throws(KubeStatus) {
        // Until selectors can be read, a request that has one is refused rather than answered wrongly.
        for name in ["labelSelector", "fieldSelector"] where request.query[name]?.isEmpty == false {
            throw KubeStatus.badRequest("\(name) is not understood yet")
        }
    }
}
