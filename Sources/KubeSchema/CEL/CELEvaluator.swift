/// Runs an expression. Every step costs; what becomes too expensive ends.
struct CELEvaluator {
    /// What is left to spend.
    private(set) var budget: Int
    private var variables: [(name: String, value: CELValue)]
    /// Names with a dot that stand for values or, once asked for, for what an expression comes to.
    private var qualified: [String: Qualified] = [:]
    /// How many variables are not those of comprehensions.
    private var globalCount: Int
    /// What the expressions behind names have cost so far; each has a budget of its own.
    private(set) var qualifiedCost = 0

    /// What one run of one rule may cost (apiserver, `PerCallLimit`).
    static let callLimit = 1_000_000

    /// What a name with a dot, such as `variables.x`, stands for.
    enum Qualified: Sendable {
        case expression(CELExpression)
        case value(CELValue)
        case failure(CELRuntimeError)
    }

    init(
        variables: [(name: String, value: CELValue)], qualified: [String: Qualified] = [:], budget: Int = callLimit
    ) {
        self.variables = variables
        self.qualified = qualified
        self.budget = budget
        globalCount = variables.count
    }

    /// Allows as much again for another expression over the same variables.
    mutating func refill(_ budget: Int) { self.budget = budget }

    private mutating func spend(_ cost: Int) throws(CELRuntimeError) {
        budget -= cost
        if budget < 0 { throw .costExceeded }
    }

    mutating func evaluate(_ expression: CELExpression) throws(CELRuntimeError) -> CELValue {
        switch expression.kind {
        case .literal(let value): return value
        case .identifier(let name):
            try spend(1)
            if let found = variables.last(where: { $0.name == name }) { return found.value }
            if let type = Self.typeNames[name] { return .type(type) }
            throw CELRuntimeError(message: "no such attribute(s): \(name)")
        case .select(let operand, let field, let isOptional):
            try spend(1)
            if let value = try value(ofQualified: operand.qualifiedName(with: field)) {
                return isOptional ? .optional(value) : value
            }
            return try select(field, of: try evaluate(operand), isOptional: isOptional)
        case .test(let operand, let field):
            try spend(1)
            if !qualified.isEmpty, let name = operand.qualifiedName(with: field), qualified[name] != nil {
                return .bool(true)
            }
            guard let value = try evaluate(operand).unwrapped else { return .bool(false) }
            guard value.isMapLike else { throw .noSuchOverload }
            return .bool(value.member(field) != nil)
        case .call(let name, let target, let arguments): return try call(name, target, arguments)
        case .list(let elements): return try list(elements)
        case .map(let entries): return try map(entries)
        case .comprehension(let comprehension): return try evaluate(comprehension)
        case .bind(let name, let value, let body):
            variables.append((name, try evaluate(value)))
            defer { variables.removeLast() }
            return try evaluate(body)
        }
    }

    private static let typeNames: [String: String] = [
        "int": "int", "uint": "uint", "double": "double", "bool": "bool", "string": "string", "bytes": "bytes",
        "list": "list", "map": "map", "null_type": "null_type", "type": "type", "optional_type": "optional_type",
    ]

    /// The value of a name with a dot; nil if there is none of this name.
    private mutating func value(ofQualified name: @autoclosure () -> String?) throws(CELRuntimeError) -> CELValue? {
        guard !qualified.isEmpty, let name = name(), let found = qualified[name] else { return nil }
        switch found {
        case .value(let value): return value
        case .failure(let error): throw error
        case .expression(let expression):
            // It sees none of the variables of the comprehensions around it.
            let locals = variables[globalCount...]
            let rest = budget
            variables.removeSubrange(globalCount...)
            budget = Self.callLimit
            defer {
                qualifiedCost += Self.callLimit - budget
                budget = rest
                variables += locals
            }
            do throws(CELRuntimeError) {
                let value = try evaluate(expression)
                qualified[name] = .value(value)
                return value
            } catch {
                let short = name.drop { $0 != "." }.dropFirst()
                let failure = CELRuntimeError(
                    message: "composited variable \"\(short)\" fails to evaluate: \(error.message)")
                qualified[name] = .failure(failure)
                throw failure
            }
        }
    }

    private func select(
        _ field: CELFieldName, of operand: CELValue, isOptional: Bool
    ) throws(CELRuntimeError) -> CELValue {
        if case .optional(let inner) = operand {
            guard let inner else { return .optional(nil) }
            return .optional(inner.member(field))
        }
        guard operand.isMapLike else { throw .noSuchOverload }
        let found = operand.member(field)
        if isOptional { return .optional(found) }
        guard let found else { throw .noSuchKey(field.text) }
        return found
    }

    // MARK: - Calls

    private mutating func call(
        _ name: String, _ target: CELExpression?, _ arguments: [CELExpression]
    ) throws(CELRuntimeError) -> CELValue {
        switch name {
        case "_&&_": return try connect(arguments, decisive: false)
        case "_||_": return try connect(arguments, decisive: true)
        case "_?_:_":
            guard case .bool(let condition) = try evaluate(arguments[0]) else { throw .noSuchOverload }
            return try evaluate(arguments[condition ? 1 : 2])
        default: break
        }
        var values: [CELValue] = []
        values.reserveCapacity(arguments.count + 1)
        if let target { values.append(try evaluate(target)) }
        for argument in arguments { values.append(try evaluate(argument)) }
        guard let function = CELFunction.all[name] else {
            throw CELRuntimeError(message: "no such overload: \(name)")
        }
        try spend(1 + function.cost(values))
        let isMethod = target != nil
        guard function.signatures.contains(where: { $0.isMethod == isMethod && $0.parameters.count == values.count }),
            let result = try function.body(values)
        else { throw .noSuchOverload }
        return result
    }

