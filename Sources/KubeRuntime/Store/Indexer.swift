public import KubeObjects

/// A way to find objects in a ``Store`` without looking at all of them.
public struct Indexer: Sendable {
    /// What names the index.
    public let name: String
    /// Under which values an object is found.
    public let values: @Sendable (KubeObject) -> [String]

    /// An index.
    /// - Parameters:
    ///   - name: what names the index; unique within a store.
    ///   - values: under which values an object is found; called once for each change of an object.
    public init(_ name: String, values: @escaping @Sendable (KubeObject) -> [String]) {
        self.name = name
        self.values = values
    }

    /// By the uid of the managing owner.
    public static let controllerUID = Indexer("controllerUID") { object in
        object.controllerReference.map { [$0.uid] } ?? []
    }

    /// By the value of a label.
    public static func label(_ key: String) -> Indexer {
        Indexer("label:\(key)") { object in object.metadata["labels"]?[key]?.string.map { [$0] } ?? [] }
    }
}
