import KubeObjects

/// Finds the types of an expression's parts and what cannot work, before anything runs.
struct CELChecker {
    private var variables: [(name: String, type: CELType)]
    private(set) var issues: [CELCompilationError.Issue] = []
    /// Whether lists and maps may mix types: among the arguments of `format`.
    private var allowsMixing = false

    init(variables: [(name: String, type: CELType)]) { self.variables = variables }

    /// The expression's type; `dyn` where something is wrong, so that one fault is told once.
    mutating func check(_ expression: CELExpression) -> CELType {
        switch expression.kind {
        case .literal(let value): return Self.type(of: value)
        case .identifier(let name):
            if let found = variables.last(where: { $0.name == name }) { return found.type }
            if Self.typeNames.contains(name) { return .type }
            return fail(expression, "undeclared reference to '\(name)' (in container '')")
        case .select(let operand, let field, let isOptional):
            return select(field, of: operand, at: expression, isOptional: isOptional)
        case .test(let operand, let field):
            _ = select(field, of: operand, at: expression, isOptional: false)
            return .bool
        case .call(let name, let target, let arguments): return call(name, target, arguments, expression)
        case .list(let elements): return list(elements)
        case .map(let entries): return map(entries)
        case .comprehension(let comprehension): return check(comprehension)
        case .bind(let name, let value, let body):
            variables.append((name, check(value)))
            defer { variables.removeLast() }
            return check(body)
        }
    }

    private static let typeNames: Set<String> = [
        "int", "uint", "double", "bool", "string", "bytes", "list", "map", "null_type", "type", "optional_type",
    ]

    private mutating func fail(_ expression: CELExpression, _ message: String) -> CELType {
        let issue = CELCompilationError.Issue(position: expression.position, message: message)
        if !issues.contains(issue) { issues.append(issue) }
        return .dyn
    }

    private static func type(of literal: CELValue) -> CELType {
        switch literal {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        default: .dyn
        }
    }

    // MARK: - Fields

    private mutating func select(
        _ field: CELFieldName, of operand: CELExpression, at place: CELExpression, isOptional: Bool
    ) -> CELType {
        // `variables.x` and `authorizer.requestResource` are names of their own.
        if !isOptional, let name = operand.qualifiedName(with: field),
            let found = variables.last(where: { $0.name == name })
        {
            return found.type
        }
        let type = check(operand)
        if case .optional(let inner) = type {
            let found = member(field, of: inner, place)
            return if case .optional = found { found } else { .optional(found) }
        }
        let found = member(field, of: type, place)
        return isOptional ? .optional(found) : found
    }

    private mutating func member(_ field: CELFieldName, of type: CELType, _ place: CELExpression) -> CELType {
        switch type {
        case .dyn, .parameter: return .dyn
        case .map(_, let value): return value
        case .object(let schema):
            if let property = field.property, let found = Self.type(ofField: property, in: schema) { return found }
            return fail(place, "undefined field '\(field.text)'")
        default: return fail(place, "type '\(type.text)' does not support field selection")
        }
    }

    private static let metadata = StructuralSchema(compiling: [
        "type": "object",
        "properties": ["name": ["type": "string"], "generateName": ["type": "string"]],
    ])

    /// The type of a property that expressions can see. Of a resource's metadata they see the names.
    private static func type(ofField field: String, in schema: StructuralSchema) -> CELType? {
        if schema.isResource {
            switch field {
            case "apiVersion", "kind": return .string
            case "metadata": return .object(metadata)
            default: break
            }
        }
        guard let property = schema.properties[field], CELFieldName.isAccessible(field) else { return nil }
        return CELType(property)
    }

    // MARK: - Calls

