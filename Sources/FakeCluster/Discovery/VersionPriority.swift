/// The order of API versions by maturity: `v2` before `v1` before `v1beta2` before `v1alpha1` before anything else.
///
/// The rule is that of the custom resource documentation ("Version priority"); discovery lists versions by it, and the
/// first is the preferred one.
struct VersionPriority: Comparable, Sendable {
    private enum Stage: Int, Comparable {
        case other, alpha, beta, stable
        static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    private let name: String
    private let stage: Stage
    private let major: Int
    private let minor: Int

    /// The priority of a version name.
    init(_ name: String) {
        self.name = name
        let parsed = Self.parse(name)
        stage = parsed?.stage ?? .other
        major = parsed?.major ?? 0
        minor = parsed?.minor ?? 0
    }

    /// A smaller priority is listed later. Names that follow no pattern are listed last, in alphabetical order.
    static func < (left: VersionPriority, right: VersionPriority) -> Bool {
        guard left.stage == right.stage else { return left.stage < right.stage }
        if left.stage == .other { return left.name > right.name }
        return (left.major, left.minor) < (right.major, right.minor)
    }

    private static func parse(_ name: String) -> (stage: Stage, major: Int, minor: Int)? {
        guard name.first == "v" else { return nil }
        let rest = name.dropFirst()
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard let major = number(digits) else { return nil }
        let suffix = rest.dropFirst(digits.count)
        if suffix.isEmpty { return (.stable, major, 0) }
        for (word, stage) in [("alpha", Stage.alpha), ("beta", Stage.beta)] where suffix.hasPrefix(word) {
            guard let minor = number(suffix.dropFirst(word.count)) else { return nil }
            return (stage, major, minor)
        }
        return nil
    }

    private static func number(_ digits: Substring) -> Int? {
        guard let first = digits.first, first != "0", digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        return Int(digits)
    }
}
