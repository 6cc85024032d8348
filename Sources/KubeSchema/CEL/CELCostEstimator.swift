/// What an expression can cost at most, before anything runs (cel-go, `checker/cost.go`, with the macros as they are
/// expanded there). A checked expression only.
struct CELCostEstimator {
    /// The size of what `self` and `oldSelf` are.
    let root: CELSizedType
    private var checker: CELChecker
    private var locals: [(name: String, value: Local)] = []

    /// Where in the object a value is.
    enum Place {
        /// Nowhere: it was made.
        case none
        /// There; nil is where the schema does not reach.
        case at(CELSizedType?)
    }

    private struct Local {
        var place: Place
        var size: CELEstimate?
        var element: CELEstimate?
    }

    /// What is known of a part of an expression.
    struct Part {
        let expression: CELExpression
        var cost: CELEstimate
        var place = Place.none
        /// The size that is known of what was made.
        var madeSize: CELEstimate?
        /// The size of what a variable stands for.
        var boundSize: CELEstimate?
        /// The size of the elements of what was made.
        var element: CELEstimate?
    }

    /// - Parameter variables: their types; all of them are what the rule is about.
    init(root: CELSizedType, variables: [(name: String, type: CELType)]) {
        self.root = root
        checker = CELChecker(variables: variables)
    }

    /// The most that the expression can cost, in the units of cel-go.
    mutating func cost(of expression: CELExpression) -> UInt64 { estimate(expression).cost.most }

    mutating func estimate(_ expression: CELExpression) -> Part {
        var part = Part(expression: expression, cost: .nothing)
        switch expression.kind {
        case .literal(let value): part.madeSize = Self.size(of: value)
        case .identifier(let name):
            let local = locals.last { $0.name == name }?.value
            part.cost = CELEstimate(1)
            part.place = local?.place ?? .at(root)
            part.boundSize = local?.size
            part.element = local?.element
        case .select(let operand, let field, let isOptional):
            let base = estimate(operand)
            part.cost = base.cost
            if isOptional || Self.hasFields(type(of: operand)) { part.cost += CELEstimate(1) }
            if !isOptional { part.place = step(from: base.place) { $0.fields[field.property ?? field.text] } }
        case .test(let operand, _): part.cost = estimate(operand).cost
        case .call(let name, let target, let arguments): return estimate(call: name, target, arguments, expression)
        case .list(let elements):
            let parts = elements.map { estimate($0.value) }
            part.cost = sum(parts) + CELEstimate(UInt64(CELCost.list))
            part.madeSize = CELEstimate(UInt64(parts.count))
            part.element = union(parts)
        case .map(let entries):
            let keys = entries.map { estimate($0.key) }
            let values = entries.map { estimate($0.value) }
            part.cost = sum(keys) + sum(values) + CELEstimate(UInt64(CELCost.map))
            part.madeSize = CELEstimate(UInt64(entries.count))
            part.element = union(values)
        case .comprehension(let comprehension): return estimate(comprehension, expression)
        case .bind(let name, let value, let body):
            let bound = estimate(value)
            let local = Local(place: bound.place, size: size(of: bound), element: bound.element)
            with([(name, type(of: value), local)]) { inner in
                let result = inner.estimate(body)
                part.cost = result.cost
                part.madeSize = inner.size(of: result)
                part.element = result.element
            }
            // It is expanded to a comprehension over an empty list.
            part.cost += CELEstimate(UInt64(CELCost.list)) + bound.cost
        }
        return part
    }

    // MARK: - Sizes

    /// The size of a value, if anything is known of it.
    mutating func size(of part: Part) -> CELEstimate? {
        if let size = part.madeSize { return size }
        if case .at(let place?) = part.place { return CELEstimate(least: 0, most: place.size) }
        return type(of: part.expression).isScalar ? CELEstimate(1) : part.boundSize
    }

    /// The size of a value, or anything.
    mutating func sizeOrUnknown(_ part: Part) -> CELEstimate { size(of: part) ?? .unknown }

    /// The size of a list's elements; anything if the list was made.
    func elementSize(_ list: Part) -> CELEstimate {
        guard case .at(let place?) = list.place, let element = place.element else { return .unknown }
        return CELEstimate(least: 0, most: element.size)
    }

    private static func size(of literal: CELValue) -> CELEstimate? {
        switch literal {
        case .string(let text): CELEstimate(UInt64(text.unicodeScalars.count))
        case .bytes(let bytes): CELEstimate(UInt64(bytes.count))
        case .null, .bool, .int, .uint, .double: CELEstimate(1)
        default: nil
        }
    }

    /// A step down. What was made has no place of its own, and the estimate begins anew with the object as a whole, as
    /// cel-go's does, which drops the first name of each path.
    func step(from place: Place, _ step: (CELSizedType) -> CELSizedType?) -> Place {
        switch place {
        case .none: .at(root)
        case .at(let type): .at(type.flatMap(step))
        }
    }

