/// JSON patch (RFC 6902): a list of operations, all of which succeed or none.
///
/// Where the API server's library (evanphx/json-patch v4) goes beyond the RFC or stays behind it, so does this: an index below
/// zero counts from the end, a member that is not there passes for `null` and can be replaced, and nothing can be added in
/// the place of the whole document.
public struct JSONPatch: Sendable, Hashable {
    /// The operations, in order.
    public var operations: [Operation]

    /// One operation.
    public struct Operation: Sendable, Hashable {
        /// What is done: `add`, `remove`, `replace`, `move`, `copy` or `test`.
        public var name: String
        /// Where it is done.
        public var path: String
        /// Where `move` and `copy` take the value from.
        public var from: String?
        /// The value that is added, put or expected; absent passes for `null`, as the API server's library has it.
        public var value: JSONValue?

        /// An operation.
        public init(_ name: String, path: String, from: String? = nil, value: JSONValue? = nil) {
            self.name = name
            self.path = path
            self.from = from
            self.value = value
        }
    }

    /// Why a patch was refused.
    public enum Failure: Error, Sendable, Hashable, CustomStringConvertible {
        /// The patch is no list of operations; the text is that of Go's decoder.
        case malformed(String)
        /// An operation did not apply. Its text is for logs: the API server shows its clients a general one.
        case notApplied(String)

        /// The text of the fault.
        public var description: String {
            switch self {
            case .malformed(let message), .notApplied(let message): message
            }
        }
    }

    /// A patch of these operations.
    public init(_ operations: [Operation]) { self.operations = operations }

    /// Reads a patch. Operations are looked at only when they are applied.
    ///
    /// - Throws: ``Failure/malformed(_:)`` if it is no list of objects.
    public init(_ json: JSONValue) throws(Failure) {
        guard let entries = json.array else {
            throw .malformed("json: cannot unmarshal \(json.goTypeName) into Go value of type []handlers.jsonPatchOp")
        }
        operations = []
        for entry in entries {
            guard let members = entry.isNull ? [:] : entry.object else {
                throw .malformed(
                    "json: cannot unmarshal \(entry.goTypeName) into Go value of type handlers.jsonPatchOp")
            }
            let name = try Self.text("op", of: members) ?? ""
            guard let path = try Self.text("path", of: members) else {
                throw .notApplied("\(name) operation does not apply: missing path")
            }
            operations.append(
                Operation(name, path: path, from: try Self.text("from", of: members), value: members["value"]))
        }
    }

    private static func text(_ name: String, of members: JSONObject) throws(Failure) -> String? {
        guard let member = members[name], !member.isNull else { return nil }
        guard let text = member.string else {
            throw .malformed(
                "json: cannot unmarshal \(member.goTypeName) into Go struct field jsonPatchOp.\(name) of type string")
        }
        return text
    }

    /// The members that an operation may have.
    public static let members: Set<String> = ["op", "path", "from", "value"]

    /// How many bytes all that is copied may have as text: a few operations that each copy what the one before has made
    /// would otherwise fill the memory (apiserver, `JSONPatchMaxCopyBytes`).
    public static let copyLimit = 3 << 20

    /// The target after all operations.
    ///
    /// - Throws: ``Failure/notApplied(_:)`` for the first operation that does not apply, or that makes more of the target
    ///   than ``copyLimit`` and ``JSONValue/nestingLimit`` allow.
    public func apply(to target: JSONValue) throws(Failure) -> JSONValue {
        var result = target
        var copied = 0
        for operation in operations { try operation.apply(to: &result, copied: &copied) }
        return result
    }
}

extension JSONPatch.Operation {
    fileprivate func apply(to target: inout JSONValue, copied size: inout Int) throws(JSONPatch.Failure) {
        switch name {
        case "add":
            try insert(value ?? .null, at: try pointer(path), into: &target)
        case "remove":
            let pointer = try pointer(path)
            guard pointer.remove(from: &target) != nil else { throw missing(path) }
        case "replace":
            let pointer = try pointer(path)
            guard pointer.value(in: target) != nil else { throw missing(path) }
            let value = value ?? .null
            if pointer.tokens.isEmpty, value.object == nil, value.array == nil {
                throw .notApplied("replace operation value must be object or array")
            }
            try requireRoom(for: value, at: pointer)
            _ = pointer.set(value, in: &target)
        case "move":
            let source = try required(from, "from")
            guard let moved = try pointer(source).remove(from: &target) else { throw missing(source) }
            try insert(moved, at: try pointer(path), into: &target)
        case "copy":
            let source = try required(from, "from")
            guard !source.isEmpty, let copied = try pointer(source).value(in: target) else { throw missing(source) }
            size += copied.encoded().count
            guard size <= JSONPatch.copyLimit else {
                throw .notApplied(
                    "copy operation does not apply: what is copied has \(size) bytes by now, the limit is "
                        + "\(JSONPatch.copyLimit)")
            }
            try insert(copied, at: try pointer(path), into: &target)
        case "test":
            guard let present = try pointer(path).value(in: target) else { throw missing(path) }
            guard present == value ?? .null else { throw .notApplied("testing value \(path) failed: test failed") }
        default:
            throw .notApplied("Unexpected kind: \(name)")
        }
    }

    private func insert(
        _ value: JSONValue, at pointer: JSONPointer, into target: inout JSONValue
    ) throws(JSONPatch.Failure) {
        try requireRoom(for: value, at: pointer)
        guard pointer.insert(value, into: &target) else { throw missing(path) }
    }

    /// Refuses a value that would stand too deep in the target.
    private func requireRoom(for value: JSONValue, at pointer: JSONPointer) throws(JSONPatch.Failure) {
        guard value.isNested(deeperThan: JSONValue.nestingLimit - pointer.tokens.count) else { return }
        throw .notApplied("\(name) operation does not apply: exceeded max depth")
    }

    private func pointer(_ text: String) throws(JSONPatch.Failure) -> JSONPointer {
        guard let pointer = JSONPointer(text) else {
            throw .notApplied("\(name) operation does not apply: \(text.debugDescription) is no JSON pointer")
        }
        return pointer
    }

    private func required<Value>(_ value: Value?, _ member: String) throws(JSONPatch.Failure) -> Value {
        guard let value else { throw .notApplied("\(name) operation does not apply: missing \(member)") }
        return value
    }

    private func missing(_ path: String) -> JSONPatch.Failure {
        .notApplied("\(name) operation does not apply: doc is missing path: \(path.debugDescription): missing value")
    }
}
