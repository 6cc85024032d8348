/// A query string: names and values, in order, a name as often as it is given.
public struct Query: Sendable, Hashable {
    /// The pairs, decoded, in order.
    public private(set) var items: [Item] = []

    /// One `name=value`.
    public struct Item: Sendable, Hashable {
        /// The name.
        public var name: String
        /// The value; empty if there was no `=`.
        public var value: String
    }

    /// No pairs.
    public init() {}

    /// Reads what follows the `?` of a request path.
    public init(parsing text: some StringProtocol) {
        for pair in text.split(separator: "&", omittingEmptySubsequences: true) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            items.append(
                Item(
                    name: PercentEncoding.decode(String(parts[0]), plusIsSpace: true),
                    value: parts.count > 1 ? PercentEncoding.decode(String(parts[1]), plusIsSpace: true) : ""))
        }
    }

    /// Adds a pair; a nil value adds nothing.
    public mutating func append(_ name: String, _ value: String?) {
        if let value { items.append(Item(name: name, value: value)) }
    }

    /// The first value of a name.
    public subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// All values of a name.
    public func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }

    /// Whether a switch is on: anything but `false` and `0` turns it on, the name alone as well.
    public func isSet(_ name: String) -> Bool {
        guard let value = self[name] else { return false }
        return value != "0" && value.lowercased() != "false"
    }

    /// The pairs with a `?` before them, percent-encoded; empty if there are none.
    public var encoded: String {
        guard !items.isEmpty else { return "" }
        return "?"
            + items.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
            .joined(separator: "&")
    }
}
