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
        let divisor = reference["divisor"]?.string.flatMap(milliunits) ?? 0
        guard let value = milliunits(text) else {
            throw ContainerConfigError(description: "invalid quantity \"\(text)\" of \(name)")
        }
        let unit = divisor == 0 ? 1000 : divisor
        return "\((value + unit - 1) / unit)"
    }

    /// A quantity in thousandths; nil if it is none or too large.
    private static func milliunits(_ text: String) -> Int64? {
        let number = text.prefix { $0.isNumber || $0 == "." }
        let factors: [String: Double] = [
            "": 1, "m": 0.001, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 1024, "Mi": 1_048_576,
            "Gi": 1_073_741_824, "Ti": 1_099_511_627_776,
        ]
        guard let value = Double(number), let factor = factors[String(text.dropFirst(number.count))] else { return nil }
        return Int64(exactly: (value * factor * 1000).rounded(.up))
    }
}
