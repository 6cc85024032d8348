import KubeObjects

/// The resources of a container that it may ask for (downward API, `resourceFieldRef`).
enum ResourceReference {
    /// The value, divided by the reference's divisor and rounded up, as the kubelet gives it.
    ///
    /// A limit that is not set is what the node has.
    static func value(
        of reference: JSONValue, in pod: KubeObject, container: JSONValue
    ) throws(ContainerConfigError) -> String {
        let name = reference["resource"]?.string ?? ""
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, ["limits", "requests"].contains(parts[0]) else {
            throw ContainerConfigError(description: "unsupported container resource : \(name)")
        }
        let own = container["resources"]?[parts[0]]?[parts[1]]?.string
        let text = own ?? (parts[0] == "limits" ? NodeObject.room[parts[1]] : nil) ?? "0"
        guard let value = Quantity(text) else {
            throw ContainerConfigError(description: "invalid quantity \"\(text)\" of \(name)")
        }
        let divisor = reference["divisor"].flatMap { Quantity(json: $0) } ?? .zero
        let unit = divisor == .zero ? 1000 : max(1, divisor.milliValue)
        // Rounded up without the sum that could exceed the largest number.
        let (quotient, rest) = value.milliValue.quotientAndRemainder(dividingBy: unit)
        return "\(rest > 0 ? quotient + 1 : quotient)"
    }
}
