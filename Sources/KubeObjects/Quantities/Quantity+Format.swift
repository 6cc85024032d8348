extension Quantity: CustomStringConvertible {
    /// The canonical form, which is what the API server stores: no fraction, and the largest suffix that needs none
    /// (`500m` for 0.5, `1Gi` for 1024Mi, `1536Mi` for 1.5Gi).
    public var description: String {
        if nanos == 0 { return "0" }
        // Below 1024 there is nothing for a binary suffix to say.
        if format == .binarySI, nanos.magnitude >= 1024 * Self.nanosPerUnit.magnitude { return binary }
        // The largest amount is below 1000E, so there is a suffix for every exponent.
        var mantissa = nanos
        var exponent = -9
        while mantissa % 1000 == 0 {
            mantissa /= 1000
            exponent += 3
        }
        if format == .decimalExponent { return exponent == 0 ? "\(mantissa)" : "\(mantissa)e\(exponent)" }
        return "\(mantissa)\(Self.decimalSuffixes[exponent / 3 + 3])"
    }

    static let decimalSuffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]
    static let binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

    private var binary: String {
        let (quotient, remainder) = nanos.quotientAndRemainder(dividingBy: Self.nanosPerUnit)
        var mantissa = remainder == 0 ? quotient : quotient + remainder.signum()
        var power = 0
        while mantissa % 1024 == 0, power < Self.binarySuffixes.count - 1 {
            mantissa /= 1024
            power += 1
        }
        return "\(mantissa)\(Self.binarySuffixes[power])"
    }
}
