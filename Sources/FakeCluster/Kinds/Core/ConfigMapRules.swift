import KubeObjects
import KubeSchema

/// `v1` ConfigMaps.
struct ConfigMapRules: KindRules {
    private static let maxBytes = 1024 * 1024

    var table: TableConvention { .configMaps }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let data = object.value.map("data")
        let binary = object.value.map("binaryData")
        var errors: [FieldError] = []
        var size = 0
        for (key, value) in data {
            let path = FieldPath("data").key(key)
            errors += NameValidation.configMapKey(key).map { .invalid(path, .string(key), $0) }
            if binary[key] != nil {
                errors.append(.invalid(path, .string(key), "duplicate of key present in binaryData"))
            }
            size += value.string?.utf8.count ?? 0
        }
        for (key, value) in binary {
            errors += NameValidation.configMapKey(key).map {
                .invalid(FieldPath("binaryData").key(key), .string(key), $0)
            }
            size += (value.string?.utf8.count ?? 0) / 4 * 3
        }
        // The server names no field here, and prints that as an empty key.
        if size > Self.maxBytes { errors.append(.tooLong(FieldPath.root.key(""), maximum: Self.maxBytes)) }
        return errors
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        ImmutableDataRule.check(object, old: old, fields: ["data", "binaryData"]) + validate(object, context)
    }
}

/// The rule of `immutable: true`, which ConfigMaps and Secrets share (KEP-1412).
enum ImmutableDataRule {
    private static let message = "field is immutable when `immutable` is set"

    /// The faults of a change to an object that said it would not change.
    static func check(_ object: KubeObject, old: KubeObject, fields: [String]) -> [FieldError] {
        guard old["immutable"] == true else { return [] }
        var errors: [FieldError] = []
        if object["immutable"] != true { errors.append(.forbidden(FieldPath("immutable"), message)) }
        for field in fields where object[field] != old[field] {
            errors.append(.forbidden(FieldPath(field), message))
        }
        return errors
    }
}
