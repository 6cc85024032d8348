import KubeWire

/// Resources that only the built-in controllers speak of.
extension APIResource {
    /// Nodes.
    static let nodes = APIResource(group: "", version: "v1", plural: "nodes", kind: "Node", isNamespaced: false)
}
