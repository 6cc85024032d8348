import KubeObjects

/// Amounts of resources: `quantity('500m').isLessThan(quantity('1'))` (Kubernetes' quantity library).
enum CELQuantities {
    static let functions: [String: CELFunction] = {
        let sums: [CELFunction.Signature] = [
            .method([.quantity, .quantity], .quantity), .method([.quantity, .int], .quantity),
        ]
        let pair: [CELFunction.Signature] = [.method([.quantity, .quantity], .bool)]
        return [
            "isQuantity": CELFunction([.function([.string], .bool)], cost: { CELCost.reading($0.first) }) {
                guard case .string(let text) = $0[0] else { return nil }
                return .bool(Quantity(text) != nil)
            },
            "quantity": CELFunction([.function([.string], .quantity)], cost: { CELCost.reading($0.first) }) {
                arguments throws(CELRuntimeError) in
                guard case .string(let text) = arguments[0] else { return nil }
                do throws(Quantity.ParseError) {
                    return .quantity(try Quantity(parsing: text))
                } catch {
                    throw CELRuntimeError(message: error.description)
                }
            },
            "isInteger": CELFunction([.method([.quantity], .bool)]) { one($0).map { .bool(isWhole($0)) } },
            "asInteger": CELFunction([.method([.quantity], .int)]) { arguments throws(CELRuntimeError) in
                guard let quantity = one(arguments) else { return nil }
                guard isWhole(quantity) else { throw CELRuntimeError(message: "cannot convert value to integer") }
                return .int(quantity.value)
            },
            "asApproximateFloat": CELFunction([.method([.quantity], .double)]) { one($0).map { .double($0.double) } },
            "sign": CELFunction([.method([.quantity], .int)]) {
                one($0).map { .int($0 == .zero ? 0 : $0 < .zero ? -1 : 1) }
            },
            "add": CELFunction(sums) { two($0).map { .quantity($0 + $1) } },
            "sub": CELFunction(sums) { two($0).map { .quantity($0 - $1) } },
            "isLessThan": CELFunction(pair) { two($0).map { .bool($0 < $1) } },
            "isGreaterThan": CELFunction(pair) { two($0).map { .bool($0 > $1) } },
            "compareTo": CELFunction([.method([.quantity, .quantity], .int)]) {
                two($0).map { .int($0 == $1 ? 0 : $0 < $1 ? -1 : 1) }
            },
        ]
    }()

    private static func isWhole(_ quantity: Quantity) -> Bool { quantity == Quantity(quantity.value) }

    private static func one(_ arguments: [CELValue]) -> Quantity? {
        guard case .quantity(let quantity) = arguments[0] else { return nil }
        return quantity
    }

    private static func two(_ arguments: [CELValue]) -> (Quantity, Quantity)? {
        guard let left = one(arguments) else { return nil }
        switch arguments[1] {
        case .quantity(let right): return (left, right)
        case .int(let right): return (left, Quantity(right))
        default: return nil
        }
    }
}
