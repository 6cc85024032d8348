import KubeObjects

/// Changes in place, for defaulting and preparing: a walk down a tree without copies of what lies beside it.
extension JSONObject {
    /// Sets a member that is absent or null.
    mutating func setDefault(_ key: String, _ value: JSONValue) {
        if self[key] == nil || self[key] == .null { self[key] = value }
    }

    /// Changes a member that is an object; any other is left alone.
    mutating func edit(_ key: String, _ change: (inout JSONObject) -> Void) {
        guard var members = self[key]?.object else { return }
        self[key] = JSONValue.null  // gives the tree away, so that the change needs no copy
        change(&members)
        self[key] = .object(members)
    }

    /// Changes a member that is an object, made empty if it is absent.
    mutating func editOrMake(_ key: String, _ change: (inout JSONObject) -> Void) {
        setDefault(key, [:])
        edit(key, change)
    }

    /// Changes each object in a member that is a list.
    mutating func editEach(_ key: String, _ change: (inout JSONObject) -> Void) {
        guard var elements = self[key]?.array else { return }
        self[key] = JSONValue.null
        for position in elements.indices {
            guard var members = elements[position].object else { continue }
            elements[position] = .null
            change(&members)
            elements[position] = .object(members)
        }
        self[key] = .array(elements)
    }
}

/// Reading with the zero values that Go's types have.
extension JSONValue {
    /// The text of a member; empty if it is absent.
    func text(_ key: String) -> String { self[key]?.string ?? "" }
    /// The elements of a member; none if it is absent.
    func list(_ key: String) -> [JSONValue] { self[key]?.array ?? [] }
    /// The number of a member; 0 if it is absent.
    func number(_ key: String) -> Int64 { self[key]?.integer ?? 0 }
    /// The entries of a member that is a map; none if it is absent.
    func map(_ key: String) -> JSONObject { self[key]?.object ?? [:] }
    /// The entries of a map of strings.
    var strings: [String: String] { object?.strings ?? [:] }
}

extension JSONObject {
    /// The members that are strings.
    var strings: [String: String] {
        var result: [String: String] = [:]
        for (key, value) in self { result[key] = value.string }
        return result
    }
}
