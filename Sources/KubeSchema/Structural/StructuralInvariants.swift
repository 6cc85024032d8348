import KubeObjects

/// What makes a schema structural (KEP 1979): every value's type is said once, outside of `allOf`, `anyOf`, `oneOf` and
/// `not`, and these only restrict what is known already.
struct StructuralInvariants {
    private enum Level { case root, item, field }

    private var errors: [FieldError] = []

    /// The faults sorted by their text, as the API server lists them.
    var sortedErrors: [FieldError] { errors.sorted { $0.description < $1.description } }

    mutating func check(_ schema: JSONObject, at path: FieldPath) {
        checkNode(schema, .root, path)
        checkCompleteness(ofCombinationsIn: schema, against: schema, path, path)
    }

    private mutating func checkNode(_ schema: JSONObject, _ level: Level, _ path: FieldPath) {
        let type = schema["type"]?.string ?? ""
        if let items = schema["items"]?.object {
            checkNode(items, .item, path.child("items"))
        } else if type == "array" {
            errors.append(.required(path.child("items"), "must be specified"))
        }
        for (name, value) in schema["properties"]?.object ?? [:] {
            if let property = value.object { checkNode(property, .field, path.child("properties").key(name)) }
        }
        if let additional = schema["additionalProperties"] {
            if level == .root {
                errors.append(.forbidden(path.child("additionalProperties"), "must not be used at the root"))
            }
            if let values = additional.object { checkNode(values, .field, path.child("additionalProperties")) }
        }
        checkExtensions(schema, path)
        let skipsAnyOf = schema["anyOf"] == Self.integerOrString
        let skipsAllOf = schema["allOf"]?[0]?["anyOf"] == Self.integerOrString
        checkValidation(schema, skipsAnyOf: skipsAnyOf, skipsFirstAllOf: skipsAllOf, path)
        checkType(type, of: schema, level, path)
        checkResourceFields(schema, level, path)
    }

    /// The one combination that may name types.
    private static let integerOrString: JSONValue = [["type": "integer"], ["type": "string"]]

    private mutating func checkExtensions(_ schema: JSONObject, _ path: FieldPath) {
        guard schema.isTrue("x-kubernetes-int-or-string") else { return }
        for name in ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"]
        where schema.isTrue(name) {
            errors.append(.invalid(path.child(name), true, "must be false if x-kubernetes-int-or-string is true"))
        }
    }

    private mutating func checkType(_ type: String, of schema: JSONObject, _ level: Level, _ path: FieldPath) {
        let place = path.child("type")
        if schema.isTrue("x-kubernetes-embedded-resource"), type != "object" {
            let words = "must be object if x-kubernetes-embedded-resource is true"
            errors.append(type.isEmpty ? .required(place, words) : .invalid(place, .string(type), words))
        } else if type.isEmpty, !schema.isTrue("x-kubernetes-int-or-string"),
            !schema.isTrue("x-kubernetes-preserve-unknown-fields")
        {
            switch level {
            case .root: errors.append(.required(place, "must not be empty at the root"))
            case .item: errors.append(.required(place, "must not be empty for specified array items"))
            case .field: errors.append(.required(place, "must not be empty for specified object fields"))
            }
        }
        if level == .root, !type.isEmpty, type != "object" {
            errors.append(.invalid(place, .string(type), "must be object at the root"))
        }
    }

    /// `apiVersion`, `kind` and `metadata` of the root and of embedded resources.
    private mutating func checkResourceFields(_ schema: JSONObject, _ level: Level, _ path: FieldPath) {
        let isEmbedded = schema.isTrue("x-kubernetes-embedded-resource")
        let isResource = level == .root || isEmbedded
        let properties = schema["properties"]?.object ?? [:]
        if isEmbedded, schema["additionalProperties"] != nil {
            errors.append(
                .forbidden(
                    path.child("additionalProperties"), "must not be used if x-kubernetes-embedded-resource is set"))
        }
        if isResource {
            for (name, type) in [("kind", "string"), ("apiVersion", "string"), ("metadata", "object")] {
                guard let property = properties[name], property["type"]?.string ?? "" != type else { continue }
                let place = path.child("properties").key(name).child("type")
                errors.append(.invalid(place, property["type"] ?? "", "must be \(type)"))
            }
        }
        if level == .root, let metadata = properties["metadata"]?.object, !Self.restrictsOnlyNames(metadata) {
            errors.append(
                .forbidden(
                    path.child("properties").key("metadata"),
                    "must not specify anything other than name and generateName, but metadata is implicitly specified"))
        }
        if isEmbedded, !schema.isTrue("x-kubernetes-preserve-unknown-fields"), properties.isEmpty {
            errors.append(
                .required(
                    path.child("properties"),
                    "must not be empty if x-kubernetes-embedded-resource is true without "
                        + "x-kubernetes-preserve-unknown-fields"))
        }
    }

