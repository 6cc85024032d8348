import KubeClient

/// The addresses that begin with the same bits, such as `10.0.0.0/8`.
struct AddressRange: Sendable, Hashable {
    private let network: IPAddress
    private let length: Int

    /// Reads a range in CIDR notation, or one address.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let network = parts.first.flatMap({ IPAddress(String($0)) }) else { return nil }
        let bits = network.bytes.count * 8
        let length = parts.count == 2 ? UInt8(parts[1]).map(Int.init) : bits
        guard let length, length <= bits else { return nil }
        self.network = network
        self.length = length
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == network.bytes.count else { return false }
        for (position, (ours, theirs)) in zip(network.bytes, address.bytes).enumerated() {
            let bits = min(max(length - position * 8, 0), 8)
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if ours & mask != theirs & mask { return false }
        }
        return true
    }
}

extension IPAddress {
    /// What no host of the internet has: this host, private networks, link-local addresses (where clouds keep their
    /// metadata), shared and documentation ranges, multicast (IANA's special-purpose registries).
    private static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/96", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16",
        "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap(AddressRange.init)

    /// IPv6 addresses that stand for an IPv4 address, and where in them it stands.
    private static let translated: [(range: AddressRange, offset: Int)] = [
        ("::ffff:0:0/96", 12), ("64:ff9b::/96", 12), ("64:ff9b:1::/48", 12), ("2002::/16", 2),
    ].compactMap { text, offset in AddressRange(text).map { ($0, offset) } }

    /// The IPv4 address that an IPv6 address stands for; any other address itself.
    var plain: IPAddress {
        for (range, offset) in Self.translated where range.contains(self) {
            return IPAddress(bytes: Array(bytes[offset..<offset + 4])) ?? self
        }
        return self
    }

    /// Whether it is an address of the internet at large.
    var isPublic: Bool {
        let plain = plain
        return !Self.special.contains { $0.contains(plain) }
    }
}
