extension StrategicMergePatch {
    /// Merges a list of the patch into the one that is there, if the type merges it; else it replaces it.
    static func merge(
        _ patch: [JSONValue], into original: [JSONValue], list: (any MergeSchema)?
    ) throws(Failure) -> [JSONValue] {
        guard let list, list.patchStrategies.contains("merge") else { return patch }
        guard let sample = original.first ?? patch.first else { return original }
        try checkElements(original + patch)
        guard case .object = sample else {
            let merged = (original + patch).withoutRepetitions
            return order(merged, by: patch, around: original, key: nil)
        }
        guard let key = list.patchMergeKey else { throw Failure("cannot merge lists without merge key") }
        let (base, changes) = try applyDirectives(of: patch, to: original, key: key)
        var merged = base
        for change in changes {
            guard let members = change.object, let value = members[key] else { throw .noMergeKey(change, key) }
            if let index = merged.firstIndex(where: { $0[key] == value }), let old = merged[index].object {
                merged[index] = .object(try merge(members, into: old, list.element))
            } else if let added = withoutDirectives(change) {
                merged.append(added)
            }
        }
        return order(merged, by: changes, around: base, key: key)
    }

    /// Elements that carry `$patch`: deletions are done, and a replacement makes the patch the list.
    private static func applyDirectives(
        of patch: [JSONValue], to original: [JSONValue], key: String
    ) throws(Failure) -> (base: [JSONValue], changes: [JSONValue]) {
        var base = original
        var changes: [JSONValue] = []
        var isReplaced = false
        for element in patch {
            guard let members = element.object, let directive = members[Self.directive] else {
                changes.append(element)
                continue
            }
            switch directive {
            case "delete":
                guard let value = members[key] else { throw .noMergeKey(element, key) }
                base.removeAll { $0[key] == value }
            case "replace": isReplaced = true
            case "merge": throw Failure("merging lists cannot yet be specified in the patch")
            default: throw .badDirective(directive, members)
            }
        }
        return isReplaced ? (changes, []) : (base, changes)
    }

    /// All elements must be of one type, and none a list.
    static func checkElements(_ elements: [JSONValue]) throws(Failure) {
        guard let first = elements.first else { return }
        for element in elements {
            if case .array = element { throw .noListOfLists }
            guard element.goTypeName == first.goTypeName else {
                throw Failure("list element types are not identical: \(JSONValue.array(elements).goText)")
            }
        }
    }

    /// Brings a merged list into order: the elements that the patch names in the patch's order, the others in the
    /// order that they had, and each of these as far back as the patch's elements allow.
    static func order(
        _ merged: [JSONValue], by patchOrder: [JSONValue], around serverOrder: [JSONValue], key: String?
    ) -> [JSONValue] {
        let patchPositions = positions(patchOrder, key: key)
        let serverPositions = positions(serverOrder, key: key)
        func position(_ element: JSONValue, in positions: [JSONValue: Int]) -> Int? {
            identity(element, key: key).flatMap { positions[$0] }
        }
        func sorted(_ elements: [JSONValue], by positions: [JSONValue: Int]) -> [JSONValue] {
            // Paired with their places because sorting may not keep equal elements in order.
            elements.enumerated().map { (position($1, in: positions) ?? .max, $0, $1) }
                .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
        }
        let isNamed = { (element: JSONValue) in position(element, in: patchPositions) != nil }
        var left = sorted(merged.filter { !isNamed($0) }, by: serverPositions)[...]
        var right = sorted(merged.filter(isNamed), by: patchPositions)[...]
        var result: [JSONValue] = []
        while let server = left.first, let patched = right.first {
            if let before = position(server, in: serverPositions), let after = position(patched, in: serverPositions),
                before < after
            {
                result.append(left.removeFirst())
            } else {
                result.append(right.removeFirst())
            }
        }
        return result + right + left
    }

    private static func positions(_ elements: [JSONValue], key: String?) -> [JSONValue: Int] {
        var positions: [JSONValue: Int] = [:]
        for (index, element) in elements.enumerated() {
            if let identity = identity(element, key: key), positions[identity] == nil { positions[identity] = index }
        }
        return positions
    }

    /// What tells an element from others: the value of its key, or the element itself if there is no key.
    private static func identity(_ element: JSONValue, key: String?) -> JSONValue? {
        guard let key else { return element }
        return element[key]
    }
}

extension [JSONValue] {
    fileprivate var withoutRepetitions: [JSONValue] {
        var seen: Set<JSONValue> = []
        return filter { seen.insert($0).inserted }
    }
}
