import KubeObjects

/// The elements of a list that merges, by what tells them apart.
struct ListElements {
    /// The steps to the elements, each once, in the list's order.
    private(set) var order: [FieldSet.Step] = []
    private var values: [FieldSet.Step: JSONValue] = [:]
    /// The elements that have nothing to tell them by, or the same as an earlier one, in order.
    private(set) var faults: [String] = []

    /// The elements of a list; nil if the list is atomic: applied, owned and replaced as one.
    init?(_ elements: [JSONValue], _ schema: (any MergeSchema)?) {
        guard let schema, schema.listType == "set" || schema.listType == "map" else { return nil }
        for (index, element) in elements.enumerated() {
            let step: FieldSet.Step
            switch Self.step(to: element, schema) {
            case .success(let found): step = found
            case .failure(let missing):
                faults.append(
                    "element \(index): associative list with keys has an element that omits key field "
                        + "\(missing.name.quoted) (and doesn't have default value)")
                continue
            }
            if values.updateValue(element, forKey: step) == nil {
                order.append(step)
            } else {
                faults.append("duplicate entries for key \([step].pathText)")
            }
        }
    }

    /// The element at a step.
    subscript(_ step: FieldSet.Step) -> JSONValue? { values[step] }

    private struct MissingKey: Error {
        var name: String
    }

    private static func step(
        to element: JSONValue, _ schema: any MergeSchema
    ) -> Result<FieldSet.Step, MissingKey> {
        guard schema.listType == "map" else { return .success(.value(element.asWritten)) }
        var keys = JSONObject()
        for name in schema.listMapKeys {
            guard let value = element[name] ?? schema.element?.member(name)?.defaultValue else {
                return .failure(MissingKey(name: name))
            }
            keys[name] = value.asWritten
        }
        return .success(.key(keys))
    }
}