    private mutating func call(
        _ name: String, _ target: CELExpression?, _ arguments: [CELExpression], _ expression: CELExpression
    ) -> CELType {
        var types: [CELType] = []
        if let target { types.append(check(target)) }
        let outer = allowsMixing
        if name == "format" { allowsMixing = true }
        for argument in arguments { types.append(check(argument)) }
        allowsMixing = outer
        switch name {
        case "_&&_", "_||_":
            if types.allSatisfy({ $0 == .bool || $0 == .dyn }) { return .bool }
            return noOverload(name, target, types, expression)
        case "_?_:_":
            var known: [String: CELType] = [:]
            if CELType.bool.accepts(types[0], &known), types[1].accepts(types[2], &known) {
                return types[1] == .dyn || types[1] == .null ? types[2] : types[1]
            }
            return noOverload(name, target, types, expression)
        default: break
        }
        guard let function = CELFunction.all[name] else {
            return fail(expression, "undeclared reference to '\(name)' (in container '')")
        }
        var results: [CELType] = []
        for signature in function.signatures where signature.isMethod == (target != nil) {
            var known: [String: CELType] = [:]
            guard signature.parameters.count == types.count,
                zip(signature.parameters, types).allSatisfy({ $0.accepts($1, &known) })
            else { continue }
            results.append(signature.result.substituting(known))
        }
        guard let first = results.first else { return noOverload(name, target, types, expression) }
        return results.allSatisfy { $0 == first } ? first : .dyn
    }

    private mutating func noOverload(
        _ name: String, _ target: CELExpression?, _ types: [CELType], _ expression: CELExpression
    ) -> CELType {
        let texts = types.map(\.text)
        let applied =
            target == nil
            ? "(\(texts.joined(separator: ", ")))" : "\(texts[0]).(\(texts.dropFirst().joined(separator: ", ")))"
        return fail(expression, "found no matching overload for '\(name)' applied to '\(applied)'")
    }

    // MARK: - Aggregates

    private mutating func list(_ elements: [CELExpression.ListElement]) -> CELType {
        var common: CELType?
        for element in elements {
            var type = check(element.value)
            if element.isOptional, case .optional(let inner) = type { type = inner }
            common = join(common, type, element.value)
        }
        return .list(common ?? .dyn)
    }

    private mutating func map(_ entries: [CELExpression.MapEntry]) -> CELType {
        var keys: CELType?
        var values: CELType?
        for entry in entries {
            // No list and no map can be a key: of what it is made does not matter, and were it told, a map that has the
            // same one as key and value would have a type of twice the size, and so on for each that holds it.
            let key = check(entry.key)
            keys = join(keys, key.isAggregate ? .dyn : key, entry.key)
            var type = check(entry.value)
            if entry.isOptional, case .optional(let inner) = type { type = inner }
            values = join(values, type, entry.value)
        }
        return .map(keys ?? .dyn, values ?? .dyn)
    }

    /// Elements are of one type.
    private mutating func join(_ common: CELType?, _ type: CELType, _ place: CELExpression) -> CELType {
        guard let common else { return type }
        if common == .dyn { return .dyn }
        var known: [String: CELType] = [:]
        if common.accepts(type, &known) { return common }
        if allowsMixing { return .dyn }
        return fail(place, "expected type '\(common.text)' but found '\(type.text)'")
    }

    private mutating func check(_ comprehension: CELComprehension) -> CELType {
        let range = check(comprehension.range)
        guard let (first, second) = Self.variables(of: comprehension, over: range) else {
            return fail(
                comprehension.range,
                "expression of type '\(range.text)' cannot be range of a comprehension (must be list, map, or dynamic)")
        }
        let count = variables.count
        defer { variables.removeSubrange(count...) }
        variables.append((comprehension.variable, first))
        if let name = comprehension.secondVariable { variables.append((name, second)) }
        if let predicate = comprehension.predicate {
            let type = check(predicate)
            if type != .bool, type != .dyn {
                return fail(predicate, "expected type 'bool' but found '\(type.text)'")
            }
        }
        let result = comprehension.transform.map { check($0) }
        switch comprehension.macro {
        case .all, .exists, .existsOne: return .bool
        case .filter: return range == .dyn ? .dyn : .list(first)
        case .map, .transformList: return .list(result ?? .dyn)
        case .transformMap: return .map(comprehension.secondVariable == nil ? .dyn : first, result ?? .dyn)
        }
    }

    /// What the variables of a comprehension are; nil if nothing can be walked so.
    static func variables(of comprehension: CELComprehension, over range: CELType) -> (first: CELType, second: CELType)?
    {
        switch range {
        case .list(let element): (comprehension.secondVariable == nil ? element : .int, element)
        case .map(let key, let value): (key, value)
        case .dyn: (.dyn, .dyn)
        default: nil
        }
    }

    /// Adds a variable, which hides others of its name.
    mutating func declare(_ name: String, _ type: CELType) { variables.append((name, type)) }
}
