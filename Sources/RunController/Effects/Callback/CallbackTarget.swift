/// The address of a callback, taken apart strictly: what is not plainly an HTTP URL is none.
struct CallbackTarget: Sendable, Hashable {
    /// `https` or `http`.
    var scheme: String
    /// A name in small letters, or an address; an IPv6 address stands in brackets.
    var host: String
    var port: Int
    /// Path and query, beginning with `/`.
    var path: String

    /// Reads a URL.
    /// - Returns: nil if it is none: another scheme, a user in it, a character that a URL does not have.
    init?(_ url: String) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            let separator = url.firstRange(of: "://")
        else { return nil }
        scheme = url[..<separator.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else { return nil }
        let rest = url[separator.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest[authority.endIndex...]
        path = tail.hasPrefix("/") ? String(tail) : "/" + tail
        guard let (host, port) = Self.split(authority) else { return nil }
        self.host = host
        self.port = port ?? (scheme == "https" ? 443 : 80)
    }

    /// The address of the server, as a transport takes it.
    var server: String { "\(scheme)://\(host):\(port)" }

    private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
        var host = authority.lowercased()[...]
        var port: Int?
        if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]") {
            guard let number = UInt16(host[host.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            host = host[..<colon]
        }
        let inner = host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : nil
        let legal: (Character) -> Bool = { character in
            guard inner == nil else { return character.isHexDigit || character == ":" || character == "." }
            return character.isLetter || character.isNumber || character == "-" || character == "." || character == "_"
        }
        guard let first = (inner ?? host).first, first != ".", first != "-", (inner ?? host).allSatisfy(legal) else {
            return nil
        }
        return (String(host), port)
    }
}
