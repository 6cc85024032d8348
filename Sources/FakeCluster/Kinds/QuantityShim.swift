/// A quantity, as far as comparing needs it, in billionths.
struct Quantity: Comparable, CustomStringConvertible, Sendable {
    static let zero = Quantity(0)
    private let billionths: Int128
    let description: String

    init(_ value: Int64) {
        billionths = Int128(value) * 1_000_000_000
        description = String(value)
    }

    init?(_ text: String) {
        let suffixes: [(String, Double)] = [
            ("Ki", 1024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("Ti", 1_099_511_627_776), ("n", 1e-9), ("u", 1e-6),
            ("m", 1e-3), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12),
        ]
        let suffix = suffixes.first { text.hasSuffix($0.0) }
        guard let number = Double(text.dropLast(suffix?.0.count ?? 0)) else { return nil }
        billionths = Int128(number * (suffix?.1 ?? 1) * 1e9)
        description = text
    }

    static func == (left: Quantity, right: Quantity) -> Bool { left.billionths == right.billionths }
    static func < (left: Quantity, right: Quantity) -> Bool { left.billionths < right.billionths }
}
