/// The least and the most of a cost or a size that is not known before an expression runs. What would overflow is the
/// largest number there is.
struct CELEstimate: Sendable, Equatable {
    var least: UInt64
    var most: UInt64

    /// Anything.
    static let unknown = CELEstimate(least: 0, most: .max)
    static let nothing = CELEstimate(0)

    init(least: UInt64, most: UInt64) {
        self.least = least
        self.most = most
    }

    /// What is known exactly.
    init(_ number: UInt64) { self.init(least: number, most: number) }

    static func + (left: CELEstimate, right: CELEstimate) -> CELEstimate {
        CELEstimate(least: sum(left.least, right.least), most: sum(left.most, right.most))
    }

    static func += (left: inout CELEstimate, right: CELEstimate) { left = left + right }

    static func * (left: CELEstimate, right: CELEstimate) -> CELEstimate {
        CELEstimate(least: product(left.least, right.least), most: product(left.most, right.most))
    }

    /// Times a factor, rounded up.
    static func * (left: CELEstimate, factor: Double) -> CELEstimate {
        func scaled(_ number: UInt64) -> UInt64 { UInt64(exactly: (Double(number) * factor).rounded(.up)) ?? .max }
        return CELEstimate(least: scaled(left.least), most: scaled(left.most))
    }

    /// What holds for both.
    func union(_ other: CELEstimate) -> CELEstimate {
        CELEstimate(least: min(least, other.least), most: max(most, other.most))
    }

    /// `left * right`, or the largest number.
    static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (product, isTooLarge) = left.multipliedReportingOverflow(by: right)
        return isTooLarge ? .max : product
    }

    /// `left + right`, or the largest number.
    static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, isTooLarge) = left.addingReportingOverflow(right)
        return isTooLarge ? .max : sum
    }
}
