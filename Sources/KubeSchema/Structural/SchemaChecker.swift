import KubeObjects

/// One walk that holds a value against a schema and collects the faults, as the API server's OpenAPI validation does
/// (kube-openapi, `validation/validate`).
struct SchemaChecker {
    var path: FieldPath
    private(set) var errors: [FieldError] = []
    private var known: Set<FieldError> = []
    /// How many checks were passed; tells which of several alternatives came closest.
    var passed = 0

    init(path: FieldPath) { self.path = path }

    mutating func check(_ value: JSONValue, old: JSONValue?, against schema: StructuralSchema) {
        let before = errors.count
        checkType(of: value, schema)
        if value.isNull {
            checkEnumeration(value, schema.rules)
        } else {
            checkCombinations(value, old: old, schema.rules)
            switch value {
            case .string(let text): checkText(text, schema)
            case .integer, .double: checkNumber(value, schema)
            case .array(let elements): checkList(elements, old: old, schema)
            default: break
            }
            checkEnumeration(value, schema.rules)
            if case .object(let members) = value { checkObject(members, old: old?.object, schema) }
        }
        passed += 1
        if errors.count > before, let old, old == value {
            known.subtract(errors[before...])
            errors.removeSubrange(before...)
        }
    }

    /// Notes a fault once.
    mutating func fail(_ error: FieldError) {
        if known.insert(error).inserted { errors.append(error) }
    }

    /// A fault at the current place, with the path and ` in body ` before its words.
    mutating func fail(_ value: JSONValue?, _ words: String) {
        fail(.invalid(path, value ?? "", "\(path.name) in body \(words)"))
    }

    mutating func failType(_ expected: String, _ found: String) {
        fail(.typeInvalid(path, .string(found), "\(path.name) in body must be of type \(expected): \(found.quoted)"))
    }

    // MARK: - Types

    private mutating func checkType(of value: JSONValue, _ schema: StructuralSchema) {
        let types = schema.types
        let format = schema.rules.format
        guard !types.isEmpty || !format.isEmpty else { return }
        if value.isNull {
            if types.isEmpty || schema.isNullable {
                passed += 1
            } else {
                failType(types.joined(separator: ","), "null")
            }
            return
        }
        let (found, foundFormat) = Self.typeAndFormat(of: value)
        let isWholeDouble = found == "number" && value.integer != nil && types.contains("integer")
        let fits = types.contains(found) || isWholeDouble || (found == "integer" && types.contains("number"))
        let isText = found == "string" || found == "array"
        if !isText, !format.isEmpty, !fits, format != foundFormat { return failType(format, foundFormat) }
        let isNumeric = types.contains("number") || types.contains("integer")
        if fits || (!isNumeric && !format.isEmpty && isText) {
            passed += 1
        } else {
            failType(types.joined(separator: ","), found)
        }
    }

    private static func typeAndFormat(of value: JSONValue) -> (type: String, format: String) {
        switch value {
        case .integer: ("integer", "int64")
        case .double: ("number", "float64")
        default: (value.typeName, "")
        }
    }

    private mutating func checkEnumeration(_ value: JSONValue, _ rules: ValueRules) {
        if rules.enumeration.isEmpty || rules.enumeration.contains(where: { $0.isEquivalent(to: value) }) { return }
        let allowed = rules.enumeration.map { $0.string ?? $0.compactText }
        fail(.notSupported(path, value, supported: allowed))
    }

    // MARK: - Combinations

    private mutating func checkCombinations(_ value: JSONValue, old: JSONValue?, _ rules: ValueRules) {
        if !rules.anyOf.isEmpty { checkAnyOf(value, old: old, rules.anyOf) }
        if !rules.oneOf.isEmpty { checkOneOf(value, old: old, rules.oneOf) }
        if !rules.allOf.isEmpty {
            let trials = rules.allOf.map { trial(value, old: old, $0) }
            for result in trials { merge(result) }
            let valid = trials.count { $0.errors.isEmpty }
            if valid != trials.count {
                let addition = valid == 0 ? ". None validated" : ""
                failPlainly("\(path.name.quoted) must validate all the schemas (allOf)\(addition)")
            }
        }
        if let not = rules.not, trial(value, old: old, not).errors.isEmpty {
            failPlainly("\(path.name.quoted) must not validate the schema (not)")
        }
    }

    private mutating func checkAnyOf(_ value: JSONValue, old: JSONValue?, _ schemas: [StructuralSchema]) {
        var closest: SchemaChecker?
        for schema in schemas {
            let result = trial(value, old: old, schema)
            if result.errors.isEmpty { return merge(result) }
            if result.passed > (closest?.passed ?? -1) { closest = result }
        }
        failPlainly("\(path.name.quoted) must validate at least one schema (anyOf)")
        if let closest { merge(closest) }
    }

    private mutating func checkOneOf(_ value: JSONValue, old: JSONValue?, _ schemas: [StructuralSchema]) {
        let trials = schemas.map { trial(value, old: old, $0) }
        let valid = trials.filter(\.errors.isEmpty)
        if valid.count == 1 { return merge(valid[0]) }
        let found = valid.isEmpty ? "Found none valid" : "Found \(valid.count) valid alternatives"
        failPlainly("\(path.name.quoted) must validate one and only one schema (oneOf). \(found)")
        guard valid.isEmpty else { return }
        var closest: SchemaChecker?
        for result in trials where result.passed > (closest?.passed ?? -1) { closest = result }
        if let closest { merge(closest) }
    }

    private func trial(_ value: JSONValue, old: JSONValue?, _ schema: StructuralSchema) -> SchemaChecker {
        var checker = SchemaChecker(path: path)
        checker.check(value, old: old, against: schema)
        return checker
    }

    private mutating func merge(_ other: SchemaChecker) {
        for error in other.errors { fail(error) }
        passed += other.passed
    }

    /// A fault that the server reports for the object as a whole.
    mutating func failPlainly(_ text: String) { fail(.invalid(.root, "", text)) }
}
