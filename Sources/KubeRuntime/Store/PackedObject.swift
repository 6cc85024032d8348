import KubeObjects

/// An object as a store keeps it: as JSON, which takes a fifth of a tree's memory. A store holds many objects and is
/// asked for few of them at a time; to read one takes microseconds.
struct PackedObject: Sendable, Hashable {
    private let bytes: [UInt8]

    init(_ object: KubeObject) {
        // A copy: the encoder's array has grown by doubling, and so has room that nothing will fill.
        bytes = Array(object.value.encoded()[...])
    }

    /// The object; what was written here reads back.
    var object: KubeObject { (try? JSONValue(parsing: bytes)).flatMap(KubeObject.init) ?? KubeObject([:]) }
}
