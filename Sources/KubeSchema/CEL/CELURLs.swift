/// URLs (Kubernetes' URL library): `url('https://a:80/b?c=d').getPort()`.
enum CELURLs {
    static let functions: [String: CELFunction] = {
        let read: @Sendable ([CELValue]) -> Int = { CELCost.reading($0.first) }
        var functions: [String: CELFunction] = [
            "url": CELFunction([.function([.string], .url)], cost: read) { arguments throws(CELRuntimeError) in
                guard case .string(let text) = arguments[0] else { return nil }
                if let url = CELURL(text) { return .url(url) }
                throw CELRuntimeError(
                    message: "URL parse error during conversion from string: parse \(text.quoted): "
                        + "invalid URI for request")
            },
            "isURL": CELFunction([.function([.string], .bool)], cost: read) {
                guard case .string(let text) = $0[0] else { return nil }
                return .bool(CELURL(text) != nil)
            },
            "getQuery": CELFunction([.method([.url], .map(.string, .list(.string)))]) {
                guard case .url(let url) = $0[0] else { return nil }
                var map = CELMap()
                for (key, values) in url.query { _ = map.add(.string(key), .string(key), CELStrings.strings(values)) }
                return .map(map)
            },
        ]
        for (name, part) in parts {
            functions[name] = CELFunction([.method([.url], .string)]) {
                guard case .url(let url) = $0[0] else { return nil }
                return .string(part(url))
            }
        }
        return functions
    }()

    private static let parts: [String: @Sendable (CELURL) -> String] = [
        "getScheme": \.scheme, "getHost": \.host, "getHostname": \.hostname, "getPort": \.port,
        "getEscapedPath": \.path,
    ]
}

/// The parts of an absolute URL or a rooted path, as Go's `url.ParseRequestURI` takes them.
struct CELURL: Sendable, Hashable {
    let text: String
    private(set) var scheme = ""
    /// With the port.
    private(set) var host = ""
    /// As escaped in the text.
    private(set) var path = ""
    private var queryText = ""

    init?(_ text: String) {
        guard StringFormat.matches(text, "uri") else { return nil }
        self.text = text
        var rest = text[...]
        if !rest.hasPrefix("/"), let colon = rest.firstIndex(of: ":") {
            scheme = rest[..<colon].lowercased()
            rest = rest[rest.index(after: colon)...]
            // Neither a rooted path nor an authority: opaque, such as `mailto:a@b`.
            guard rest.hasPrefix("/") else { return }
        }
        if let mark = rest.firstIndex(of: "?") {
            queryText = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if !scheme.isEmpty, rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let authority = rest.prefix { $0 != "/" }
            rest = rest.dropFirst(authority.count)
            host = String(authority.split(separator: "@", omittingEmptySubsequences: false).last ?? "")
        }
        path = String(rest)
    }

    /// The host without port and brackets.
    var hostname: String {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") {
            return String(host[host.index(after: host.startIndex)..<end])
        }
        return String(host.prefix { $0 != ":" })
    }

    var port: String {
        let behind = host.hasPrefix("[") ? host.drop { $0 != "]" }.dropFirst() : host.drop { $0 != ":" }
        return behind.hasPrefix(":") ? String(behind.dropFirst()) : ""
    }

    /// The query's values by name, sorted by name.
    var query: [(key: String, values: [String])] {
        var found: [String: [String]] = [:]
        for part in queryText.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = Self.unescaped(pair[0]), let value = Self.unescaped(pair.count == 2 ? pair[1] : "") else {
                continue
            }
            found[key, default: []].append(value)
        }
        return found.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func unescaped(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else {
                    return nil
                }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
