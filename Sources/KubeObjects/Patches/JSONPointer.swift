/// A place in a JSON tree (RFC 6901): `/spec/containers/0/image`, with `~1` for `/` and `~0` for `~`.
public struct JSONPointer: Sendable, Hashable {
    /// The names and indices on the way, without escapes.
    public var tokens: [String]

    /// Reads a pointer; nil if it neither is empty nor begins with `/`.
    public init?(_ text: String) {
        guard text.isEmpty || text.hasPrefix("/") else { return nil }
        tokens = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
        }
    }

    /// The value at the place; nil if there is none.
    public func value(in tree: JSONValue) -> JSONValue? {
        var value = tree
        for token in tokens {
            switch value {
            case .object(let members):
                guard let member = members[token] else { return nil }
                value = member
            case .array(let elements):
                guard let index = Self.index(token, below: elements.count) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value
    }

    /// Adds a value: sets a member, or inserts an element before an index or, for `-`, at the end. False if there is
    /// nothing that could hold it.
    func insert(_ value: JSONValue, into tree: inout JSONValue) -> Bool {
        change(&tree, tokens[...]) { container, token in
            guard let token else {
                container = value
                return true
            }
            if case .array(var elements) = container {
                let end = elements.count
                guard let index = token == "-" ? end : Self.index(token, below: end + 1) else { return false }
                container = .null
                elements.insert(value, at: index)
                container = .array(elements)
                return true
            }
            guard case .object = container else { return false }
            container[token] = value
            return true
        }
    }

    /// Puts a value in the place of the one that is there. False if there is none.
    func set(_ value: JSONValue, in tree: inout JSONValue) -> Bool {
        change(&tree, tokens[...]) { container, token in
            guard let token else {
                container = value
                return true
            }
            if case .array(var elements) = container {
                guard let index = Self.index(token, below: elements.count) else { return false }
                container = .null
                elements[index] = value
                container = .array(elements)
                return true
            }
            guard container[token] != nil else { return false }
            container[token] = value
            return true
        }
    }

    /// Takes the value out and returns it; nil if there is none. The root cannot be taken out.
    func remove(from tree: inout JSONValue) -> JSONValue? {
        var removed: JSONValue?
        _ = change(&tree, tokens[...]) { container, token in
            guard let token else { return false }
            if case .array(var elements) = container {
                guard let index = Self.index(token, below: elements.count) else { return false }
                removed = elements.remove(at: index)
                container = .array(elements)
                return true
            }
            removed = container[token]
            container[token] = nil
            return removed != nil
        }
        return removed
    }

    /// Goes down to the container of the last token and changes it there; a failed change leaves the tree as it was.
    private func change(
        _ tree: inout JSONValue, _ path: ArraySlice<String>, _ body: (inout JSONValue, String?) -> Bool
    ) -> Bool {
        guard path.count > 1, let token = path.first else { return body(&tree, path.first) }
        switch tree {
        case .object(var members):
            guard var child = members[token] else { return false }
            guard change(&child, path.dropFirst(), body) else { return false }
            members[token] = child
            tree = .object(members)
        case .array(var elements):
            guard let index = Self.index(token, below: elements.count) else { return false }
            guard change(&elements[index], path.dropFirst(), body) else { return false }
            tree = .array(elements)
        default: return false
        }
        return true
    }

    /// An index without sign and leading zeros.
    private static func index(_ token: String, below count: Int) -> Int? {
        guard token.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }), token == "0" || token.first != "0",
            let index = Int(token), index < count
        else { return nil }
        return index
    }
}
