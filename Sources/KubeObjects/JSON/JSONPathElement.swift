/// One step of the way from the root of a tree to a value: a member's name or an element's index.
public enum JSONPathElement: Sendable, Hashable {
    case key(String)
    case index(Int)
}

extension JSONPathElement: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    /// A member's name.
    public init(stringLiteral value: String) { self = .key(value) }
    /// An element's index, from 0.
    public init(integerLiteral value: Int) { self = .index(value) }
}

extension Sequence where Element == JSONPathElement {
    /// The path as the API server writes field paths: `spec.containers[0].name`.
    public var fieldPath: String {
        var path = ""
        for element in self {
            switch element {
            case .key(let key): path += path.isEmpty ? key : ".\(key)"
            case .index(let index): path += "[\(index)]"
            }
        }
        return path
    }
}
