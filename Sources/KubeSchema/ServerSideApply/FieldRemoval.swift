import KubeObjects

extension FieldSet {
    /// A value without the fields of the set; nil if nothing is left of it. What is below a removed field goes with it.
    func removed(from value: JSONValue, _ schema: (any MergeSchema)?) -> JSONValue? {
        guard !isEmpty, !value.isLeaf(schema) else { return value }
        let parts = FieldParts(value, schema)
        var kept: [(step: Step, value: JSONValue)] = []
        for step in parts.steps where !members.contains(step) {
            guard let part = parts[step] else { continue }
            let below = children[step]
            if let rest = below.map({ $0.removed(from: part, step.schema(in: schema)) }) ?? part {
                kept.append((step, rest))
            }
        }
        guard !kept.isEmpty else { return nil }
        guard case .object = value else { return .array(kept.map(\.value)) }
        return .object(
            JSONObject(
                kept.compactMap { step, value in
                    guard case .field(let name) = step else { return nil }
                    return (name, value)
                }))
    }
}
