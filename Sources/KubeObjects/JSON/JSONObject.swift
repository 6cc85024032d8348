/// The members of a JSON object, in order, each name once.
///
/// Small objects, which is nearly all of a manifest, are searched linearly; larger ones (a ConfigMap's data, a Table's
/// rows by name) get an index. Two objects are equal if they have equal members in any order.
public struct JSONObject: Sendable {
    /// A member: its name and its value.
    public typealias Element = (key: String, value: JSONValue)

    /// A member as it is kept: a type of its own is copied and released by code made for it, a tuple by the runtime piece by
    /// piece.
    private struct Entry: Sendable {
        var key: String
        var value: JSONValue
    }

    /// A member's name. Two are the same if their bytes are.
    private struct Name: Hashable, Sendable {
        var text: String

        static func == (left: Name, right: Name) -> Bool {
            left.text.hasSameBytes(as: right.text)
        }
    }

    private var entries: [Entry]
    /// Position by name, kept once there are more members than a linear search should see.
    private var index: [Name: Int]?

    private static let indexThreshold = 16

    /// No members.
    public init() {
        entries = []
    }

    /// These members, in this order; a repeated name keeps its first place and its last value.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        self.init()
        entries.reserveCapacity(members.underestimatedCount)
        for (key, value) in members { self[key] = value }
    }

    /// These members, in this order, of whose names no two are the same.
    package init(distinct members: [(String, JSONValue)]) {
        entries = members.map { Entry(key: $0.0, value: $0.1) }
        rebuildIndex()
    }

    /// The member of this name. Setting nil removes it; setting a new name appends it.
    public subscript(key: String) -> JSONValue? {
        get { position(of: key).map { entries[$0].value } }
        set {
            guard let newValue else {
                removeValue(forKey: key)
                return
            }
            if let position = position(of: key) {
                entries[position].value = newValue
            } else {
                append(key, newValue)
            }
        }
    }

    /// Sets a member; true if it replaced one.
    mutating func updateValue(_ value: JSONValue, forKey key: String) -> Bool {
        guard let position = position(of: key) else {
            append(key, value)
            return false
        }
        entries[position].value = value
        return true
    }

    /// The member of this name, or a default; setting it sets the member. For changes in place.
    public subscript(key: String, default fallback: @autoclosure () -> JSONValue) -> JSONValue {
        get { self[key] ?? fallback() }
        _modify {
            let position: Int
            if let found = self.position(of: key) {
                position = found
            } else {
                append(key, fallback())
                position = entries.count - 1
            }
            yield &entries[position].value
        }
    }

    /// Removes a member and returns its value; nil if there is none.
    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSONValue? {
        guard let position = position(of: key) else { return nil }
        let removed = entries.remove(at: position).value
        if index != nil { rebuildIndex() }
        return removed
    }

    /// The names, in order.
    public var keys: [String] { entries.map(\.key) }

    /// The values, in order.
    public var values: [JSONValue] { entries.map(\.value) }

    /// The same object with every value replaced.
    public func mapValues(_ transform: (JSONValue) -> JSONValue) -> JSONObject {
        var result = self
        for position in entries.indices { result.entries[position].value = transform(entries[position].value) }
        return result
    }

    /// The members whose names are kept, in their order.
    package func keeping(_ isKept: (String) -> Bool) -> JSONObject {
        var result = JSONObject()
        result.entries = entries.filter { isKept($0.key) }
        result.rebuildIndex()
        return result
    }

    private func position(of key: String) -> Int? {
        let name = Name(text: key)
        if let index { return index[name] }
        return entries.firstIndex { Name(text: $0.key) == name }
    }

    private mutating func append(_ key: String, _ value: JSONValue) {
        // Objects of one member are rare; growing by doubling from one would move the first four three times.
        if entries.isEmpty { entries.reserveCapacity(4) }
        entries.append(Entry(key: key, value: value))
        if index != nil {
            index?[Name(text: key)] = entries.count - 1
        } else if entries.count > Self.indexThreshold {
            rebuildIndex()
        }
    }

    private mutating func rebuildIndex() {
        guard entries.count > Self.indexThreshold else {
            index = nil
            return
        }
        var rebuilt = [Name: Int](minimumCapacity: entries.count)
        for (position, entry) in entries.enumerated() { rebuilt[Name(text: entry.key)] = position }
        index = rebuilt
    }
}

extension JSONObject: RandomAccessCollection {
    /// The position of the first member.
    public var startIndex: Int { entries.startIndex }
    /// One past the last member.
    public var endIndex: Int { entries.endIndex }
    /// The member at a position.
    public subscript(position: Int) -> Element { (entries[position].key, entries[position].value) }
}

extension JSONObject {
    /// Whether both are copies of one object that nobody has changed since. Of an object that was read, changed in one place
    /// and is compared with what it was, nearly every part is such a copy.
    private func isSameStorage(as other: JSONObject) -> Bool {
        unsafe entries.withUnsafeBufferPointer { mine in
            unsafe other.entries.withUnsafeBufferPointer { unsafe mine.baseAddress == $0.baseAddress }
        }
    }
}

extension JSONObject: Hashable {
    /// Equal members, whatever their order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        if left.isSameStorage(as: right) { return true }
        for (position, entry) in left.entries.enumerated() {
            // The same place first: objects that come from one writer have one order.
            let twin = right.entries[position]
            if Name(text: twin.key) == Name(text: entry.key) {
                if twin.value != entry.value { return false }
            } else if right[entry.key] != entry.value {
                return false
            }
        }
        return true
    }

    /// Independent of the members' order.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for entry in entries {
            var member = Hasher()
            member.combine(entry.key)
            member.combine(entry.value)
            sum &+= member.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// These members; a repeated name keeps its last value.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
