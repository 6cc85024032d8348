import KubeObjects

/// Arithmetic, comparison, membership and indexing.
enum CELOperators {
    typealias Signature = CELFunction.Signature

    static let functions =
        comparing.merging(calculating) { _, new in new }.merging(finding) { _, new in new }

    private static let comparing: [String: CELFunction] = {
        let pair: [CELType] = [.parameter("A"), .parameter("A")]
        let cost: @Sendable ([CELValue]) -> Int = { min(CELCost.reading($0.first), CELCost.reading($0.last)) }
        var functions: [String: CELFunction] = [
            "_==_": CELFunction([.function(pair, .bool)], cost: cost) { .bool($0[0].isEqual(to: $0[1])) },
            "_!=_": CELFunction([.function(pair, .bool)], cost: cost) { .bool(!$0[0].isEqual(to: $0[1])) },
        ]
        let orders: [(String, @Sendable (Int) -> Bool)] = [
            ("_<_", { $0 < 0 }), ("_<=_", { $0 <= 0 }), ("_>_", { $0 > 0 }), ("_>=_", { $0 >= 0 }),
        ]
        for (name, test) in orders {
            functions[name] = CELFunction(ordered, cost: cost) { arguments in
                // NaN is neither before nor behind anything.
                let numbers = arguments.compactMap(\.number)
                if numbers.count == 2, numbers.contains(where: \.isNaN) { return .bool(false) }
                return arguments[0].compare(arguments[1]).map { .bool(test($0)) }
            }
        }
        return functions
    }()

    private static let calculating: [String: CELFunction] = [
        "!_": CELFunction([.function([.bool], .bool)]) { arguments in
            guard case .bool(let value) = arguments[0] else { return nil }
            return .bool(!value)
        },
        "-_": CELFunction([.function([.int], .int), .function([.double], .double)], negate),
        "_+_": CELFunction(
            arithmetic([.int, .uint, .double, .string, .bytes, .list(.parameter("A"))]) + [
                .function([.timestamp, .duration], .timestamp), .function([.duration, .timestamp], .timestamp),
                .function([.duration, .duration], .duration),
            ], cost: { CELCost.reading($0.first) + CELCost.reading($0.last) }, add),
        "_-_": CELFunction(
            arithmetic([.int, .uint, .double]) + [
                .function([.timestamp, .timestamp], .duration), .function([.timestamp, .duration], .timestamp),
                .function([.duration, .duration], .duration),
            ], subtract),
        "_*_": CELFunction(arithmetic([.int, .uint, .double]), multiply),
        "_/_": CELFunction(arithmetic([.int, .uint, .double]), divide),
        "_%_": CELFunction(arithmetic([.int, .uint]), modulo),
    ]

    private static let finding: [String: CELFunction] = [
        "@in": CELFunction(
            [
                .function([.parameter("A"), .list(.parameter("A"))], .bool),
                .function([.parameter("A"), .map(.parameter("A"), .parameter("B"))], .bool),
            ], cost: { if case .list(let list) = $0[1] { list.elements.count } else { 0 } }, isMember),
        "_[_]": CELFunction([
            .function([.list(.parameter("A")), .int], .parameter("A")),
            .function([.map(.parameter("A"), .parameter("B")), .parameter("A")], .parameter("B")),
        ]) { arguments throws(CELRuntimeError) in try element(of: arguments[0], arguments[1]) },
        "_[?_]": CELFunction([
            .function([.list(.parameter("A")), .int], .optional(.parameter("A"))),
            .function([.optional(.list(.parameter("A"))), .int], .optional(.parameter("A"))),
            .function([.map(.parameter("A"), .parameter("B")), .parameter("A")], .optional(.parameter("B"))),
            .function(
                [.optional(.map(.parameter("A"), .parameter("B"))), .parameter("A")], .optional(.parameter("B"))),
        ]) { arguments throws(CELRuntimeError) in
            guard let operand = arguments[0].unwrapped else { return .optional(nil) }
            return .optional(try find(in: operand, arguments[1]))
        },
    ]

    private static func arithmetic(_ types: [CELType]) -> [Signature] { types.map { .function([$0, $0], $0) } }

    /// What has an order.
    private static let ordered: [Signature] = {
        let same: [CELType] = [.bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration]
        let numbers: [CELType] = [.int, .uint, .double]
        var signatures = same.map { Signature.function([$0, $0], .bool) }
        for left in numbers {
            for right in numbers where left != right { signatures.append(.function([left, right], .bool)) }
        }
        return signatures
    }()

    private static func negate(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        switch arguments[0] {
        case .int(let value):
            guard value != .min else { throw .integerOverflow }
            return .int(-value)
        case .double(let value): return .double(-value)
        default: return nil
        }
    }

