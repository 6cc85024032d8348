import KubeObjects
import KubeSchema

/// The rules for the fields of a custom resource that field selectors may name
/// (apiextensions-apiserver, `ValidateCustomResourceSelectableFields`; KEP-4358).
enum SelectableFieldRules {
    private static let maxFields = 8

    /// The faults of a version's fields, by its schema.
    static func validate(_ fields: [JSONValue], _ schema: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: Set<String> = []
        for (position, field) in fields.enumerated() {
            let place = path.index(position).child("jsonPath")
            let text = field.text("jsonPath")
            if text.isEmpty {
                errors.append(.required(place))
                continue
            }
            guard text.hasPrefix("."), let found = self.schema(at: text, in: schema) else {
                let first = text.prefix { $0 != "." }
                let why = first.isEmpty ? "does not refer to a valid field" : "expected [ or . but got: \(first)"
                errors.append(.invalid(place, .string(text), "is an invalid path: \(why)"))
                continue
            }
            if text.hasPrefix(".metadata") {
                errors.append(.invalid(place, .string(text), "must not point to fields in metadata"))
            }
            if !["string", "boolean", "integer"].contains(found.text("type")) {
                errors.append(
                    .invalid(
                        place, .string(text),
                        "must point to a field of type string, boolean or integer. Enum string fields and strings with "
                            + "formats are allowed."))
            }
            if !seen.insert(text).inserted { errors.append(.duplicate(place, .string(text))) }
        }
        if seen.count > maxFields { errors.append(.tooMany(path, count: seen.count, maximum: maxFields)) }
        return errors
    }

    private static func schema(at path: String, in schema: JSONValue) -> JSONValue? {
        path.dropFirst().split(separator: ".", omittingEmptySubsequences: false).reduce(schema) { schema, name in
            guard let schema else { return nil }
            return schema["properties"]?[String(name)] ?? metadata(schema, name)
        }
    }

    /// Every object has metadata, whatever its schema says of it.
    private static func metadata(_ schema: JSONValue, _ name: Substring) -> JSONValue? {
        name == "metadata" ? ["type": "object", "properties": ["name": ["type": "string"]]] : nil
    }
}
