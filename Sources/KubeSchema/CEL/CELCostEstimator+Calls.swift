/// What functions and operators can cost (cel-go, `functionCost`; apiserver, `pkg/cel/library/cost.go`).
extension CELCostEstimator {
    /// A tenth of a unit for each character (cel-go, `common.StringTraversalCostFactor`).
    private static let reading = 0.1
    /// A quarter for each character of a regular expression (`common.RegexStringLengthCostFactor`).
    private static let matching = 0.25

    /// A call, with what was estimated of its parts.
    private struct Call {
        var name: String
        var target: Part?
        var arguments: [Part]
    }

    /// What a call costs beside its arguments, and how large its result is if that is known.
    private typealias Estimate = (cost: CELEstimate, size: CELEstimate?)

    mutating func estimate(
        call name: String, _ target: CELExpression?, _ arguments: [CELExpression], _ expression: CELExpression
    ) -> Part {
        var part = Part(expression: expression, cost: .nothing)
        let call = Call(
            name: name, target: target.map { estimate($0) }, arguments: arguments.map { estimate($0) })
        let costs = call.arguments.map(\.cost)
        switch (name, costs.count) {
        case ("_&&_", 2), ("_||_", 2):
            // The second is not looked at if the first decides.
            part.cost = CELEstimate(least: costs[0].least, most: (costs[0] + costs[1]).most)
        case ("_?_:_", 3):
            part.cost = costs[0] + costs[1].union(costs[2])
            part.madeSize = sizeOrUnknown(call.arguments[1]).union(sizeOrUnknown(call.arguments[2]))
            part.element = Self.both(call.arguments[1].element, call.arguments[2].element)
        case ("dyn", 1):
            part.cost = CELEstimate(1) + costs[0]
            part.madeSize = size(of: call.arguments[0])
            part.element = call.arguments[0].element
        case ("_[_]", 2):
            part.cost = CELEstimate(1) + sum(call.arguments)
            part.place = step(from: call.arguments[0].place) { $0.element }
            part.madeSize = call.arguments[0].element
        default:
            let estimate = estimate(call)
            part.cost = (call.target?.cost ?? .nothing) + estimate.cost + sum(call.arguments)
            part.madeSize = estimate.size
            if name == "_+_", costs.count == 2 {
                part.element = Self.both(call.arguments[0].element, call.arguments[1].element)
            }
        }
        return part
    }

    private static func both(_ left: CELEstimate?, _ right: CELEstimate?) -> CELEstimate? {
        left.flatMap { left in right.map(left.union) }
    }

    private mutating func estimate(_ call: Call) -> Estimate {
        if let operand = call.arguments.first, call.arguments.count == 2,
            let estimate = estimate(operator: call, operand)
        {
            return estimate
        }
        if let target = call.target, let estimate = estimate(method: call, of: target) { return estimate }
        if call.target == nil, let argument = call.arguments.first {
            let size = sizeOrUnknown(argument)
            switch (call.name, type(of: argument.expression)) {
            case ("url", _): return (size * Self.reading, size)
            case ("strings.quote", _):
                let most = CELEstimate.sum(CELEstimate.product(size.most, 2), 2)
                return (size * Self.reading, CELEstimate(least: CELEstimate.sum(size.least, 2), most: most))
            case ("lists.range", _): return listing(CELEstimate(Self.number(argument) ?? .max))
            case ("bytes", .string), ("bytes", .dyn):
                return (size * Self.reading, CELEstimate(least: size.least, most: CELEstimate.product(size.most, 4)))
            case ("string", .bytes), ("string", .dyn):
                return (size * Self.reading, CELEstimate(least: size.least / 4, most: size.most))
            default: break
            }
        }
        // Everything else is one step (`CostTracker.costCall`).
        return (CELEstimate(1), nil)
    }

    // MARK: - Operators

    private mutating func estimate(operator call: Call, _ left: Part) -> Estimate? {
        let right = call.arguments[1]
        let (leftType, rightType) = (type(of: left.expression), type(of: right.expression))
        let (leftSize, rightSize) = (sizeOrUnknown(left), sizeOrUnknown(right))
        switch call.name {
        case "_==_" where leftType == rightType && Self.isComparedAtOnce(leftType): return nil
        case "_==_", "_!=_": return (Self.comparing(leftSize, rightSize), nil)
        case "sets.contains", "sets.intersects": return (leftSize * rightSize + CELEstimate(1), nil)
        // Each may have to be looked for in the other.
        case "sets.equivalent": return ((leftSize * rightSize) * 2 + CELEstimate(1), nil)
        case "_<_", "_<=_", "_>_", "_>=_":
            return Self.isRead(leftType) && Self.isRead(rightType) ? (Self.comparing(leftSize, rightSize), nil) : nil
        case "@in":
            if case .map = rightType { return nil }
            return (rightSize, nil)
        case "_+_":
            let size = leftSize + rightSize
            if case .list = leftType { return (CELEstimate(1), size) }
            if case .list = rightType { return (CELEstimate(1), size) }
            return Self.isRead(leftType) && Self.isRead(rightType) ? (size * Self.reading, size) : nil
        default: return nil
        }
    }

    /// Whether values are, or may be, read through when they are compared or put together.
    private static func isRead(_ type: CELType) -> Bool { type == .string || type == .bytes || type == .dyn }

    private static func isComparedAtOnce(_ type: CELType) -> Bool {
        switch type {
        case .ip, .cidr, .quantity, .opaque, .url: true
        default: false
        }
    }