    // MARK: - Types

    /// The type of a part, as the checker has found it.
    mutating func type(of expression: CELExpression) -> CELType { checker.check(expression) }

    private static func hasFields(_ type: CELType) -> Bool {
        switch type {
        case .map, .object, .parameter: true
        default: false
        }
    }

    private mutating func with(
        _ variables: [(name: String, type: CELType, value: Local)], _ body: (inout CELCostEstimator) -> Void
    ) {
        let (outer, names) = (checker, locals.count)
        for variable in variables {
            checker.declare(variable.name, variable.type)
            locals.append((variable.name, variable.value))
        }
        defer {
            checker = outer
            locals.removeSubrange(names...)
        }
        body(&self)
    }

    // MARK: - Sums

    func sum(_ parts: [Part]) -> CELEstimate { parts.reduce(.nothing) { $0 + $1.cost } }

    private mutating func union(_ parts: [Part]) -> CELEstimate {
        guard let first = parts.first else { return .nothing }
        var all = sizeOrUnknown(first)
        for part in parts.dropFirst() { all = all.union(sizeOrUnknown(part)) }
        return all
    }

    // MARK: - Macros

    private mutating func estimate(_ comprehension: CELComprehension, _ expression: CELExpression) -> Part {
        let range = estimate(comprehension.range)
        let rangeType = type(of: comprehension.range)
        let isList = if case .list = rangeType { true } else { false }
        let types = CELChecker.variables(of: comprehension, over: rangeType) ?? (.dyn, .dyn)
        let value = Local(place: step(from: range.place) { $0.element })
        let key = Local(place: step(from: range.place) { isList ? nil : $0.key })
        let second = comprehension.secondVariable
        var variables = [(comprehension.variable, types.first, isList && second == nil ? value : key)]
        if let second { variables.append((second, types.second, value)) }
        var predicate: CELEstimate?
        var transform = CELEstimate.nothing
        // Of the elements of a list that is made so.
        var element: CELEstimate?
        with(variables) { inner in
            predicate = comprehension.predicate.map { inner.estimate($0).cost }
            let made =
                comprehension.macro == .filter
                ? .init(kind: .identifier(comprehension.variable), position: 0) : comprehension.transform
            guard let part = made.map({ inner.estimate($0) }) else { return }
            element = inner.sizeOrUnknown(part)
            if comprehension.transform != nil { transform = part.cost }
        }
        let expansion = Expansion(comprehension.macro, predicate, transform)
        let count = sizeOrUnknown(range)
        var part = Part(expression: expression, cost: range.cost + expansion.once + count * expansion.each)
        part.madeSize = expansion.isScalar ? CELEstimate(1) : count
        // The first element is added to the empty list.
        part.element = expansion.isScalar ? nil : element.map { $0.union(.nothing) }
        return part
    }

    /// What a macro is expanded to.
    private struct Expansion {
        /// The start and the result.
        var once: CELEstimate
        /// The condition and the step for each element.
        var each: CELEstimate
        /// Whether the result is a truth, not a list or map.
        var isScalar = false

        init(_ macro: CELComprehension.Macro, _ predicate: CELEstimate?, _ transform: CELEstimate) {
            let one = CELEstimate(1)
            func step(_ made: CELEstimate) -> CELEstimate { predicate.map { $0 + made.union(one) } ?? made }
            let list = CELEstimate(UInt64(CELCost.list))
            switch macro {
            case .all, .exists:
                // `@result && predicate`, as long as `@not_strictly_false(@result)`; of `exists`, `!@result`.
                once = one
                let tested = predicate ?? .nothing
                each = CELEstimate(least: 1, most: (one + tested).most) + CELEstimate(macro == .all ? 2 : 3)
                isScalar = true
            case .existsOne:
                // `predicate ? @result + 1 : @result`, and at last `@result == 1`.
                once = CELEstimate(2)
                each = step(CELEstimate(2))
                isScalar = true
            case .map, .transformList:
                // `@result + [transform]`
                once = list + one
                each = step(one + one + list + transform)
            case .filter:
                // `predicate ? @result + [element] : @result`
                once = list + one
                each = step(one + one + list + one)
            case .transformMap:
                // `cel.@mapInsert(@result, key, transform)`
                once = CELEstimate(UInt64(CELCost.map)) + one
                each = step(CELEstimate(3) + transform)
            }
        }
    }
}

extension CELType {
    /// Whether all values are of one size.
    fileprivate var isScalar: Bool {
        switch self {
        case .bool, .int, .uint, .double, .timestamp, .duration: true
        case .optional(let value): value.isScalar
        default: false
        }
    }
}
