import KubeObjects
import KubeSchema

/// What objects inside of custom resources must have: kind, version and well-formed metadata
/// (apiextensions-apiserver, `schema/objectmeta`).
enum EmbeddedResourceRules {
    /// The faults of the embedded objects of a value.
    static func validate(_ value: JSONValue, _ schema: StructuralSchema, at path: FieldPath = .root) -> [FieldError] {
        switch value {
        case .object(let members):
            var errors = schema.isEmbeddedResource ? validate(resource: members, at: path) : []
            for (name, member) in members {
                if let property = schema.properties[name] {
                    errors += validate(member, property, at: path.child(name))
                } else if case .schema(let values) = schema.additionalProperties {
                    errors += validate(member, values, at: path.key(name))
                }
            }
            return errors
        case .array(let elements):
            guard let items = schema.items else { return [] }
            return elements.enumerated().flatMap { validate($0.element, items, at: path.index($0.offset)) }
        default: return []
        }
    }

    private static func validate(resource: JSONObject, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for key in ["apiVersion", "kind"] {
            let place = path.child(key)
            switch resource[key] {
            case nil: errors.append(.required(place, "must not be empty"))
            case .string("")?: errors.append(.invalid(place, "", "must not be empty"))
            case .string(let text)?: errors += validate(key, text, at: place)
            case let other?: errors.append(.invalid(place, other, "must be a string"))
            }
        }
        guard resource["metadata"]?.object != nil else { return errors }
        var named = KubeObject(resource)
        if named.name?.isEmpty ?? true { named.metadata["name"] = "unnamed" }
        let faults = ObjectMetaValidation.validate(
            named, isNamespaced: named.namespace?.isEmpty == false, nameRule: .pathSegment, finalizers: .qualified)
        return errors + faults.map { FieldError($0.kind, field: "\(path).\($0.field)", message: $0.message) }
    }

    private static func validate(_ key: String, _ text: String, at path: FieldPath) -> [FieldError] {
        if key == "apiVersion" {
            guard text.split(separator: "/", omittingEmptySubsequences: false).count > 2 else { return [] }
            return [.invalid(path, .string(text), "unexpected GroupVersion string: \(text)")]
        }
        let faults = NameRule.strictLabel.faults(text.lowercased())
        if faults.isEmpty { return [] }
        return [
            .invalid(
                path, .string(text),
                "may have mixed case, but should otherwise match: " + faults.joined(separator: ","))
        ]
    }
}