    private static func restrictsOnlyNames(_ metadata: JSONObject) -> Bool {
        let names = metadata["properties"]?.object?.keys ?? []
        return names.allSatisfy { $0 == "name" || $0 == "generateName" }
            && metadata.keys.allSatisfy { ["type", "properties", "default"].contains($0) }
    }
}

// What stands inside of `allOf`, `anyOf`, `oneOf` and `not`.
extension StructuralInvariants {
    private mutating func checkValidation(
        _ schema: JSONObject, skipsAnyOf: Bool, skipsFirstAllOf: Bool, _ path: FieldPath
    ) {
        for keyword in ["anyOf", "allOf", "oneOf"] where !(keyword == "anyOf" && skipsAnyOf) {
            for (index, value) in (schema[keyword]?.array ?? []).enumerated() {
                let isSkipped = keyword == "allOf" && skipsFirstAllOf && index == 0
                if let nested = value.object {
                    checkNested(nested, skipsAnyOf: isSkipped, path.child(keyword).index(index))
                }
            }
        }
        if let not = schema["not"]?.object { checkNested(not, skipsAnyOf: false, path.child("not")) }
        if let pattern = schema["pattern"]?.string, !pattern.isEmpty {
            do {
                _ = try Pattern(pattern)
            } catch {
                errors.append(
                    .invalid(
                        path.child("pattern"), .string(pattern),
                        "must be a valid regular expression, but isn't: \(error)"))
            }
        }
    }

    /// What may not be said again inside of a combination, with the words for it.
    private static let forbiddenWhenNested: [(keyword: String, words: String)] = [
        ("type", "must be empty to be structural"),
        ("additionalProperties", "must be undefined to be structural"),
        ("default", "must be undefined to be structural"),
        ("title", "must be empty to be structural"),
        ("description", "must be empty to be structural"),
        ("nullable", "must be false to be structural"),
        ("externalDocs", "must be undefined to be structural"),
        ("x-kubernetes-preserve-unknown-fields", "must be false to be structural"),
        ("x-kubernetes-embedded-resource", "must be false to be structural"),
        ("x-kubernetes-int-or-string", "must be false to be structural"),
        ("x-kubernetes-list-map-keys", "must be empty to be structural"),
        ("x-kubernetes-list-type", "must be undefined to be structural"),
        ("x-kubernetes-map-type", "must be undefined to be structural"),
        ("x-kubernetes-validations", "must be empty to be structural"),
    ]

    private mutating func checkNested(_ schema: JSONObject, skipsAnyOf: Bool, _ path: FieldPath) {
        checkValidation(schema, skipsAnyOf: skipsAnyOf, skipsFirstAllOf: false, path)
        if let items = schema["items"]?.object { checkNested(items, skipsAnyOf: false, path.child("items")) }
        let properties = schema["properties"]?.object ?? [:]
        for (name, value) in properties {
            if let property = value.object {
                checkNested(property, skipsAnyOf: false, path.child("properties").key(name))
            }
        }
        for (keyword, words) in Self.forbiddenWhenNested {
            guard let value = schema[keyword], value != .bool(false), value != "", value != [], !value.isNull else {
                continue
            }
            errors.append(.forbidden(path.child(keyword), words))
        }
        if properties["metadata"] != nil {
            errors.append(
                .forbidden(
                    path.child("properties").key("metadata"), "must not be specified in a nested context"))
        }
    }

    /// Whatever a combination speaks of must be part of the schema proper.
    private mutating func checkCompleteness(
        ofCombinationsIn nested: JSONObject, against schema: JSONObject?, _ place: FieldPath, _ path: FieldPath
    ) {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for (index, value) in (nested[keyword]?.array ?? []).enumerated() {
                checkCompleteness(of: value.object, against: schema, place, path.child(keyword).index(index))
            }
        }
        checkCompleteness(of: nested["not"]?.object, against: schema, place, path.child("not"))
    }

    private mutating func checkCompleteness(
        of nested: JSONObject?, against schema: JSONObject?, _ place: FieldPath, _ path: FieldPath
    ) {
        guard let nested else { return }
        guard let schema else {
            errors.append(.required(place, "because it is defined in \(path)"))
            return
        }
        checkCompleteness(ofCombinationsIn: nested, against: schema, place, path)
        checkCompleteness(
            of: nested["items"]?.object, against: schema["items"]?.object, place.child("items"), path.child("items"))
        for (name, value) in nested["properties"]?.object ?? [:] {
            checkCompleteness(
                of: value.object, against: schema["properties"]?[name]?.object, place.child("properties").key(name),
                path.child("properties").key(name))
        }
    }
}

extension JSONObject {
    /// Whether a member is `true`.
    func isTrue(_ name: String) -> Bool { self[name] == .bool(true) }
}
