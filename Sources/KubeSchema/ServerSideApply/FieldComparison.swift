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
        self = Difference(old, new, schema)?.below ?? FieldComparison()
    }

    private init() {}

    /// The fields that the new value brought.
    var changed: FieldSet { added.union(modified) }

    /// Takes over what differs at the end of a step and below it.
    private mutating func take(_ difference: Difference?, at step: FieldSet.Step) {
        guard let difference else { return }
        if difference.isAdded { added.members.insert(step) }
        if difference.isModified { modified.members.insert(step) }
        if difference.isRemoved { removed.members.insert(step) }
        added.insert(difference.below.added, below: step)
        modified.insert(difference.below.modified, below: step)
        removed.insert(difference.below.removed, below: step)
    }

    /// What differs between two values that are not equal: they themselves, and what is below them.
    private struct Difference {
        var isAdded: Bool
        var isModified = false
        var isRemoved: Bool
        var below = FieldComparison()

        init?(_ old: JSONValue?, _ new: JSONValue?, _ schema: (any MergeSchema)?) {
            // Equal values, which nearly all are, need no walk.
            if let old, let new, old == new { return nil }
            (isAdded, isRemoved) = (old == nil, new == nil)
            let isOldLeaf = old?.isLeaf(schema) ?? true
            let isNewLeaf = new?.isLeaf(schema) ?? true
            if isOldLeaf && isNewLeaf {
                isModified = !isAdded && !isRemoved
                return
            }
            // A null beside a list or map is an empty one of these; any other difference in kind is a change of its own.
            if isOldLeaf != isNewLeaf, let old, let new, old != .null, new != .null { isModified = true }
            let oldParts = FieldParts(old, schema)
            let newParts = FieldParts(new, schema)
            for step in oldParts.steps {
                below.take(Difference(oldParts[step], newParts[step], step.schema(in: schema)), at: step)
            }
            for step in newParts.steps where oldParts[step] == nil {
                below.take(Difference(nil, newParts[step], step.schema(in: schema)), at: step)
            }
        }
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
