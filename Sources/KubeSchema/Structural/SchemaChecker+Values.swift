import KubeObjects

// Texts, numbers, lists and objects.
extension SchemaChecker {
    mutating func checkText(_ text: String, _ schema: StructuralSchema) {
        let rules = schema.rules
        // The first of these faults hides the others.
        let length = rules.maxLength != nil || rules.minLength != nil ? text.unicodeScalars.count : 0
        if let maximum = rules.maxLength, length > maximum {
            fail(.tooLong(path, maximum: maximum))
        } else if let minimum = rules.minLength, length < minimum {
            fail(.string(text), "should be at least \(minimum) chars long")
        } else if let pattern = rules.pattern, !pattern.matches(text) {
            fail(.string(text), "should match '\(pattern.source)'")
        } else {
            passed += 1
        }
        let isNumeric = schema.types.contains("number") || schema.types.contains("integer")
        if !rules.format.isEmpty, !isNumeric {
            if StringFormat.matches(text, rules.format) { passed += 1 } else { failType(rules.format, text) }
        }
    }

    mutating func checkNumber(_ value: JSONValue, _ schema: StructuralSchema) {
        let rules = schema.rules
        guard let number = value.double else { return }
        let isInteger = schema.type == "integer"
        if isInteger, !Self.fits(value, rules.format) {
            let format = rules.format.isEmpty ? "(default format)" : "with format \(rules.format)"
            failPlainly("Checked value must be of type integer \(format) in \(path.name)")
        }
        if let factor = rules.multipleOf, factor > 0, !Self.isMultiple(value, of: factor) {
            fail(value, "should be a multiple of \(factor.messageText)")
        }
        if let minimum = rules.minimum, rules.excludesMinimum ? number <= minimum : number < minimum {
            fail(value, "should be greater than \(rules.excludesMinimum ? "" : "or equal to ")\(minimum.messageText)")
        }
        if let maximum = rules.maximum, rules.excludesMaximum ? number >= maximum : number > maximum {
            fail(value, "should be less than \(rules.excludesMaximum ? "" : "or equal to ")\(maximum.messageText)")
        }
        passed += 1
    }

    private static func fits(_ value: JSONValue, _ format: String) -> Bool {
        guard let whole = value.integer else { return false }
        return format != "int32" || Int32(exactly: whole) != nil
    }

    private static func isMultiple(_ value: JSONValue, of factor: Double) -> Bool {
        if case .integer(let whole) = value, let divisor = Int64(exactly: factor) { return whole % divisor == 0 }
        guard let number = value.double else { return true }
        let quotient = factor < 1 ? 1 / factor * number : number / factor
        return (quotient - quotient.rounded()).magnitude < 1e-9 * max(1, quotient.magnitude)
    }

    mutating func checkList(_ elements: [JSONValue], old: JSONValue?, _ schema: StructuralSchema) {
        let rules = schema.rules
        if let items = schema.items {
            let olds = OldElements(old, schema)
            for (index, element) in elements.enumerated() {
                path.append(.index(index))
                check(element, old: olds?.counterpart(of: element), against: items)
                path.removeLast()
            }
        }
        if let minimum = rules.minItems, elements.count < minimum {
            fail(.integer(Int64(elements.count)), "should have at least \(minimum) items")
        }
        if let maximum = rules.maxItems, elements.count > maximum {
            fail(.tooMany(path, count: elements.count, maximum: maximum))
        }
        if rules.hasUniqueItems, Set(elements).count < elements.count {
            fail(nil, "shouldn't contain duplicates")
        }
        passed += 1
    }

    mutating func checkObject(_ members: JSONObject, old: JSONObject?, _ schema: StructuralSchema) {
        let rules = schema.rules
        // Too few or too many members hide what else is wrong here.
        if let minimum = rules.minProperties, members.count < minimum {
            return fail(.integer(Int64(minimum)), "should have at least \(minimum) properties")
        }
        if let maximum = rules.maxProperties, members.count > maximum {
            return fail(.tooMany(path, count: maximum, maximum: maximum))
        }
        switch schema.additionalProperties {
        case .schema(let values):
            for (name, value) in members where schema.properties[name] == nil {
                checkMember(name, value, old: old, against: values)
            }
        case .allowed(false):
            for (name, _) in members where schema.properties[name] == nil {
                fail(
                    .invalid(
                        path, .string(name), "\(path.isRoot ? "" : path.name).\(name) in body is a forbidden property"))
            }
        case .allowed(true), .unspecified: break
        }
        for name in schema.propertyNames {
            guard let value = members[name], let property = schema.properties[name] else { continue }
            checkMember(name, value, old: old, against: property)
        }
        for name in rules.required where members[name] == nil {
            fail(.required(path.child(name)))
        }
    }

    private mutating func checkMember(
        _ name: String, _ value: JSONValue, old: JSONObject?, against schema: StructuralSchema
    ) {
        path.append(.field(name))
        check(value, old: old?[name], against: schema)
        path.removeLast()
    }
}

/// The elements of a map list before an update, to find each element's former self by its keys. In lists of other types
/// elements have none.
struct OldElements {
    private let keys: [String]
    private var elements: [[JSONValue?]: JSONValue] = [:]

    init?(_ old: JSONValue?, _ schema: StructuralSchema) {
        guard case .array(let olds)? = old, schema.listType == "map" else { return nil }
        keys = schema.listMapKeys
        for element in olds {
            let key = keys.map { element[$0] }
            if elements[key] == nil { elements[key] = element }
        }
    }

    func counterpart(of element: JSONValue) -> JSONValue? { elements[keys.map { element[$0] }] }
}
