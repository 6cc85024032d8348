/// An IP address: 4 or 16 bytes.
package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    let bytes: [UInt8]

    /// An address as written; IPv4 inside of IPv6 (`::ffff:1.2.3.4`) is not taken.
    init?(_ text: String) {
        if let four = NetworkAddress.ipv4(text) {
            bytes = four
        } else if text.contains(":"), !text.contains("."), let groups = NetworkAddress.ipv6(text) {
            bytes = groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        } else {
            return nil
        }
    }

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// An address as older fields take it.
    fileprivate init?(lenient text: String) {
        if text.contains(":") {
            guard let groups = NetworkAddress.ipv6(text) else { return nil }
            bytes = groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        } else {
            let numbers = text.split(separator: ".", omittingEmptySubsequences: false).map { number in
                let digits = number.drop { $0 == "0" }
                return digits.isEmpty ? String(number.suffix(1)) : String(digits)
            }
            guard let four = NetworkAddress.ipv4(numbers.joined(separator: ".")) else { return nil }
            bytes = four
        }
    }

    /// The canonical form (RFC 5952): the longest run of zero groups, from two on, is `::`.
    package var description: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        var best = 0..<0
        var start = 0
        while start < 8 {
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(1, best.count) { best = start..<end }
            start = end + 1
        }
        func text(_ part: ArraySlice<UInt16>) -> String {
            part.map { String($0, radix: 16) }.joined(separator: ":")
        }
        if best.isEmpty { return text(groups[...]) }
        return text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
    }

    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    var isLinkLocalMulticast: Bool {
        bytes.count == 4 ? bytes[..<3] == [224, 0, 0] : bytes[0] == 0xFF && bytes[1] & 0x0F == 2
    }

    var isLinkLocalUnicast: Bool {
        bytes.count == 4 ? bytes[..<2] == [169, 254] : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80
    }

    /// Anything else that one host has, private networks included (Go, `netip.Addr.IsGlobalUnicast`).
    var isGlobalUnicast: Bool {
        let isMulticast = bytes.count == 4 ? (224...239).contains(bytes[0]) : bytes[0] == 0xFF
        return !isMulticast && !isLoopback && !isLinkLocalUnicast && bytes.contains { $0 != 0 }
            && bytes != [255, 255, 255, 255]
    }
}

/// A network: an address and how many of its bits are the network's.
package struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
    package let address: IPAddress
    package let length: Int

    init?(_ text: String) {
        guard NetworkAddress.isCIDR(text), let slash = text.lastIndex(of: "/"),
            let address = IPAddress(String(text[..<slash])), let length = Int(text[text.index(after: slash)...])
        else { return nil }
        self.init(address: address, length: length)
    }

    /// A network as older fields take it: numbers may begin with zeros, and IPv4 may stand inside of IPv6 (Kubernetes,
    /// `ParseCIDRSloppy`).
    package init?(lenient text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(lenient: String(parts[0])), let length = UInt8(parts[1]),
            parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), Int(length) <= address.bytes.count * 8
        else { return nil }
        self.init(address: address, length: Int(length))
    }

    private init(address: IPAddress, length: Int) {
        self.address = address
        self.length = length
    }

    package var description: String { "\(address)/\(length)" }

    /// The network with a zero for every bit of a host.
    package var masked: IPNetwork {
        let bytes = address.bytes.enumerated().map { index, byte in
            let kept = min(8, max(0, length - index * 8))
            return byte & UInt8(truncatingIfNeeded: 0xFF00 >> kept)
        }
        return IPNetwork(address: IPAddress(bytes: bytes), length: length)
    }

    package func contains(_ other: IPAddress) -> Bool {
        other.bytes.count == address.bytes.count
            && IPNetwork(address: other, length: length).masked.address == masked.address
    }
}