    /// As far as the shorter one reaches.
    private static func comparing(_ left: CELEstimate, _ right: CELEstimate) -> CELEstimate {
        let most = min(left.most, right.most)
        return CELEstimate(least: most > 0 ? 1 : 0, most: most) * reading
    }

    // MARK: - Methods

    private mutating func estimate(method call: Call, of target: Part) -> Estimate? {
        let size = sizeOrUnknown(target)
        guard let argument = call.arguments.first else {
            return estimate(methodWithoutArgument: call.name, target, size)
        }
        let argumentSize = sizeOrUnknown(argument)
        let more = CELEstimate(1)
        switch call.name {
        case "startsWith", "endsWith": return (argumentSize * Self.reading, nil)
        case "contains": return ((size * Self.reading) * (argumentSize * Self.reading), nil)
        // A regular expression costs something of an empty text, too.
        case "matches": return (((size + more) * Self.reading) * (argumentSize * Self.matching), nil)
        case "find", "findAll":
            return (
                ((size + more) * Self.reading) * (argumentSize * Self.matching),
                CELEstimate(least: 0, most: size.most)
            )
        case "format": return (size * Self.reading, nil)
        case "substring": return (size * Self.reading, size)
        case "split":
            var most = size.most
            if call.arguments.count > 1, case .literal(.int(let limit)) = call.arguments[1].expression.kind {
                most = UInt64(bitPattern: limit)
            }
            return (size * (2 * Self.reading), CELEstimate(least: 0, most: most))
        case "flatten": return listing(size, each: Double(Self.number(argument) ?? .max))
        case "slice" where call.arguments.count == 2:
            let (start, end) = (Self.number(argument) ?? 0, Self.number(call.arguments[1]) ?? size.most)
            return listing(CELEstimate(end > start ? end - start : 0))
        case "replace" where call.arguments.count >= 2:
            let result = Self.replaced(size, argumentSize, by: sizeOrUnknown(call.arguments[1]))
            return (size * (2 * Self.reading), result)
        case "join":
            let gaps = CELEstimate(least: max(size.least, 1) - 1, most: max(size.most, 1) - 1)
            let result = size * elementSize(target) + argumentSize * gaps
            return (result * Self.reading, result)
        case "indexOf", "lastIndexOf": return (walking(target, size), nil)
        case "check": return (CELEstimate(350_000), nil)
        case "fieldSelector", "labelSelector": return (argumentSize * Self.reading, nil)
        case "validate": return ((argumentSize * Self.reading) * (128 * Self.matching), nil)
        case "containsIP", "containsCIDR":
            // Addresses have 4 or 16 bytes.
            let address = CELEstimate(least: 4, most: 16)
            var cost = (address + address) * Self.reading
            if call.name == "containsCIDR" { cost += address * Self.reading + more }
            if type(of: argument.expression) == .string { cost += argumentSize * Self.reading }
            return (cost, nil)
        default: return nil
        }
    }

    private mutating func estimate(
        methodWithoutArgument name: String, _ target: Part, _ size: CELEstimate
    ) -> Estimate? {
        switch name {
        case "lowerAscii", "upperAscii", "trim": return (size * Self.reading, size)
        case "isSorted", "sum", "max", "min": return (walking(target, size), nil)
        case "reverse":
            if case .list = type(of: target.expression) { return listing(size) }
            return nil
        case "flatten": return listing(size)
        // Each is compared with each.
        case "distinct": return listing(size * size, each: 2)
        case "sort":
            if case .list(let element) = type(of: target.expression), element == .string || element == .bytes {
                return listing(size * size, each: 2 + Self.reading)
            }
            return listing(size * size, each: 2)
        case "join":
            let result = size * elementSize(target)
            return (result * Self.reading, result)
        default: return nil
        }
    }

    /// A list that is made, of so many elements.
    private func listing(_ size: CELEstimate, each cost: Double = 1) -> Estimate {
        (size * cost + CELEstimate(1) + CELEstimate(UInt64(CELCost.list)), size)
    }

    /// A number that stands there; 0 for one below.
    private static func number(_ part: Part) -> UInt64? {
        guard case .literal(.int(let number)) = part.expression.kind else { return nil }
        return UInt64(max(number, 0))
    }

    /// One step for each element, and the reading of each; of a text, its reading.
    private mutating func walking(_ target: Part, _ size: CELEstimate) -> CELEstimate {
        guard case .list(let element) = type(of: target.expression) else { return size * Self.reading }
        let isText = element == .string || element == .bytes
        return size * (isText ? CELEstimate(1) + elementSize(target) * Self.reading : CELEstimate(1))
    }

    /// How long a text becomes in which one text is replaced by another.
    private static func replaced(
        _ size: CELEstimate, _ old: CELEstimate, by new: CELEstimate
    ) -> CELEstimate {
        func times(_ size: UInt64, _ part: UInt64) -> UInt64 { size / part + (size.isMultiple(of: part) ? 0 : 1) }
        let most =
            if old.least == 0 {
                // Nothing is found between all characters.
                CELEstimate.sum(CELEstimate.product(CELEstimate.sum(size.most, 1), new.most), size.most)
            } else if new.most <= old.least {
                size.most
            } else {
                CELEstimate.product(times(size.most, old.least), new.most)
            }
        let least =
            if old.most == 0 {
                CELEstimate.sum(CELEstimate.product(CELEstimate.sum(size.least, 1), new.least), size.least)
            } else if old.most <= new.least {
                size.least
            } else {
                CELEstimate.product(times(size.least, old.most), new.least)
            }
        return CELEstimate(least: least, most: most)
    }
}
