/// A function, operator or method: its signatures for the checker, and what it does.
struct CELFunction: Sendable {
    /// One signature. A method's target is the first parameter.
    struct Signature: Sendable {
        var isMethod: Bool
        var parameters: [CELType]
        var result: CELType

        static func function(_ parameters: [CELType], _ result: CELType) -> Signature {
            Signature(isMethod: false, parameters: parameters, result: result)
        }

        static func method(_ parameters: [CELType], _ result: CELType) -> Signature {
            Signature(isMethod: true, parameters: parameters, result: result)
        }
    }

    /// What it does with its arguments, the target first; nil if there is no such overload.
    typealias Body = @Sendable ([CELValue]) throws(CELRuntimeError) -> CELValue?

    var signatures: [Signature]
    /// What a call costs beside 1, from its arguments.
    var cost: @Sendable ([CELValue]) -> Int = { _ in 0 }
    var body: Body

    /// All functions by name.
    static let all: [String: CELFunction] = {
        var all: [String: CELFunction] = [:]
        for family in [
            CELOperators.functions, CELConversions.functions, CELStrings.functions, CELLists.functions,
            CELTimes.functions,
            CELOptionals.functions, CELQuantities.functions, CELAddresses.functions, CELURLs.functions,
            CELAuthorization.functions, CELNamedFormats.functions,
        ] {
            all.merge(family) { _, new in new }
        }
        return all
    }()

    init(
        _ signatures: [Signature], cost: @escaping @Sendable ([CELValue]) -> Int = { _ in 0 }, _ body: @escaping Body
    ) {
        self.signatures = signatures
        self.cost = cost
        self.body = body
    }
}

/// What reading a text costs: a tenth of a unit for each character (cel-go, `common.StringTraversalCostFactor`).
enum CELCost {
    static func reading(_ value: CELValue?) -> Int { ((value?.size ?? 0) + 9) / 10 }
    /// What a list, a map and everything else made cost.
    static let list = 10
    static let map = 30
}
