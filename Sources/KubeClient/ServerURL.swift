/// The address of an API server, taken apart.
struct ServerURL: Sendable, Hashable, CustomStringConvertible {
    /// `https` or `http`.
    var scheme: String
    /// Name or address; an IPv6 address stands in brackets.
    var host: String
    var port: Int
    /// What stands before every request path, without a slash at its end; mostly empty.
    var path: String

    /// Reads an address as kubeconfig files hold it: the scheme may be missing.
    /// - Parameter defaultsToTLS: what a missing scheme means; as in client-go, TLS where a setting speaks of TLS.
    init?(_ text: String, defaultsToTLS: Bool) {
        var rest = text[...]
        if let separator = text.firstRange(of: "://") {
            scheme = text[..<separator.lowerBound].lowercased()
            rest = text[separator.upperBound...]
        } else {
            scheme = defaultsToTLS ? "https" : "http"
        }
        guard scheme == "https" || scheme == "http" else { return nil }
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        path = String(rest[authority.endIndex...].prefix { $0 != "?" && $0 != "#" })
        while path.hasSuffix("/") { path.removeLast() }
        // The colons of an IPv6 address stand inside its brackets.
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            guard let number = Int(authority[authority.index(after: colon)...]), (1...65535).contains(number) else {
                return nil
            }
            host = String(authority[..<colon])
            port = number
        } else {
            host = String(authority)
            port = scheme == "https" ? 443 : 80
        }
        guard !host.isEmpty, !host.contains(where: { $0.isWhitespace || $0 == "@" }) else { return nil }
    }

    /// The address as it is written in full, the port only where it is not the scheme's own.
    var description: String { "\(scheme)://\(authority)\(path)" }

    /// Host and port as a `Host` header names them.
    var authority: String { port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)" }
}
