import KubeObjects

/// Merges an applied configuration into a live object.
enum FieldMerge {
    /// The live value with the configuration's fields set. Lists that merge are merged element by element, all others
    /// and scalars are replaced.
    static func merge(_ applied: JSONValue, into live: JSONValue?, _ schema: (any MergeSchema)?) -> JSONValue {
        guard let live, !applied.isLeaf(schema), !live.isLeaf(schema) else { return applied }
        switch (live, applied) {
        case (.object(var members), .object(let changes)):
            for (key, change) in changes { members[key] = merge(change, into: members[key], schema?.member(key)) }
            return .object(members)
        case (.array(let elements), .array(let changes)):
            guard let old = ListElements(elements, schema), let new = ListElements(changes, schema) else {
                return applied
            }
            let merged = order(old.order, new.order).compactMap { step -> JSONValue? in
                guard let change = new[step] else { return old[step] }
                return merge(change, into: old[step], schema?.element)
            }
            return .array(merged)
        default: return applied
        }
    }

    /// The order of a merged list: elements of both stand in the configuration's order, and elements of the live list
    /// alone keep their places before and after these.
    static func order(_ live: [FieldSet.Step], _ applied: [FieldSet.Step]) -> [FieldSet.Step] {
        let isLive = Set(live)
        let isApplied = Set(applied)
        var shared = applied.filter(isLive.contains)[...]
        var done: Set<FieldSet.Step> = []
        var result: [FieldSet.Step] = []
        var left = live[...]
        var right = applied[...]
        func isWaiting(_ step: FieldSet.Step) -> Bool {
            isApplied.contains(step) && shared.first.map { $0 != step } ?? false
        }
        while !left.isEmpty || !right.isEmpty {
            // What the configuration asks for later, or had already, is passed over; it comes when its turn does.
            while let next = left.first, done.contains(next) || (!right.isEmpty && isWaiting(next)) {
                left = left.dropFirst()
            }
            if let next = left.first, !isApplied.contains(next) {
                result.append(left.removeFirst())
            } else if let next = right.popFirst() {
                result.append(next)
                done.insert(next)
                if shared.first == next { shared = shared.dropFirst() }
            }
        }
        return result
    }
}
