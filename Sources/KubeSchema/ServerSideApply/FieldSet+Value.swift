import KubeObjects

extension FieldSet {
    /// All fields of a value: scalars, lists and maps that are owned as one, elements of lists that merge, and entries of
    /// maps. A field that holds others is left out: it is owned through these.
    init(of value: JSONValue, _ schema: (any MergeSchema)?) {
        switch value {
        case .object(let members):
            for (key, member) in members { insert(member, at: .field(key), in: schema) }
        case .array(let elements):
            guard let list = ListElements(elements, schema) else { return }
            for step in list.order {
                members.insert(step)
                if let element = list[step] { insert(FieldSet(of: element, schema?.element), below: step) }
            }
        default: break
        }
    }

    /// Puts in what a member holds, and the member itself if it holds nothing further or is an entry of a map.
    private mutating func insert(_ value: JSONValue, at step: Step, in schema: (any MergeSchema)?) {
        guard case .field(let name) = step else { return }
        let below = schema?.member(name)
        let isEntry = !(schema?.declares(name) ?? false)
        if value.isLeaf(below) || isEntry || value.object?.isEmpty ?? false { members.insert(step) }
        if !value.isLeaf(below) { insert(FieldSet(of: value, below), below: step) }
    }
}

extension JSONValue {
    /// Whether a value is owned as one: a scalar, an atomic list or map. A list of unknown kind is atomic, a map is not.
    func isLeaf(_ schema: (any MergeSchema)?) -> Bool {
        switch self {
        case .object: schema?.isAtomicMap ?? false
        case .array: !(schema?.listType == "set" || schema?.listType == "map")
        default: true
        }
    }
}
