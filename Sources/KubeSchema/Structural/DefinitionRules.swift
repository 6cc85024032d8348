import KubeObjects

/// The rules for schemas in resource definitions beside being structural (apiextensions-apiserver,
/// `ValidateCustomResourceDefinitionOpenAPISchema`).
struct DefinitionRules {
    /// Where in the schema a walk is.
    struct Context {
        var isRoot = false
        /// Inside of `apiVersion`, `kind` or `metadata` of a resource.
        var isInsideMetadata = false
        /// Why defaults are not allowed here; nil where they are.
        var forbiddenDefaults: String?
        /// The outermost node from which old and new values cannot be told to belong together.
        var uncorrelatable: FieldPath?
    }

    private(set) var errors: [FieldError] = []

    mutating func check(_ schema: JSONObject, at path: FieldPath, _ context: Context) {
        checkKeywords(schema, path, context)
        checkChildren(schema, path, context)
        checkKubernetesTypes(schema, path)
        checkRules(schema, path)
    }

    private mutating func forbid(_ path: FieldPath, _ words: String) { errors.append(.forbidden(path, words)) }
    private mutating func refuse(_ path: FieldPath, _ value: JSONValue, _ words: String) {
        errors.append(.invalid(path, value, words))
    }

    private static let types = ["array", "boolean", "integer", "number", "object", "string"]
    private static let unsupported = [
        "id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref",
    ]

    private mutating func checkKeywords(_ schema: JSONObject, _ path: FieldPath, _ context: Context) {
        if let type = schema["type"]?.string, !type.isEmpty, !Self.types.contains(type) {
            errors.append(.notSupported(path.child("type"), .string(type), supported: Self.types))
            if type == "null" {
                forbid(path.child("type"), "type cannot be set to null, use nullable as an alternative")
            }
        }
        if schema["default"] != nil, let reason = context.forbiddenDefaults {
            forbid(path.child("default"), "must not be set \(reason)")
        }
        for keyword in Self.unsupported where schema[keyword] != nil && schema[keyword] != "" {
            forbid(path.child(keyword), "\(keyword) is not supported")
        }
        if case .array? = schema["items"] {
            forbid(path.child("items"), "items must be a schema object and not an array")
        }
        if context.isInsideMetadata, schema.isTrue("x-kubernetes-embedded-resource") {
            forbid(path.child("x-kubernetes-embedded-resource"), "must not be used inside of resource meta")
        }
        if schema.isTrue("uniqueItems") {
            forbid(
                path.child("uniqueItems"),
                "uniqueItems cannot be set to true since the runtime complexity becomes quadratic")
        }
        if let additional = schema["additionalProperties"], additional != .bool(true),
            schema["properties"]?.object?.isEmpty == false
        {
            forbid(
                path.child("additionalProperties"), "additionalProperties and properties are mutual exclusive")
        }
        if schema["x-kubernetes-preserve-unknown-fields"] == .bool(false) {
            refuse(path.child("x-kubernetes-preserve-unknown-fields"), false, "must be true or undefined")
        }
    }

    private mutating func checkChildren(_ schema: JSONObject, _ path: FieldPath, _ context: Context) {
        var below = context
        below.isRoot = false
        if let values = schema["additionalProperties"]?.object {
            var inner = below
            if context.isInsideMetadata {
                inner.forbiddenDefaults = "inside additionalProperties applying to object metadata"
            }
            check(values, at: path.child("additionalProperties"), inner)
        }
        let isResource = context.isRoot || schema.isTrue("x-kubernetes-embedded-resource")
        for (name, value) in schema["properties"]?.object ?? [:] {
            guard let property = value.object else { continue }
            var inner = below
            if schema["x-kubernetes-map-type"] == "atomic" { inner.uncorrelatable = inner.uncorrelatable ?? path }
            if isResource, ["apiVersion", "kind", "metadata"].contains(name) {
                inner.isInsideMetadata = true
                if context.isRoot { inner.forbiddenDefaults = "in top-level \(name)" }
            }
            check(property, at: path.child("properties").key(name), inner)
        }
        if let not = schema["not"]?.object { check(not, at: path.child("not"), below) }
        for keyword in ["allOf", "oneOf", "anyOf"] {
            for (index, value) in (schema[keyword]?.array ?? []).enumerated() {
                if let nested = value.object { check(nested, at: path.child(keyword).index(index), below) }
            }
        }
        if let items = schema["items"]?.object {
            var inner = below
            if schema["x-kubernetes-list-type"] != "map" { inner.uncorrelatable = inner.uncorrelatable ?? path }
            check(items, at: path.child("items"), inner)
        }
    }
}

// `x-kubernetes-list-type`, `x-kubernetes-map-type` and `x-kubernetes-validations`.
extension DefinitionRules {
    private mutating func requireType(_ type: String, for keyword: String, _ schema: JSONObject, _ path: FieldPath) {
        let found = schema["type"]?.string ?? ""
        guard found != type else { return }
        let words = "must be \(type) if \(keyword) is specified"
        errors.append(
            found.isEmpty
                ? .required(path.child("type"), words) : .invalid(path.child("type"), .string(found), words))
    }

