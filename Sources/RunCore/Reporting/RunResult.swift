import KubeObjects

/// A value that a run leaves behind for whoever started it.
public struct RunResult: Sendable, Hashable {
    /// The name.
    public var name: String
    /// The value as text.
    public var value: String

    /// A result.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

extension RunResult {
    /// The results in a container's termination message: the members of a flat JSON object, in its order.
    ///
    /// Numbers and truth values become texts, lists of scalars stay JSON. Anything else is no set of results but a
    /// message for people: nil.
    public static func results(in message: String) -> [RunResult]? {
        guard message.first(where: { !$0.isWhitespace }) == "{",
            let members = (try? JSONValue(parsing: message))?.object
        else { return nil }
        var results: [RunResult] = []
        for (name, value) in members {
            switch value {
            case .object, .null: return nil
            case .array(let elements) where elements.contains { $0.object != nil || $0.array != nil }: return nil
            default: results.append(RunResult(name: name, value: value.parameterText))
            }
        }
        return results
    }

    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string else { return nil }
        self.init(name: name, value: json["value"]?.string ?? "")
    }

    var json: JSONValue { ["name": .string(name), "value": .string(value)] }
}
