extension StrategicMergePatch {
    /// Merges the lists for which the patch gives an order, and brings them into it.
    static func applyElementOrders(
        _ patch: inout JSONObject, to result: inout JSONObject, _ schema: (any MergeSchema)?
    ) throws(Failure) {
        for directive in patch.keys where directive.hasPrefix(elementOrder) {
            guard let order = patch.removeValue(forKey: directive)?.array else { throw .badElementOrder }
            let key = String(directive.dropFirst(elementOrder.count))
            guard !key.isEmpty else { throw .badElementOrder }
            let original = try list(result[key])
            let change = try list(patch.removeValue(forKey: key))
            let member = schema?.member(key)
            let mergeKey = member?.patchMergeKey
            if let change { try check(change, against: order, key: mergeKey) }
            let merged: [JSONValue]
            switch (original, change) {
            case (let original?, nil): merged = original
            case (nil, let change?): merged = change.compactMap(withoutDirectives)
            case (let original?, let change?): merged = try merge(change, into: original, list: member)
            case (nil, nil): continue
            }
            result[key] = .array(Self.order(merged, by: order, around: original ?? [], key: mergeKey))
        }
    }

    private static func list(_ value: JSONValue?) throws(Failure) -> [JSONValue]? {
        guard let value else { return nil }
        guard let elements = value.array else { throw .badArgument("[]interface {}", value) }
        return elements
    }

    /// The elements of the patch, deletions aside, must stand in the order that the patch asks for.
    private static func check(
        _ patch: [JSONValue], against order: [JSONValue], key: String?
    ) throws(Failure) {
        guard !order.isEmpty, !patch.isEmpty else { return }
        func identity(_ element: JSONValue) throws(Failure) -> JSONValue {
            guard let key else { return element }
            guard case .object = element else { throw .badArgument("map[string]interface {}", element) }
            guard let value = element[key] else { throw .noMergeKey(element, key) }
            return value
        }
        var rest = order[...]
        for element in patch where key == nil || element[directive] == nil {
            let wanted = try identity(element)
            while let next = rest.first, try identity(next) != wanted { rest = rest.dropFirst() }
            guard !rest.isEmpty else {
                throw Failure(
                    "The order in patch list:\n\(JSONValue.array(patch).goText)\n doesn't match $setElementOrder list:\n"
                        + "\(JSONValue.array(order).goText)\n")
            }
            rest = rest.dropFirst()
        }
    }
}
