/// A condition on an object's labels: requirements that all have to be met.
///
/// Requirements stand in the order of their keys, as the API server keeps them.
public struct LabelSelector: Sendable, Hashable {
    /// How a requirement compares a label.
    public enum Operator: String, Sendable, Hashable {
        case equals = "="
        case doubleEquals = "=="
        case notEquals = "!="
        case `in` = "in"
        case notIn = "notin"
        case exists
        case doesNotExist = "!"
        case greaterThan = ">"
        case lessThan = "<"
    }

    /// One requirement.
    public struct Requirement: Sendable, Hashable {
        /// The label's key.
        public var key: String
        /// How the label is compared.
        public var `operator`: Operator
        /// What it is compared with: nothing for existence, one value for comparisons, any number for sets.
        public var values: [String]

        /// A requirement. The texts are not checked.
        public init(_ key: String, _ operator: Operator, _ values: [String] = []) {
            self.key = key
            self.operator = `operator`
            self.values = values
        }
    }

    /// The requirements, ordered by key; none means that everything matches.
    public private(set) var requirements: [Requirement]

    /// A selector that requires all of these.
    public init(_ requirements: [Requirement] = []) {
        self.requirements = requirements.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    /// A selector for objects that have all of these labels.
    public init(matching labels: [String: String]) {
        self.init(labels.map { Requirement($0, .equals, [$1]) })
    }

    /// The selector that every object matches.
    public static let everything = LabelSelector()

    /// Whether every object matches.
    public var isEmpty: Bool { requirements.isEmpty }
}

extension LabelSelector {
    /// Whether labels meet all requirements.
    public func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { $0.matches(labels[$0.key]) }
    }

    /// Whether labels as they stand in an object's metadata meet all requirements; what is no string counts as absent.
    public func matches(_ labels: JSONObject?) -> Bool {
        requirements.allSatisfy { $0.matches(labels?[$0.key]?.string) }
    }

    /// Whether an object's labels meet all requirements.
    public func matches(_ object: KubeObject) -> Bool {
        isEmpty || matches(object.json["metadata"]?["labels"]?.object)
    }
}

extension LabelSelector.Requirement {
    /// Whether a label's value, nil if there is no such label, meets the requirement.
    public func matches(_ value: String?) -> Bool {
        switch `operator` {
        case .exists: return value != nil
        case .doesNotExist: return value == nil
        case .in, .equals, .doubleEquals: return value.map(values.contains) ?? false
        case .notIn, .notEquals: return !(value.map(values.contains) ?? false)
        case .greaterThan, .lessThan:
            guard let left = value.flatMap({ Int64($0) }), let right = values.first.flatMap({ Int64($0) }) else {
                return false
            }
            return `operator` == .greaterThan ? left > right : left < right
        }
    }
}

extension LabelSelector: CustomStringConvertible {
    /// The selector as it is written: `app=x,tier in (a,b),!legacy`.
    public var description: String { requirements.map(\.description).joined(separator: ",") }
}

extension LabelSelector.Requirement: CustomStringConvertible {
    /// The requirement as it is written; the values of a set in order.
    public var description: String {
        switch `operator` {
        case .exists: key
        case .doesNotExist: "!\(key)"
        case .in, .notIn: "\(key) \(`operator`.rawValue) (\(values.sorted().joined(separator: ",")))"
        default: "\(key)\(`operator`.rawValue)\(values.first ?? "")"
        }
    }
}
