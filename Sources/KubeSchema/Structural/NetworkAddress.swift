/// Addresses and names of hosts, as Go's `net` package reads them.
package enum NetworkAddress {
    package static func isIPv4(_ text: String) -> Bool { ipv4(text) != nil }
    package static func isIPv6(_ text: String) -> Bool { text.contains(":") && ipv6(text) != nil }

    /// Four numbers without leading zeros.
    static func ipv4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard isNumber(part, digits: 3), part.count == 1 || !part.hasPrefix("0"), let byte = UInt8(part) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }

    /// Eight groups, of which one run of zeros may be `::` and the last two an IPv4 address.
    static func ipv6(_ text: String) -> [UInt16]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2, let head = groups(halves[0], isLast: halves.count == 1) else { return nil }
        if halves.count == 1 { return head.count == 8 ? head : nil }
        guard let tail = groups(halves[1], isLast: true), head.count + tail.count <= 7 else { return nil }
        return head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    private static func groups(_ text: Substring, isLast: Bool) -> [UInt16]? {
        if text.isEmpty { return [] }
        var result: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if isLast, index == parts.count - 1, part.contains(".") {
                guard let bytes = ipv4(part) else { return nil }
                result.append(UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
                result.append(UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
            } else {
                guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16)
                else { return nil }
                result.append(group)
            }
        }
        return result
    }

    package static func isCIDR(_ text: String) -> Bool {
        guard let slash = text.lastIndex(of: "/") else { return false }
        let address = String(text[..<slash])
        let length = text[text.index(after: slash)...]
        guard isNumber(length, digits: 3), length.count == 1 || !length.hasPrefix("0"), let bits = Int(length) else {
            return false
        }
        return isIPv4(address) ? bits <= 32 : isIPv6(address) && bits <= 128
    }

    static func isMAC(_ text: String) -> Bool {
        for (separator, width, counts) in [(":", 2, [6, 8, 20]), ("-", 2, [6, 8, 20]), (".", 4, [3, 4, 10])] {
            let parts = text.split(separator: Character(separator), omittingEmptySubsequences: false)
            if counts.contains(parts.count),
                parts.allSatisfy({ $0.count == width && $0.allSatisfy { $0.isASCII && $0.isHexDigit } })
            {
                return true
            }
        }
        return false
    }

    /// An RFC 1123 label, whatever its length.
    static func isDNSLabel(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last else { return false }
        func isAlphanumeric(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
        }
        return isAlphanumeric(first) && isAlphanumeric(last)
            && bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isNumber(_ text: some StringProtocol, digits: Int) -> Bool {
        (1...digits).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
