import KubeObjects

/// Checks that lists of the types `set` and `map` hold nothing twice (`x-kubernetes-list-type`).
struct ListTypeChecker {
    var path: FieldPath
    private(set) var errors: [FieldError] = []

    init(path: FieldPath) { self.path = path }

    mutating func check(_ value: JSONValue, against schema: StructuralSchema) {
        guard schema.hasListTypes else { return }
        switch value {
        case .array(let elements):
            switch schema.listType {
            case "set": reportRepeated(elements) { $0 }
            case "map": checkMap(elements, schema.listMapKeys)
            default: break
            }
            guard let items = schema.items, items.hasListTypes else { return }
            for (index, element) in elements.enumerated() { step(.index(index), element, items) }
        case .object(let members):
            for (name, member) in members {
                if let known = schema.properties[name] {
                    step(.field(name), member, known)
                } else if case .schema(let values) = schema.additionalProperties {
                    step(.key(name), member, values)
                }
            }
        default: break
        }
    }

    private mutating func step(_ step: FieldPath.Step, _ value: JSONValue, _ schema: StructuralSchema) {
        path.append(step)
        check(value, against: schema)
        path.removeLast()
    }

    private mutating func checkMap(_ elements: [JSONValue], _ keys: [String]) {
        if let index = elements.firstIndex(where: { $0.object == nil && !$0.isNull }) {
            errors.append(
                .invalid(path.index(index), elements[index], "must be an object for an array of list-type map"))
            return
        }
        reportRepeated(elements) { element in
            var key = JSONObject()
            for name in keys { key[name] = element[name] }
            return .object(key)
        }
    }

    /// Blames the second of equal elements; a third is the same fault.
    private mutating func reportRepeated(_ elements: [JSONValue], by key: (JSONValue) -> JSONValue) {
        var counts: [JSONValue: Int] = [:]
        for (index, element) in elements.enumerated() {
            let key = key(element)
            counts[key, default: 0] += 1
            if counts[key] == 2 { errors.append(.duplicate(path.index(index), key)) }
        }
    }
}