    private mutating func checkKubernetesTypes(_ schema: JSONObject, _ path: FieldPath) {
        if let mapType = schema["x-kubernetes-map-type"]?.string {
            requireType("object", for: "x-kubernetes-map-type", schema, path)
            if mapType != "atomic", mapType != "granular" {
                let place = path.child("x-kubernetes-map-type")
                errors.append(.notSupported(place, .string(mapType), supported: ["atomic", "granular"]))
            }
        }
        let listType = schema["x-kubernetes-list-type"]?.string
        let items = schema["items"]?.object
        if let listType {
            requireType("array", for: "x-kubernetes-list-type", schema, path)
            if !["atomic", "set", "map"].contains(listType) {
                let place = path.child("x-kubernetes-list-type")
                errors.append(.notSupported(place, .string(listType), supported: ["atomic", "set", "map"]))
            }
            if listType == "set", let items { checkSetItems(items, path.child("items")) }
        }
        let keys = schema["x-kubernetes-list-map-keys"]?.array?.compactMap(\.string) ?? []
        if !keys.isEmpty, listType != "map" {
            let place = path.child("x-kubernetes-list-type")
            let words = "must be map if x-kubernetes-list-map-keys is non-empty"
            errors.append(listType.map { .invalid(place, .string($0), words) } ?? .required(place, words))
        }
        if listType == "map" { checkMapList(items, keys, path) }
        if let items, let listType, listType == "set" || listType == "map", items.isTrue("nullable") {
            forbid(
                path.child("items", "nullable"), "cannot be nullable when x-kubernetes-list-type is \(listType)")
        }
    }

    private mutating func checkSetItems(_ items: JSONObject, _ path: FieldPath) {
        let words = "must be atomic as item of a list with x-kubernetes-list-type=set"
        switch items["type"] {
        case "array":
            if let kind = items["x-kubernetes-list-type"], kind != "atomic" {
                refuse(path.child("x-kubernetes-list-type"), kind, words)
            }
        case "object":
            if items["x-kubernetes-map-type"] != "atomic" {
                refuse(path.child("x-kubernetes-map-type"), items["x-kubernetes-map-type"] ?? .null, words)
            }
        default: break
        }
    }

    private mutating func checkMapList(_ items: JSONObject?, _ keys: [String], _ path: FieldPath) {
        let place = path.child("x-kubernetes-list-map-keys")
        if keys.isEmpty {
            errors.append(.required(place, "must not be empty if x-kubernetes-list-type is map"))
        }
        guard let items else {
            errors.append(
                .required(path.child("items"), "must have a schema if x-kubernetes-list-type is map"))
            return
        }
        guard items["type"] == "object" else {
            return refuse(
                path.child("items", "type"), items["type"] ?? "",
                "must be object if parent array's x-kubernetes-list-type is map")
        }
        let allKeys = JSONValue.array(keys.map(JSONValue.string))
        let required = Set(items["required"]?.array?.compactMap(\.string) ?? [])
        for (index, key) in keys.enumerated() {
            let keyPath = path.child("items", "properties").key(key)
            if keys[..<index].contains(key) { refuse(place, allKeys, "must not contain duplicate entries") }
            guard let property = items["properties"]?[key] else {
                refuse(place, allKeys, "entries must all be names of item properties")
                continue
            }
            if property["type"] == "array" || property["type"] == "object" {
                refuse(
                    keyPath.child("type"), "object",
                    "must be a scalar type if parent array's x-kubernetes-list-type is map"
                )
            }
            if !required.contains(key), property["default"] == nil {
                errors.append(
                    .required(
                        keyPath.child("default"),
                        "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required "
                            + "property"))
            }
            if property["nullable"] == .bool(true) {
                forbid(
                    keyPath.child("nullable"),
                    "this property is in x-kubernetes-list-map-keys, so it cannot be nullable")
            }
        }
    }

    private static let reasons = [
        "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired",
    ]

    private mutating func checkRules(_ schema: JSONObject, _ path: FieldPath) {
        for (index, value) in (schema["x-kubernetes-validations"]?.array ?? []).enumerated() {
            let place = path.child("x-kubernetes-validations").index(index)
            let rule = ValidationRule(value)
            checkWords(of: rule, place)
            if !rule.reason.isEmpty, !Self.reasons.contains(rule.reason) {
                errors.append(.notSupported(place.child("reason"), .string(rule.reason), supported: Self.reasons))
            }
            if !rule.fieldPath.isEmpty, rule.fieldPath.isBlank {
                refuse(
                    place.child("fieldPath"), .string(rule.fieldPath), "fieldPath must be non-empty if specified")
            } else if rule.fieldPath.contains(where: \.isNewline) {
                refuse(place.child("fieldPath"), .string(rule.fieldPath), "fieldPath must not contain line breaks")
            }
        }
    }

    private mutating func checkWords(of rule: ValidationRule, _ place: FieldPath) {
        if rule.rule.isBlank {
            errors.append(.required(place.child("rule"), "rule is not specified"))
        } else if !rule.message.isEmpty, rule.message.isBlank {
            refuse(place.child("message"), .string(rule.message), "message must be non-empty if specified")
        } else if rule.message.trimmingBlanks.contains(where: \.isNewline) {
            refuse(place.child("message"), .string(rule.message), "message must not contain line breaks")
        } else if rule.rule.trimmingBlanks.contains(where: \.isNewline), rule.message.isBlank {
            errors.append(
                .required(place.child("message"), "message must be specified if rule contains line breaks"))
        }
        if !rule.messageExpression.isEmpty, rule.messageExpression.isBlank {
            errors.append(
                .required(
                    place.child("messageExpression"), "messageExpression must be non-empty if specified"))
        }
    }
}

extension String {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
