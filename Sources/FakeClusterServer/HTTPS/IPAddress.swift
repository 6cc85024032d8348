import Foundation

/// An IP address as certificates hold it: 4 or 16 bytes in network order.
struct IPAddress: Sendable {
    let text: String
    let bytes: [UInt8]

    /// Reads an IPv4 or IPv6 address; nil for a host name.
    init?(_ text: String) {
        let family = text.contains(":") ? AF_INET6 : AF_INET
        var bytes = [UInt8](repeating: 0, count: family == AF_INET6 ? 16 : 4)
        guard unsafe inet_pton(family, text, &bytes) == 1 else { return nil }
        self.text = text
        self.bytes = bytes
    }
}
