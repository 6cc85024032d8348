/// IP addresses and networks (Kubernetes' IP and CIDR libraries): `cidr('10.0.0.0/8').containsIP('10.1.2.3')`.
enum CELAddresses {
    static let functions: [String: CELFunction] = {
        let read: @Sendable ([CELValue]) -> Int = { CELCost.reading($0.first) }
        var functions: [String: CELFunction] = [
            "ip": CELFunction([.function([.string], .ip), .method([.cidr], .ip)], cost: read) {
                arguments throws(CELRuntimeError) in
                if case .cidr(let network) = arguments[0] { return .ip(network.address) }
                return try text(arguments).map { text throws(CELRuntimeError) in .ip(try address(text)) }
            },
            "isIP": CELFunction([.function([.string], .bool)], cost: read) {
                text($0).map { .bool(IPAddress($0) != nil) }
            },
            "ip.isCanonical": CELFunction([.function([.string], .bool)], cost: read) {
                arguments throws(CELRuntimeError) in
                try text(arguments).map { text throws(CELRuntimeError) in .bool(try address(text).description == text) }
            },
            "family": CELFunction([.method([.ip], .int)]) { ip($0).map { .int($0.bytes.count == 4 ? 4 : 6) } },
            "cidr": CELFunction([.function([.string], .cidr)], cost: read) { arguments throws(CELRuntimeError) in
                try text(arguments).map { text throws(CELRuntimeError) in .cidr(try network(text)) }
            },
            "isCIDR": CELFunction([.function([.string], .bool)], cost: read) {
                text($0).map { .bool(IPNetwork($0) != nil) }
            },
            "prefixLength": CELFunction([.method([.cidr], .int)]) { cidr($0).map { .int(Int64($0.length)) } },
            "masked": CELFunction([.method([.cidr], .cidr)]) { cidr($0).map { .cidr($0.masked) } },
            "containsIP": CELFunction([.method([.cidr, .ip], .bool), .method([.cidr, .string], .bool)]) {
                arguments throws(CELRuntimeError) in
                guard let network = cidr(arguments) else { return nil }
                switch arguments[1] {
                case .ip(let other): return .bool(network.contains(other))
                case .string(let text): return .bool(network.contains(try address(text)))
                default: return nil
                }
            },
            "containsCIDR": CELFunction([.method([.cidr, .cidr], .bool), .method([.cidr, .string], .bool)]) {
                arguments throws(CELRuntimeError) in
                guard let outer = cidr(arguments) else { return nil }
                let inner: IPNetwork
                switch arguments[1] {
                case .cidr(let network): inner = network
                case .string(let text): inner = try network(text)
                default: return nil
                }
                return .bool(outer.length <= inner.length && outer.contains(inner.address))
            },
        ]
        for (name, test) in tests {
            functions[name] = CELFunction([.method([.ip], .bool)]) { ip($0).map { .bool(test($0)) } }
        }
        return functions
    }()

    private static let tests: [String: @Sendable (IPAddress) -> Bool] = [
        "isUnspecified": { $0.bytes.allSatisfy { $0 == 0 } },
        "isLoopback": \.isLoopback,
        "isLinkLocalMulticast": \.isLinkLocalMulticast,
        "isLinkLocalUnicast": \.isLinkLocalUnicast,
        "isGlobalUnicast": \.isGlobalUnicast,
    ]

    private static func text(_ arguments: [CELValue]) -> String? {
        guard case .string(let text) = arguments[0] else { return nil }
        return text
    }

    private static func ip(_ arguments: [CELValue]) -> IPAddress? {
        guard case .ip(let address) = arguments[0] else { return nil }
        return address
    }

    private static func cidr(_ arguments: [CELValue]) -> IPNetwork? {
        guard case .cidr(let network) = arguments[0] else { return nil }
        return network
    }

    private static func address(_ text: String) throws(CELRuntimeError) -> IPAddress {
        if let address = IPAddress(text) { return address }
        throw CELRuntimeError(
            message: "IP Address \(text.quoted) parse error during conversion from string: "
                + "ParseAddr(\(text.quoted)): unable to parse IP")
    }

    private static func network(_ text: String) throws(CELRuntimeError) -> IPNetwork {
        if let network = IPNetwork(text) { return network }
        let why = text.contains("/") ? "unable to parse prefix" : "no '/'"
        throw CELRuntimeError(
            message: "network address parse error during conversion from string: "
                + "netip.ParsePrefix(\(text.quoted)): \(why)")
    }
}
