public import KubeObjects

/// A set of fields of an object, as `metadata.managedFields` tells who owns what (structured-merge-diff).
///
/// A tree: each node says of its steps which are in the set themselves, and what below them is.
public struct FieldSet: Sendable, Hashable {
    /// One step from a value to a part of it.
    public enum Step: Sendable, Hashable {
        /// A member of an object.
        case field(String)
        /// The element of a list that has these keys, as they are written.
        case key(JSONObject)
        /// The element of a list that is this value, as it is written.
        case value(JSONValue)
        /// The element at a place in a list.
        case index(Int)
    }

    /// The steps whose end is in the set.
    var members: Set<Step> = []
    /// What is in the set below a step; never empty.
    var children: [Step: FieldSet] = [:]

    /// Nothing.
    public init() {}

    /// Whether no field is in the set.
    public var isEmpty: Bool { members.isEmpty && children.isEmpty }

    /// Puts a field in.
    mutating func insert(_ path: some Collection<Step>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            members.insert(first)
        } else {
            children[first, default: FieldSet()].insert(path.dropFirst())
        }
    }

    /// Whether a field is in the set.
    func contains(_ path: some Collection<Step>) -> Bool {
        guard let first = path.first else { return false }
        return path.count == 1 ? members.contains(first) : children[first]?.contains(path.dropFirst()) ?? false
    }

    /// Puts what is below a step in.
    mutating func insert(_ below: FieldSet, below step: Step) {
        guard !below.isEmpty else { return }
        children[step] = children[step].map { $0.union(below) } ?? below
    }

    /// The fields in either set.
    func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.members.formUnion(other.members)
        result.children.merge(other.children) { $0.union($1) }
        return result
    }

    /// The fields in both sets.
    func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.intersection(other.members)
        for (step, child) in children {
            guard let twin = other.children[step] else { continue }
            result.insert(child.intersection(twin), below: step)
        }
        return result
    }

    /// The fields that are not in the other set. What is below one of its fields stays.
    func subtracting(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.subtracting(other.members)
        for (step, child) in children {
            result.insert(other.children[step].map(child.subtracting) ?? child, below: step)
        }
        return result
    }

    /// Every field, in the order of their texts.
    var paths: [[Step]] {
        var result: [[Step]] = []
        for step in Set(members).union(children.keys).sorted(by: { $0.encoded < $1.encoded }) {
            if members.contains(step) { result.append([step]) }
            for path in children[step]?.paths ?? [] { result.append([step] + path) }
        }
        return result
    }

    /// The set with every declared field that leads to one of its fields: an object's fields hold others without being
    /// owned themselves, which matters when what they hold is taken away.
    func withDeclaredFields(_ schema: (any MergeSchema)?) -> FieldSet {
        var result = FieldSet()
        result.members = members
        for (step, child) in children {
            if case .field(let name) = step, schema?.declares(name) ?? false { result.members.insert(step) }
            result.children[step] = child.withDeclaredFields(step.schema(in: schema))
        }
        return result
    }
}

extension FieldSet.Step {
    /// The same way to a part; names are those of JSON, of which two are the same if their bytes are.
    public static func == (left: FieldSet.Step, right: FieldSet.Step) -> Bool {
        switch (left, right) {
        case (.field(let left), .field(let right)): left.hasSameBytes(as: right)
        case (.key(let left), .key(let right)): left == right
        case (.value(let left), .value(let right)): left == right
        case (.index(let left), .index(let right)): left == right
        default: false
        }
    }

    /// The description of what the step leads to.
    func schema(in schema: (any MergeSchema)?) -> (any MergeSchema)? {
        if case .field(let name) = self { return schema?.member(name) }
        return schema?.element
    }
}

extension JSONValue {
    /// The value as it reads back once it is written: a double without a fraction is an integer then. Steps hold such
    /// values only, so that no two of them are written alike.
    var asWritten: JSONValue {
        switch self {
        case .double: integer.map(JSONValue.integer) ?? self
        case .array(let elements): .array(elements.map(\.asWritten))
        case .object(let members): .object(members.mapValues(\.asWritten))
        default: self
        }
    }
}

extension Sequence where Element == FieldSet.Step {
    /// The path as conflicts name it: `.spec.containers[name="a"].image`.
    var pathText: String {
        map { step in
            switch step {
            case .field(let name): ".\(name)"
            case .key(let keys):
                "[\(keys.sortedByKey.map { "\($0.key)=\($0.value.encodedString())" }.joined(separator: ","))]"
            case .value(let value): "[=\(value.encodedString())]"
            case .index(let index): "[\(index)]"
            }
        }.joined()
    }
}
