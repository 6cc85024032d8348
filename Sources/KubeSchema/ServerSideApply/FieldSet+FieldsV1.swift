public import KubeObjects

extension FieldSet {
    /// The set as it stands in `fieldsV1`: `f:` before the names of members, `k:` before keys, `v:` before values, `i:`
    /// before indices, and `.` for a field that is in the set beside others below it.
    public var fieldsV1: JSONValue { fieldsV1(isMember: false) }

    /// - Parameter isMember: Whether what the set is below of is in the set itself.
    private func fieldsV1(isMember: Bool) -> JSONValue {
        var entries: [(String, JSONValue)] = []
        entries.reserveCapacity(members.count + children.count + 1)
        // Before the others in their order, too.
        if isMember { entries.append((".", Self.nothing)) }
        for step in members where children[step] == nil { entries.append((step.encoded, Self.nothing)) }
        for (step, below) in children {
            entries.append((step.encoded, below.fieldsV1(isMember: members.contains(step))))
        }
        entries.sort { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        return .object(JSONObject(distinct: entries))
    }

    private static let nothing = JSONValue.object(JSONObject())

    /// Reads `fieldsV1`; nil if a name in it is none of its forms.
    public init?(fieldsV1: JSONValue) {
        guard let entries = fieldsV1.object else { return nil }
        for (name, below) in entries where name != "." {
            guard let step = Step(encoded: name), let child = FieldSet(fieldsV1: below) else { return nil }
            if child.isEmpty || below["."] != nil { members.insert(step) }
            insert(child, below: step)
        }
    }
}

extension FieldSet.Step {
    /// The step as a name in `fieldsV1`.
    var encoded: String {
        switch self {
        case .field(let name): "f:\(name)"
        case .key(let keys): "k:\(JSONValue.object(keys).encodedString(sortedKeys: true))"
        case .value(let value): "v:\(value.encodedString())"
        case .index(let index): "i:\(index)"
        }
    }

    fileprivate init?(encoded: String) {
        // By bytes: a name may begin with a mark that Swift would join to the colon.
        let content = String(decoding: encoded.utf8.dropFirst(2), as: UTF8.self)
        switch String(decoding: encoded.utf8.prefix(2), as: UTF8.self) {
        case "f:": self = .field(content)
        case "k:":
            guard let keys = (try? JSONValue(parsing: content))?.object else { return nil }
            self = .key(keys.mapValues(\.asWritten))
        case "v:":
            guard let value = try? JSONValue(parsing: content) else { return nil }
            self = .value(value.asWritten)
        case "i:":
            guard let index = Int(content) else { return nil }
            self = .index(index)
        default: return nil
        }
    }
}
