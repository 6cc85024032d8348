import KubeObjects

/// One entry of a LimitRange and what it says of amounts.
struct LimitRule: Sendable {
    /// What is limited: `Container`, `Pod`, `PersistentVolumeClaim`.
    let type: String
    private let minimum: ResourceAmounts
    private let maximum: ResourceAmounts
    private let ratio: ResourceAmounts

    /// Reads an entry.
    init(_ json: JSONValue) {
        type = json.text("type")
        minimum = ResourceAmounts(json["min"] ?? [:])
        maximum = ResourceAmounts(json["max"] ?? [:])
        ratio = ResourceAmounts(json["maxLimitRequestRatio"] ?? [:])
    }

    /// What is wrong with a container's or a pod's amounts.
    func faults(requests: ResourceAmounts, limits: ResourceAmounts) -> [String] {
        Self.sorted(minimum).compactMap { below($0, $1, requests[$0], limits[$0]) }
            + Self.sorted(maximum).compactMap { above($0, $1, requests[$0], limits[$0]) }
            + Self.sorted(ratio).compactMap { beyondRatio($0, $1, requests[$0], limits[$0]) }
    }

    /// What is wrong with what a claim asks for.
    /// - Parameter isKept: whether an amount was stored before, and stays.
    func claimFaults(_ requests: ResourceAmounts, isKept: (String) -> Bool) -> [String] {
        Self.sorted(minimum).compactMap { isKept($0) ? nil : below($0, $1, requests[$0], nil) }
            + Self.sorted(maximum).compactMap { name, most in
                if isKept(name) { return nil }
                let words = "maximum \(name) usage per \(type) is \(most)"
                guard let request = requests[name] else { return words + ".  No request is specified" }
                return request > most ? words + ", but request is \(request)" : nil
            }
    }

    private static func sorted(_ amounts: ResourceAmounts) -> [(String, Quantity)] {
        amounts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func below(_ name: String, _ least: Quantity, _ request: Quantity?, _ limit: Quantity?) -> String? {
        let words = "minimum \(name) usage per \(type) is \(least)"
        guard let request else { return words + ".  No request is specified" }
        if request < least { return words + ", but request is \(request)" }
        if let limit, limit < least { return words + ", but limit is \(limit)" }
        return nil
    }

    private func above(_ name: String, _ most: Quantity, _ request: Quantity?, _ limit: Quantity?) -> String? {
        let words = "maximum \(name) usage per \(type) is \(most)"
        guard let limit else { return words + ".  No limit is specified" }
        if limit > most { return words + ", but limit is \(limit)" }
        if let request, request > most { return words + ", but request is \(request)" }
        return nil
    }

    private func beyondRatio(_ name: String, _ most: Quantity, _ request: Quantity?, _ limit: Quantity?) -> String? {
        let words = "\(name) max limit to request ratio per \(type) is \(most)"
        guard let request, request != .zero else { return words + ", but no request is specified or request is 0" }
        guard let limit, limit != .zero else { return words + ", but no limit is specified or limit is 0" }
        let given = limit.double / request.double
        return given > most.double ? words + ", but provided ratio is \(Self.sixDigits(given))" : nil
    }

    /// A number with six digits behind the point.
    private static func sixDigits(_ number: Double) -> String {
        let millionths = Int64(exactly: (number * 1_000_000).rounded(.toNearestOrEven)) ?? .max
        let rest = String(millionths % 1_000_000)
        return "\(millionths / 1_000_000)." + String(repeating: "0", count: 6 - rest.count) + rest
    }
}
