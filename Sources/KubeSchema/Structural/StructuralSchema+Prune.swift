public import KubeObjects

extension StructuralSchema {
    /// Drops what the schema does not know. Of a whole custom resource, and of one inside of it, `apiVersion`, `kind` and
    /// `metadata` are known without being named.
    /// - Returns: the paths of what was dropped, sorted, such as `spec.tags[0].x`.
    public func prune(_ value: inout JSONValue) -> [String] {
        var pruning = Pruning()
        pruning.prune(&value, by: self, isResource: isResource)
        return pruning.dropped.sorted()
    }
}

/// One walk through a value.
private struct Pruning {
    var path = FieldPath.root
    var dropped: [String] = []

    private static let resourceFields: Set<String> = ["apiVersion", "kind", "metadata"]

    /// Drops all unknown members; with no schema, all members are unknown. `isKept` keeps those of this level.
    mutating func prune(
        _ value: inout JSONValue, by schema: StructuralSchema?, isResource: Bool, isKept: Bool = false
    ) {
        switch value {
        case .object(var members):
            value = .null
            let isKept = isKept || schema?.preservesUnknownFields == true
            for key in members.keys where !(isResource && Self.resourceFields.contains(key)) {
                path.append(.field(key))
                pruneMember(key, of: &members, by: schema, isKept)
                path.removeLast()
            }
            value = .object(members)
        case .array(var elements):
            value = .null
            // A kept list keeps what its elements hold, as far as their schema says nothing else.
            let isKept = isKept || schema?.preservesUnknownFields == true
            if !(isKept && schema?.items == nil) {
                let items = schema?.items
                for index in elements.indices {
                    path.append(.index(index))
                    prune(
                        &elements[index], by: items, isResource: items?.isEmbeddedResource == true, isKept: isKept)
                    path.removeLast()
                }
            }
            value = .array(elements)
        default: break
        }
    }

    private mutating func pruneMember(
        _ key: String, of members: inout JSONObject, by schema: StructuralSchema?, _ isKept: Bool
    ) {
        if let known = schema?.properties[key] {
            prune(&members[key, default: .null], by: known, isResource: known.isEmbeddedResource)
            return
        }
        switch schema?.additionalProperties {
        case .schema(let values)?:
            prune(&members[key, default: .null], by: values, isResource: values.isEmbeddedResource)
        case .allowed?:
            prune(&members[key, default: .null], by: nil, isResource: false)
        case .unspecified?, nil:
            guard !isKept else { return }
            members[key] = nil
            dropped.append(path.name)
        }
    }
}
