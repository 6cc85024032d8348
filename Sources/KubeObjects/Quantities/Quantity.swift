/// An amount of a resource: `500m` of a processor, `1Gi` of memory (apimachinery, `resource.Quantity`).
///
/// Amounts are exact to a billionth; what is finer is rounded away from zero when it is read. They end at 2⁶³-1.
public struct Quantity: Sendable {
    /// The family of suffixes in which an amount was given and is written.
    public enum Format: Sendable, Hashable {
        /// Powers of 1024: `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei`.
        case binarySI
        /// Powers of 1000: `n`, `u`, `m`, none, `k`, `M`, `G`, `T`, `P`, `E`.
        case decimalSI
        /// `e` and a power of ten.
        case decimalExponent
    }

    /// The amount in billionths.
    private(set) var nanos: Int128
    /// How the amount is written.
    public private(set) var format: Format

    static let maximumNanos = Int128(Int64.max) * nanosPerUnit
    static let nanosPerUnit: Int128 = 1_000_000_000

    /// An amount in billionths, cut to the largest that there is.
    init(nanos: Int128, format: Format) {
        self.nanos = min(max(nanos, -Self.maximumNanos), Self.maximumNanos)
        self.format = format
    }

    /// A whole amount.
    public init(_ value: Int64, format: Format = .decimalSI) {
        self.init(nanos: Int128(value) * Self.nanosPerUnit, format: format)
    }

    /// A whole number of thousandths.
    public init(milli value: Int64) {
        self.init(nanos: Int128(value) * 1_000_000, format: .decimalSI)
    }

    /// Nothing.
    public static let zero = Quantity(0)

    /// The amount, rounded up.
    public var value: Int64 { ceiling(per: Self.nanosPerUnit) }

    /// The amount in thousandths, rounded up; the largest number if it exceeds 64 bits.
    public var milliValue: Int64 { ceiling(per: 1_000_000) }

    /// The amount as a double, for ratios.
    public var double: Double { Double(nanos) / Double(Self.nanosPerUnit) }

    private func ceiling(per unit: Int128) -> Int64 {
        let quotient = nanos / unit
        return Int64(clamping: nanos % unit > 0 ? quotient + 1 : quotient)
    }
}

extension Quantity: Hashable, Comparable {
    /// Equal amounts, however they are written.
    public static func == (left: Quantity, right: Quantity) -> Bool { left.nanos == right.nanos }
    /// By amount.
    public static func < (left: Quantity, right: Quantity) -> Bool { left.nanos < right.nanos }
    /// By amount.
    public func hash(into hasher: inout Hasher) { hasher.combine(nanos) }
}

extension Quantity: AdditiveArithmetic {
    /// The sum, written as the left side, or as the right if the left is nothing.
    public static func + (left: Quantity, right: Quantity) -> Quantity {
        Quantity(nanos: left.nanos + right.nanos, format: left.nanos == 0 ? right.format : left.format)
    }

    /// The difference, written as the left side, or as the right if the left is nothing.
    public static func - (left: Quantity, right: Quantity) -> Quantity {
        Quantity(nanos: left.nanos - right.nanos, format: left.nanos == 0 ? right.format : left.format)
    }
}
