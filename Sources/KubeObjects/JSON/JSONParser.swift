/// Reads a JSON text in one pass over its bytes.
///
/// Faults carry Go's wording, because the API server shows it to its clients.
struct JSONParser {
    let bytes: [UInt8]
    var position = 0
    private var depth = 0
    /// The paths of repeated members. While an object is read they are relative to it; the levels above put
    /// themselves in front on the way up, so that a text without repetitions pays nothing for paths.
    private(set) var duplicates: [Duplicate] = []

    /// A member that its object names more than once, and where the second name begins.
    struct Duplicate {
        var path: String
        var offset: Int
    }

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The whole text: one value and white space around it.
    mutating func document() throws(JSONError) -> JSONValue {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw unexpected("after top-level value") }
        return value
    }

    /// The next of several values that follow each other with nothing but white space between; nil at the end.
    mutating func nextDocument() throws(JSONError) -> JSONValue? {
        skipSpace()
        return position == bytes.count ? nil : try value()
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        switch current {
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "{"):
            return .object(try object())
        case UInt8(ascii: "["):
            return .array(try array())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try number()
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default:
            throw unexpected("looking for beginning of value")
        }
    }

    private mutating func object() throws(JSONError) -> JSONObject {
        try enter()
        var members = JSONObject()
        let first = duplicates.count
        skipSpace()
        if take(UInt8(ascii: "}")) { return leave(members) }
        while true {
            skipSpace()
            let start = position
            let key = try memberName()
            let known = duplicates.count
            let value = try value()
            if duplicates.count > known { prefixDuplicates(from: known, with: key) }
            if members.updateValue(value, forKey: key) { reportDuplicate(key, at: start, since: first) }
            skipSpace()
            if take(UInt8(ascii: "}")) { return leave(members) }
            guard take(UInt8(ascii: ",")) else { throw unexpected("after object key:value pair") }
        }
    }

    /// A member's name and the colon behind it.
    private mutating func memberName() throws(JSONError) -> String {
        guard current == UInt8(ascii: "\"") else { throw unexpected("looking for beginning of object key string") }
        let key = try string()
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw unexpected("after object key") }
        return key
    }

    private mutating func array() throws(JSONError) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return leave(elements) }
        while true {
            let known = duplicates.count
            let value = try value()
            if duplicates.count > known { prefixDuplicates(from: known, with: "[\(elements.count)]") }
            elements.append(value)
            skipSpace()
            if take(UInt8(ascii: "]")) { return leave(elements) }
            guard take(UInt8(ascii: ",")) else { throw unexpected("after array element") }
        }
    }

    /// The whole text, but for the elements of one member of its outermost object, if that is an array: they are handed
    /// over one by one, and the member stands there as an empty array.
    mutating func document(
        elementsOf name: String, _ handOver: (JSONValue) -> Void
    ) throws(JSONError) -> JSONValue {
        skipSpace()
        guard current == UInt8(ascii: "{") else { return try document() }
        try enter()
        var members = JSONObject()
        skipSpace()
        var isOver = take(UInt8(ascii: "}"))
        while !isOver {
            skipSpace()
            let key = try memberName()
            skipSpace()
            if key == name, current == UInt8(ascii: "[") {
                try eachElement(handOver)
                members[key] = []
            } else {
                members[key] = try value()
            }
            skipSpace()
            isOver = take(UInt8(ascii: "}"))
            guard isOver || take(UInt8(ascii: ",")) else { throw unexpected("after object key:value pair") }
        }
        skipSpace()
        guard position == bytes.count else { throw unexpected("after top-level value") }
        return leave(.object(members))
    }

    private mutating func eachElement(_ handOver: (JSONValue) -> Void) throws(JSONError) {
        try enter()
        skipSpace()
        var isOver = take(UInt8(ascii: "]"))
        while !isOver {
            handOver(try value())
            skipSpace()
            isOver = take(UInt8(ascii: "]"))
            guard isOver || take(UInt8(ascii: ",")) else { throw unexpected("after array element") }
        }
        leave(())
    }

    private mutating func enter() throws(JSONError) {
        depth += 1
        guard depth <= JSONValue.nestingLimit else { throw JSONError("exceeded max depth", at: position, in: bytes) }
        position += 1
    }

    private mutating func leave<Container>(_ container: Container) -> Container {
        depth -= 1
        return container
    }

    private mutating func literal(_ word: StaticString) throws(JSONError) {
        let text = "\(word)"
        position += 1
        for byte in text.utf8.dropFirst() {
            guard take(byte) else {
                throw unexpected("in literal \(text) (expecting '\(Unicode.Scalar(byte))')")
            }
        }
    }

    private mutating func prefixDuplicates(from first: Int, with prefix: String) {
        for index in first..<duplicates.count {
            let separator = duplicates[index].path.hasPrefix("[") ? "" : "."
            duplicates[index].path = prefix + separator + duplicates[index].path
        }
    }

    /// Notes a repeated member of the object whose own repetitions begin at an index.
    private mutating func reportDuplicate(_ key: String, at offset: Int, since first: Int) {
        if duplicates[first...].contains(where: { $0.path == key }) { return }
        duplicates.append(Duplicate(path: key, offset: offset))
    }
}

extension JSONParser {
    /// The byte at the position; a NUL, which no token begins with, at the end.
    var current: UInt8 { position < bytes.count ? bytes[position] : 0 }

    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
            default: return
            }
        }
    }

    /// The fault of the byte at the position, or of the text's end.
    func unexpected(_ context: String) -> JSONError {
        guard position < bytes.count else { return JSONError("unexpected end of JSON input", at: position, in: bytes) }
        return JSONError("invalid character \(quoted(bytes[position])) \(context)", at: position, in: bytes)
    }

    /// A byte as Go quotes it in such messages, which takes it for a code point of its own.
    private func quoted(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "'"): return #"'\''"#
        case UInt8(ascii: "\""): return #"'"'"#
        case UInt8(ascii: "\\"): return #"'\\'"#
        case 0x07: return #"'\a'"#
        case 0x08: return #"'\b'"#
        case 0x09: return #"'\t'"#
        case 0x0A: return #"'\n'"#
        case 0x0B: return #"'\v'"#
        case 0x0C: return #"'\f'"#
        case 0x0D: return #"'\r'"#
        case 0..<0x20, 0x7F: return "'\\x" + hex(byte) + "'"
        case 0x80...0xA0, 0xAD: return "'\\u00" + hex(byte) + "'"
        default: return "'\(Unicode.Scalar(byte))'"
        }
    }

    private func hex(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
