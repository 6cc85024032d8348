/// What all rules of a schema can cost together (apiextensions-apiserver, `CELSchemaContext` and `TotalCost`).
struct RuleCosts {
    /// The most for one expression (`StaticEstimatedCostLimit`).
    static let limit: UInt64 = 10_000_000
    /// The most for all of a schema (`StaticEstimatedCRDCostLimit`).
    static let totalLimit: UInt64 = 100_000_000

    private var total: UInt64 = 0
    private var dearest: [(path: FieldPath, cost: UInt64)] = []

    /// Takes an expression into account.
    /// - Parameter name: what the error calls its cost.
    /// - Returns: the error if it is too dear by itself.
    mutating func add(_ name: String, _ cost: UInt64, at path: FieldPath) -> FieldError? {
        total = CELEstimate.sum(total, cost)
        if cost >= Self.totalLimit / 100 {
            dearest.append((path, cost))
            dearest.sort { $0.cost > $1.cost }
            if dearest.count > 4 { dearest.removeLast() }
        }
        return cost > Self.limit ? .forbidden(path, Self.words(name, cost, Self.limit)) : nil
    }

    /// The errors if all together are too dear, with the four that contribute most.
    func errors(at path: FieldPath) -> [FieldError] {
        guard total > Self.totalLimit else { return [] }
        let contributed = "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema"
        let name = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema"
        return dearest.map { .forbidden($0.path, contributed) } + [
            .forbidden(path, Self.words(name, total, Self.totalLimit))
        ]
    }

    private static func words(_ name: String, _ cost: UInt64, _ limit: UInt64) -> String {
        let factor = Double(cost) / Double(limit)
        let text =
            if factor > 100 {
                "more than 100"
            } else {
                fixed(factor, places: factor < 1.5 ? 6 : 1)
            }
        return "\(name) exceeds budget by factor of \(text)x (try simplifying the rule, or adding maxItems, "
            + "maxProperties, and maxLength where arrays, maps, and strings are declared)"
    }

    /// A number with so many digits behind the point.
    private static func fixed(_ number: Double, places: Int) -> String {
        let unit = (0..<places).reduce(1) { unit, _ in unit * 10 }
        let scaled = Int((number * Double(unit)).rounded(.toNearestOrEven))
        let rest = String(scaled % unit)
        return "\(scaled / unit)." + String(repeating: "0", count: places - rest.count) + rest
    }
}