    /// `&&` and `||`: one side that decides makes up for an error on the other.
    private mutating func connect(_ arguments: [CELExpression], decisive: Bool) throws(CELRuntimeError) -> CELValue {
        try spend(1)
        var failure: CELRuntimeError?
        for argument in arguments {
            do throws(CELRuntimeError) {
                guard case .bool(let value) = try evaluate(argument) else { throw CELRuntimeError.noSuchOverload }
                if value == decisive { return .bool(decisive) }
            } catch {
                if error.isCostExceeded { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }

    private mutating func list(_ elements: [CELExpression.ListElement]) throws(CELRuntimeError) -> CELValue {
        try spend(CELCost.list)
        var values: [CELValue] = []
        for element in elements {
            let value = try evaluate(element.value)
            if !element.isOptional {
                values.append(value)
            } else if case .optional(let inner) = value {
                if let inner { values.append(inner) }
            } else {
                throw CELRuntimeError(message: "cannot initialize optional list element from non-optional value")
            }
        }
        return .list(CELList(elements: values))
    }

    private mutating func map(_ entries: [CELExpression.MapEntry]) throws(CELRuntimeError) -> CELValue {
        try spend(CELCost.map)
        var map = CELMap()
        for entry in entries {
            let key = try evaluate(entry.key)
            var value = try evaluate(entry.value)
            if entry.isOptional {
                guard case .optional(let inner) = value else {
                    throw CELRuntimeError(
                        message: "cannot initialize optional entry '\(key.keyText)' from non-optional value")
                }
                guard let inner else { continue }
                value = inner
            }
            guard let hashed = CELKey(key) else { throw CELRuntimeError(message: "unsupported key type") }
            guard map.add(key, hashed, value) else {
                throw CELRuntimeError(message: "Failed with repeated key: \(key.keyText)")
            }
        }
        return .map(map)
    }
}

// Comprehensions.
extension CELEvaluator {
    private mutating func evaluate(_ comprehension: CELComprehension) throws(CELRuntimeError) -> CELValue {
        let range = try evaluate(comprehension.range)
        guard let members = range.members else { throw .noSuchOverload }
        let isList = if case .list = range { true } else { false }
        switch comprehension.macro {
        case .all, .exists:
            return try quantify(comprehension, members, isList, decisive: comprehension.macro == .exists)
        case .existsOne:
            var count = 0
            for member in members where try passes(comprehension, member, isList) { count += 1 }
            return .bool(count == 1)
        case .filter, .map, .transformList: return try collect(comprehension, members, isList)
        case .transformMap:
            var result = CELMap()
            for member in members where try passes(comprehension, member, isList) {
                guard let key = CELKey(member.key) else { throw .noSuchOverload }
                _ = result.add(member.key, key, try transform(comprehension, member, isList) ?? member.value)
            }
            return .map(result)
        }
    }

    private mutating func quantify(
        _ comprehension: CELComprehension, _ members: [(key: CELValue, value: CELValue)], _ isList: Bool, decisive: Bool
    ) throws(CELRuntimeError) -> CELValue {
        var failure: CELRuntimeError?
        for member in members {
            do throws(CELRuntimeError) {
                if try passes(comprehension, member, isList) == decisive { return .bool(decisive) }
            } catch {
                if error.isCostExceeded { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(!decisive)
    }

    private mutating func collect(
        _ comprehension: CELComprehension, _ members: [(key: CELValue, value: CELValue)], _ isList: Bool
    ) throws(CELRuntimeError) -> CELValue {
        try spend(CELCost.list)
        var result: [CELValue] = []
        for member in members where try passes(comprehension, member, isList) {
            result.append(try transform(comprehension, member, isList) ?? (isList ? member.value : member.key))
        }
        return .list(CELList(elements: result))
    }

    private mutating func passes(
        _ comprehension: CELComprehension, _ member: (key: CELValue, value: CELValue), _ isList: Bool
    ) throws(CELRuntimeError) -> Bool {
        try spend(1)
        guard let predicate = comprehension.predicate else { return true }
        guard case .bool(let value) = try evaluate(predicate, comprehension, member, isList) else {
            throw .noSuchOverload
        }
        return value
    }

    private mutating func transform(
        _ comprehension: CELComprehension, _ member: (key: CELValue, value: CELValue), _ isList: Bool
    ) throws(CELRuntimeError) -> CELValue? {
        guard let transform = comprehension.transform else { return nil }
        return try evaluate(transform, comprehension, member, isList)
    }

    /// An expression with the comprehension's variables set to a member: of a list the element, of a map the key; with
    /// two variables index and element, key and value.
    private mutating func evaluate(
        _ expression: CELExpression, _ comprehension: CELComprehension, _ member: (key: CELValue, value: CELValue),
        _ isList: Bool
    ) throws(CELRuntimeError) -> CELValue {
        let count = variables.count
        defer { variables.removeSubrange(count...) }
        if let second = comprehension.secondVariable {
            variables.append((comprehension.variable, member.key))
            variables.append((second, member.value))
        } else {
            variables.append((comprehension.variable, isList ? member.value : member.key))
        }
        return try evaluate(expression)
    }
}
