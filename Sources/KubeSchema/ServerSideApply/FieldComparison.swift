import KubeObjects

/// What differs between two values, field by field.
struct FieldComparison {
    /// Fields that only the new value has.
    private(set) var added = FieldSet()
    /// Fields that both have with different values.
    private(set) var modified = FieldSet()
    /// Fields that only the old value has.
    private(set) var removed = FieldSet()

    /// Compares two values of one type.
    init(_ old: JSONValue, _ new: JSONValue, _ schema: (any MergeSchema)?) {
        guard old != new, !(old.isLeaf(schema) && new.isLeaf(schema)) else { return }
        compareParts(old, new, schema)
    }

    private init() {}

    /// The fields that the new value brought.
    var changed: FieldSet { added.union(modified) }

    private mutating func compareParts(_ old: JSONValue?, _ new: JSONValue?, _ schema: (any MergeSchema)?) {
        let oldParts = FieldParts(old, schema)
        let newParts = FieldParts(new, schema)
        for step in oldParts.steps {
            compare(oldParts[step], newParts[step], at: step, step.schema(in: schema))
        }
        for step in newParts.steps where oldParts[step] == nil {
            compare(nil, newParts[step], at: step, step.schema(in: schema))
        }
    }

    /// Compares what two values have at the end of a step: it itself, and what is below it.
    /// - Parameter schema: asked for only where they differ.
    private mutating func compare(
        _ old: JSONValue?, _ new: JSONValue?, at step: FieldSet.Step, _ schema: @autoclosure () -> (any MergeSchema)?
    ) {
        // Equal values, which nearly all are, need no walk.
        if let old, let new, old == new { return }
        let schema = schema()
        let isOldLeaf = old?.isLeaf(schema) ?? true
        let isNewLeaf = new?.isLeaf(schema) ?? true
        if let old, let new {
            // A null beside a list or map is an empty one of these; any other difference in kind is a change of its own.
            let isChange = isOldLeaf == isNewLeaf ? isOldLeaf : old != .null && new != .null
            if isChange { modified.members.insert(step) }
        } else if old == nil {
            added.members.insert(step)
        }
        if new == nil { removed.members.insert(step) }
        if isOldLeaf && isNewLeaf { return }
        var below = FieldComparison()
        below.compareParts(old, new, schema)
        added.insert(below.added, below: step)
        modified.insert(below.modified, below: step)
        removed.insert(below.removed, below: step)
    }
}

/// The parts of a value that are owned one by one.
enum FieldParts {
    case members(JSONObject)
    case elements(ListElements)
    case none

    /// The parts of a value; none if it is owned as one.
    init(_ value: JSONValue?, _ schema: (any MergeSchema)?) {
        switch value {
        case .object(let members)?: self = schema?.isAtomicMap ?? false ? .none : .members(members)
        case .array(let elements)?: self = ListElements(elements, schema).map(FieldParts.elements) ?? .none
        default: self = .none
        }
    }

    /// The steps to the parts, in their order.
    var steps: [FieldSet.Step] {
        switch self {
        case .members(let members): members.keys.map(FieldSet.Step.field)
        case .elements(let list): list.order
        case .none: []
        }
    }

    /// The part at a step.
    subscript(_ step: FieldSet.Step) -> JSONValue? {
        switch (self, step) {
        case (.members(let members), .field(let name)): members[name]
        case (.elements(let list), _): list[step]
        default: nil
        }
    }
}
