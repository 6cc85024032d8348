/// A place in a JSON tree (RFC 6901): `/spec/containers/0/image`, with `~1` for `/` and `~0` for `~`.
public struct JSONPointer: Sendable, Hashable {
    /// The names and indices on the way, without escapes.
    public var tokens: [String]

    /// Reads a pointer; nil if it neither is empty nor has a `/`. What stands before the first one does not count: the API
    /// server's library does not look at it.
    public init?(_ text: String) {
        guard text.isEmpty || text.contains("/") else { return nil }
        tokens = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            String($0.replacing("~1", with: "/").replacing("~0", with: "~"))
        }
    }

    /// The value at the place, `null` for a member that an object does not have; nil if nothing there could hold a value.
    public func value(in tree: JSONValue) -> JSONValue? {
        var value: JSONValue? = tree
        for token in tokens {
            switch value {
            case .object(let members)?: value = members[token]
            case .array(let elements)?:
                guard let index = Self.index(token, below: elements.count) else { return nil }
                value = elements[index]
            default: return nil
            }
        }
        return value ?? .null
    }

    /// Adds a value: sets a member, or inserts an element before an index or, for `-` and `-1`, at the end. False if there is
    /// nothing that could hold it; nothing holds the root.
    func insert(_ value: JSONValue, into tree: inout JSONValue) -> Bool {
        change(&tree, tokens[...]) { container, token in
            guard let token else { return false }
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

    /// Puts a value in the place of the one that is there, or adds a member. False if there is nothing that could hold it.
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
            guard case .object = container else { return false }
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

    /// An index as Go reads numbers, with a sign or zeros before it if you like. Below zero it counts from the end
    /// (evanphx/json-patch, `SupportNegativeIndices`).
    private static func index(_ token: String, below count: Int) -> Int? {
        guard let index = Int(token), index < count, index >= -count else { return nil }
        return index < 0 ? count + index : index
    }
}
