import KubeClient

/// Where callbacks may go. Whoever can create a run can make the controller call a URL, so without more being said only
/// HTTPS to addresses of the internet is allowed: nothing of the cluster, of the machine or of a cloud's metadata.
///
/// Each entry is `[SCHEME://]HOST[:PORT]`, where HOST is a name, `*.SUFFIX`, `*` or a range of addresses such as
/// `10.0.0.0/8`. Without a scheme it means https; without a port, any. A name or a suffix is allowed whatever its
/// addresses are: whoever lists it vouches for it. `*` allows addresses of the internet only.
package struct CallbackPolicy: Sendable, Hashable {
    private enum Host: Sendable, Hashable {
        case any
        case name(String)
        case suffix(String)
        case range(AddressRange)
    }

    private struct Entry: Sendable, Hashable {
        var scheme: String
        var host: Host
        var port: Int?
    }

    private let entries: [Entry]

    /// HTTPS to the internet.
    package static let standard = CallbackPolicy(entries: [Entry(scheme: "https", host: .any)])

    private init(entries: [Entry]) { self.entries = entries }

    /// Reads entries; nil if one of them is none.
    package init?(_ texts: [String]) {
        let entries = texts.compactMap(Self.entry)
        guard entries.count == texts.count else { return nil }
        self.entries = entries
    }

    private static func entry(_ text: String) -> Entry? {
        var rest = text.lowercased()[...]
        var scheme = "https"
        if let separator = rest.firstRange(of: "://") {
            scheme = String(rest[..<separator.lowerBound])
            rest = rest[separator.upperBound...]
        }
        guard scheme == "https" || scheme == "http", !rest.isEmpty else { return nil }
        if let range = AddressRange(String(rest)) { return Entry(scheme: scheme, host: .range(range)) }
        var port: Int?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
            guard let number = UInt16(rest[rest.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            rest = rest[..<colon]
        }
        if rest.hasPrefix("["), rest.hasSuffix("]") { rest = rest.dropFirst().dropLast() }
        let host: Host
        if rest == "*" {
            host = .any
        } else if let range = AddressRange(String(rest)) {
            host = .range(range)
        } else if rest.hasPrefix("*.") {
            host = .suffix(String(rest.dropFirst()))
        } else {
            host = .name(String(rest))
        }
        switch host {
        case .name(let name), .suffix(let name):
            guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }) else {
                return nil
            }
        case .any, .range: break
        }
        return Entry(scheme: scheme, host: host, port: port)
    }

    /// Which addresses a target may have; nil if it is not allowed whatever its address is.
    func addresses(for target: CallbackTarget) -> (@Sendable (IPAddress) -> Bool)? {
        let matching = entries.filter { entry in
            guard entry.scheme == target.scheme, entry.port == nil || entry.port == target.port else { return false }
            return switch entry.host {
            case .any, .range: true
            case .name(let name): name == target.host
            case .suffix(let suffix): target.host.hasSuffix(suffix)
            }
        }.map(\.host)
        guard !matching.isEmpty else { return nil }
        return { address in
            matching.contains { host in
                switch host {
                case .any: address.isPublic
                case .name, .suffix: true
                case .range(let range): range.contains(address) || range.contains(address.plain)
                }
            }
        }
    }
}
