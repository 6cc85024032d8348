/// The way to a value inside an object, as error messages print it: `spec.template.spec.containers[0].name`,
/// `metadata.labels[app]` (apimachinery, `field.Path`).
public struct FieldPath: Sendable, Hashable, CustomStringConvertible {
    /// One step of the way.
    public enum Step: Sendable, Hashable {
        /// A named field: `.name`.
        case field(String)
        /// An element of a list: `[0]`.
        case index(Int)
        /// A key of a map: `[key]`, printed as it is.
        case key(String)
    }

    /// The steps from the object's root.
    public private(set) var steps: [Step]

    /// The object itself.
    public static let root = FieldPath()

    /// The path through these fields; none is the object itself.
    public init(_ fields: String...) {
        steps = fields.map(Step.field)
    }

    /// The path one or more fields further.
    public func child(_ fields: String...) -> FieldPath {
        var path = self
        for field in fields { path.steps.append(.field(field)) }
        return path
    }

    /// The path to an element of a list.
    public func index(_ position: Int) -> FieldPath { appending(.index(position)) }

    /// The path to a key of a map.
    public func key(_ key: String) -> FieldPath { appending(.key(key)) }

    /// The path one step further.
    public func appending(_ step: Step) -> FieldPath {
        var path = self
        path.steps.append(step)
        return path
    }

    /// Goes one step further in place. With ``removeLast()`` a walk keeps one path instead of making one for each value.
    public mutating func append(_ step: Step) { steps.append(step) }

    /// Goes back one step; the root stays where it is.
    public mutating func removeLast() { _ = steps.popLast() }

    /// Whether this is the object itself.
    public var isRoot: Bool { steps.isEmpty }

    /// The path as messages name it inside their text: empty for the object itself.
    public var name: String {
        var text = ""
        for step in steps {
            switch step {
            case .field(let field):
                if !text.isEmpty { text += "." }
                text += field
            case .index(let position): text += "[\(position)]"
            case .key(let key): text += "[\(key)]"
            }
        }
        return text
    }

    /// The path as a cause carries it: `<nil>` for the object itself, as the API server writes it.
    public var description: String { isRoot ? "<nil>" : name }
}