    private static func checked<T>(
        _ result: (partialValue: T, overflow: Bool), _ error: CELRuntimeError
    ) throws(CELRuntimeError) -> T {
        guard !result.overflow else { throw error }
        return result.partialValue
    }

    private static func add(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        switch (arguments[0], arguments[1]) {
        case (.int(let left), .int(let right)):
            return .int(try checked(left.addingReportingOverflow(right), .integerOverflow))
        case (.uint(let left), .uint(let right)):
            return .uint(try checked(left.addingReportingOverflow(right), .unsignedOverflow))
        case (.double(let left), .double(let right)): return .double(left + right)
        case (.string(let left), .string(let right)): return .string(left + right)
        case (.bytes(let left), .bytes(let right)): return .bytes(left + right)
        case (.list(let left), .list(let right)): return .list(left + right)
        case (.duration(let left), .duration(let right)):
            return .duration(try checked(left.addingReportingOverflow(right), .durationOverflow))
        case (.timestamp(let time), .duration(let duration)), (.duration(let duration), .timestamp(let time)):
            return .timestamp(try CELTimes.shift(time, by: duration))
        default: return nil
        }
    }

    private static func subtract(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        switch (arguments[0], arguments[1]) {
        case (.int(let left), .int(let right)):
            return .int(try checked(left.subtractingReportingOverflow(right), .integerOverflow))
        case (.uint(let left), .uint(let right)):
            return .uint(try checked(left.subtractingReportingOverflow(right), .unsignedOverflow))
        case (.double(let left), .double(let right)): return .double(left - right)
        case (.duration(let left), .duration(let right)):
            return .duration(try checked(left.subtractingReportingOverflow(right), .durationOverflow))
        case (.timestamp(let time), .duration(let duration)):
            return .timestamp(
                try CELTimes.shift(
                    time, by: try checked(Int64(0).subtractingReportingOverflow(duration), .durationOverflow)))
        case (.timestamp(let left), .timestamp(let right)):
            return .duration(try CELTimes.distance(from: right, to: left))
        default: return nil
        }
    }

    private static func multiply(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        switch (arguments[0], arguments[1]) {
        case (.int(let left), .int(let right)):
            return .int(try checked(left.multipliedReportingOverflow(by: right), .integerOverflow))
        case (.uint(let left), .uint(let right)):
            return .uint(try checked(left.multipliedReportingOverflow(by: right), .unsignedOverflow))
        case (.double(let left), .double(let right)): return .double(left * right)
        default: return nil
        }
    }

    private static func divide(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        switch (arguments[0], arguments[1]) {
        case (.int(_), .int(0)), (.uint(_), .uint(0)): throw CELRuntimeError(message: "division by zero")
        case (.int(let left), .int(let right)):
            return .int(try checked(left.dividedReportingOverflow(by: right), .integerOverflow))
        case (.uint(let left), .uint(let right)): return .uint(left / right)
        case (.double(let left), .double(let right)): return .double(left / right)
        default: return nil
        }
    }

    private static func modulo(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        switch (arguments[0], arguments[1]) {
        case (.int(_), .int(0)), (.uint(_), .uint(0)): throw CELRuntimeError(message: "modulus by zero")
        case (.int(let left), .int(let right)):
            return .int(try checked(left.remainderReportingOverflow(dividingBy: right), .integerOverflow))
        case (.uint(let left), .uint(let right)): return .uint(left % right)
        default: return nil
        }
    }

    private static func isMember(_ arguments: [CELValue]) -> CELValue? {
        if case .list(let list) = arguments[1] { return .bool(list.contains(arguments[0])) }
        guard arguments[1].isMapLike else { return nil }
        return .bool(CELKey(arguments[0]).flatMap { arguments[1].member($0) } != nil)
    }

    /// The element at an index or the value of a key; nil if it is not there.
    static func find(in operand: CELValue, _ key: CELValue) throws(CELRuntimeError) -> CELValue? {
        if case .list(let list) = operand {
            guard let number = key.number, let index = Int(exactly: number) else {
                throw key.number == nil
                    ? .noSuchOverload : CELRuntimeError(message: "unsupported index value \(key.keyText) in list")
            }
            return list.elements.indices.contains(index) ? list.elements[index] : nil
        }
        guard operand.isMapLike else { throw .noSuchOverload }
        return CELKey(key).flatMap { operand.member($0) }
    }

    static func element(of operand: CELValue, _ key: CELValue) throws(CELRuntimeError) -> CELValue {
        if let found = try find(in: operand, key) { return found }
        if case .list = operand { throw .outOfBounds(Int64(key.number ?? 0)) }
        throw .noSuchKey(key.keyText)
    }
}
