import HTTPTypes
import KubeWire

/// What a fault rule can know of a request.
struct FaultSubject: Sendable {
    private let request: WireRequest
    let userAgent: String
    private let user: @Sendable () -> String

    /// - Parameter user: the name of who asks; asked for if a rule needs it.
    init(_ request: WireRequest, user: @escaping @Sendable () -> String) {
        self.request = request
        self.user = user
        userAgent = request.headers[.userAgent] ?? ""
    }

    /// What the request is about. Read when it is asked for: most clusters have no faults.
    var target: RequestTarget { RequestTarget(request) }

    /// Whether a rule is about this request: it matches, and its fault makes sense here.
    func isMatched(by rule: FaultPlan.Rule) -> Bool {
        let (match, target) = (rule.match, self.target)
        let path = target.resourcePath
        return Self.any(match.verbs, target.verb)
            && (match.resources.isEmpty || match.resources.contains(where: names))
            && Self.any(match.namespaces, path?.namespace ?? "") && Self.any(match.names, path?.name ?? "")
            && (match.users.isEmpty || Self.any(match.users, user())) && Self.any(match.userAgents, userAgent)
            && allows(rule.fault)
    }

    private func allows(_ fault: FaultPlan.Fault) -> Bool {
        guard target.resourcePath != nil else {
            switch fault {
            case .latency, .cut, .partition, .error(.tooManyRequests, _), .error(.unavailable, _): return true
            default: return false
            }
        }
        switch fault {
        case .error(.conflict, _): return ["update", "patch", "delete"].contains(target.verb)
        case .error(.expired, _): return ["list", "watch"].contains(target.verb)
        case .expireWatch: return target.verb == "watch"
        case .cutStream: return target.verb == "watch" || target.resourcePath?.subresource == "log"
        case .staleList: return target.verb == "list" && target.query["continue"] == nil
        default: return true
        }
    }

    private func names(_ pattern: String) -> Bool {
        guard let path = target.resourcePath else { return false }
        let parts = pattern.split(separator: "/", maxSplits: 1).map(String.init)
        let resource = path.group.isEmpty ? path.resource : "\(path.resource).\(path.group)"
        guard let first = parts.first, Self.isMatch(first, resource) else { return false }
        return parts.count > 1 ? Self.isMatch(parts[1], path.subresource ?? "") : path.subresource == nil
    }

    private static func any(_ patterns: [String], _ text: String) -> Bool {
        patterns.isEmpty || patterns.contains { isMatch($0, text) }
    }

    /// Whether a text is what a pattern says, in which `*` is any text.
    static func isMatch(_ pattern: String, _ text: String) -> Bool {
        let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last else { return pattern == text }
        guard text.utf8.count >= first.utf8.count + last.utf8.count, text.hasPrefix(first), text.hasSuffix(last) else {
            return false
        }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let range = rest.firstRange(of: piece) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
