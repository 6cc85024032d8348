/// The order in which kubectl prints the members of a map as YAML: as in a dictionary, but numbers within names by
/// their value (`a2` before `a10`) and everything else before letters.
enum YAMLKeyOrder {
    /// The members of an object in this order.
    static func sorted(_ members: JSONObject) -> [JSONObject.Element] {
        members.sorted { precedes($0.key, $1.key) }
    }

    /// Whether one name stands before another.
    static func precedes(_ left: String, _ right: String) -> Bool {
        let left = Array(left.unicodeScalars)
        let right = Array(right.unicodeScalars)
        guard let place = zip(left, right).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
            return left.count < right.count
        }
        let (leftScalar, rightScalar) = (left[place], right[place])
        switch (isLetter(leftScalar), isLetter(rightScalar)) {
        case (true, true): return leftScalar < rightScalar
        case (false, true): return true
        case (true, false): return false
        case (false, false): break
        }
        // A zero counts only within a number that has begun.
        let hasBegun =
            (leftScalar == "0" || rightScalar == "0")
            && left[..<place].reversed().prefix { digit($0) != nil }.contains { $0 != "0" }
        let leftNumber = number(left[place...], after: hasBegun)
        let rightNumber = number(right[place...], after: hasBegun)
        if leftNumber.value != rightNumber.value { return leftNumber.value < rightNumber.value }
        if leftNumber.digits != rightNumber.digits { return leftNumber.digits < rightNumber.digits }
        return leftScalar < rightScalar
    }

    /// The number at the front; long ones wrap around, which keeps the order total if not sensible.
    private static func number(
        _ scalars: ArraySlice<Unicode.Scalar>, after hasBegun: Bool
    ) -> (value: Int64, digits: Int) {
        var value: Int64 = hasBegun ? 1 : 0
        var digits = 0
        for scalar in scalars {
            guard let digit = digit(scalar) else { break }
            value = value &* 10 &+ digit
            digits += 1
        }
        return (value, digits)
    }

    private static func digit(_ scalar: Unicode.Scalar) -> Int64? {
        scalar.properties.generalCategory == .decimalNumber ? Int64(scalar.value) - 48 : nil
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }
}
