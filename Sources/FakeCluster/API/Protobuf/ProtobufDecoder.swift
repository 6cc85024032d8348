import KubeObjects

/// Turns the protobuf form of a built-in object into its JSON tree.
///
/// Clients of client-go write typed objects in this form (`application/vnd.kubernetes.protobuf`): four magic bytes, then
/// a `runtime.Unknown` with the kind and the object's message.
struct ProtobufDecoder {
    /// The bytes with which every body begins: `k8s` and a zero.
    static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]
    /// How deep messages may stand in each other.
    private static let depthLimit = 100

    private let table: ProtobufTable

    /// A decoder.
    init(table: ProtobufTable = .standard) { self.table = table }

    /// The object of a body.
    func decode(_ body: [UInt8]) throws(ProtobufError) -> JSONValue {
        guard body.starts(with: Self.magic) else {
            throw ProtobufError(
                "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
        }
        var apiVersion = ""
        var kind = ""
        var raw: ArraySlice<UInt8> = []
        var envelope = ProtobufReader(body.dropFirst(Self.magic.count))
        while let (number, value) = try envelope.next() {
            guard case .bytes(let bytes) = value else { continue }
            switch number {
            case 1:
                var type = ProtobufReader(bytes)
                while let (number, value) = try type.next() {
                    guard case .bytes(let bytes) = value else { continue }
                    if number == 1 { apiVersion = String(decoding: bytes, as: UTF8.self) }
                    if number == 2 { kind = String(decoding: bytes, as: UTF8.self) }
                }
            case 2: raw = bytes
            default: break
            }
        }
        guard let message = table.message(apiVersion: apiVersion, kind: kind) else {
            throw ProtobufError("no kind \"\(kind)\" is registered for version \"\(apiVersion)\"")
        }
        var object: JSONObject = ["kind": .string(kind), "apiVersion": .string(apiVersion)]
        try read(raw, message, into: &object, depth: 0)
        return .object(object)
    }

    private func read(
        _ bytes: ArraySlice<UInt8>, _ message: String, into object: inout JSONObject, depth: Int
    ) throws(ProtobufError) {
        guard depth < Self.depthLimit else { throw ProtobufError("exceeded max depth") }
        guard let fields = table.fields(of: message) else { throw ProtobufError("unknown message \(message)") }
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            // A field that is not known comes from a newer client, and is dropped as an unknown field of JSON is.
            guard let field = fields[number] else { continue }
            if field.isInline, case .message(let name) = field.shape, case .bytes(let bytes) = value {
                try read(bytes, name, into: &object, depth: depth + 1)
                continue
            }
            switch (field.shape, value) {
            case (.list(.integer), .bytes(let bytes)):
                let numbers = try packed(bytes).map { JSONValue.integer($0) }
                object[field.name] = .array((object[field.name]?.array ?? []) + numbers)
            case (.list(let element), _):
                guard let item = try self.value(value, element, depth) else { continue }
                var items = object[field.name]?.array ?? []
                object[field.name] = .null
                items.append(item)
                object[field.name] = .array(items)
            case (.map(let element), _):
                let (key, entry) = try self.entry(value, element, depth)
                object[field.name, default: [:]][key] = entry
            default:
                if let value = try self.value(value, field.shape, depth) { object[field.name] = value }
            }
        }
    }

    /// A value; nil for one that stands for none, as a time of zero does.
    private func value(
        _ value: ProtobufReader.Value, _ shape: ProtobufTable.Shape, _ depth: Int
    ) throws(ProtobufError) -> JSONValue? {
        switch (shape, value) {
        case (.integer, .varint(let number)): return .integer(Int64(bitPattern: number))
        case (.boolean, .varint(let number)): return .bool(number != 0)
        case (.double, .fixed64(let bits)): return .double(Double(bitPattern: bits))
        case (.string, .bytes(let bytes)): return .string(String(decoding: bytes, as: UTF8.self))
        case (.bytes, .bytes(let bytes)): return .string(Base64.encode(bytes))
        case (.message(let name), .bytes(let bytes)):
            var object: JSONObject = [:]
            try read(bytes, name, into: &object, depth: depth + 1)
            return .object(object)
        case (.choice(let name), .bytes(let bytes)):
            var object: JSONObject = [:]
            try read(bytes, name, into: &object, depth: depth + 1)
            return object["schema"] ?? object.first?.value ?? .null
        case (.time, .bytes(let bytes)): return try time(bytes).map { .string($0.rfc3339) }
        case (.microTime, .bytes(let bytes)): return try time(bytes).map { .string($0.rfc3339Micro) }
        case (.quantity, .bytes(let bytes)): return .string(try texts(bytes).last ?? "0")
        case (.texts, .bytes(let bytes)): return .array(try texts(bytes).map { .string($0) })
        case (.intOrString, .bytes(let bytes)): return try intOrString(bytes)
        case (.json, .bytes(let bytes)): return try json(bytes)
        default: throw ProtobufError("a field has a value of another type")
        }
    }

    private func entry(
        _ value: ProtobufReader.Value, _ element: ProtobufTable.Shape, _ depth: Int
    ) throws(ProtobufError) -> (key: String, value: JSONValue) {
        guard case .bytes(let bytes) = value else { throw ProtobufError("a map's entry is no message") }
        var key = ""
        var content: JSONValue?
        var reader = ProtobufReader(bytes)
        while let (number, part) = try reader.next() {
            if number == 1, case .bytes(let bytes) = part { key = String(decoding: bytes, as: UTF8.self) }
            if number == 2 { content = try self.value(part, element, depth + 1) }
        }
        if let content { return (key, content) }
        return (key, try zero(of: element, depth))
    }

    /// What a map's entry without a value has: an empty message's value, or an empty text.
    private func zero(of element: ProtobufTable.Shape, _ depth: Int) throws(ProtobufError) -> JSONValue {
        switch element {
        case .string, .bytes: return ""
        default: return try value(.bytes([]), element, depth + 1) ?? .null
        }
    }
}

/// The messages that JSON writes as one value.
extension ProtobufDecoder {
    /// Seconds and nanoseconds since the epoch; an empty message is Go's zero time.
    private func time(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> Timestamp? {
        guard !bytes.isEmpty else { return nil }
        var seconds: Int64 = 0
        var nanoseconds: Int64 = 0
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            guard case .varint(let bits) = value else { continue }
            if number == 1 { seconds = Int64(bitPattern: bits) }
            if number == 2 { nanoseconds = Int64(bitPattern: bits) }
        }
        // Years 0001 to 9999, which RFC 3339 can write; Go's zero time is the first second of them.
        guard (-62_135_596_799...253_402_300_799).contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else {
            return nil
        }
        return Timestamp(seconds: seconds, nanoseconds: Int32(nanoseconds))
    }

    /// Integers in a row, as newer writers put them.
    private func packed(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> [Int64] {
        var reader = ProtobufReader(bytes)
        var numbers: [Int64] = []
        while let number = try reader.nextPacked() { numbers.append(Int64(bitPattern: number)) }
        return numbers
    }

    /// The texts of a message whose field 1 holds them.
    private func texts(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> [String] {
        var texts: [String] = []
        var reader = ProtobufReader(bytes)
        while let (number, value) = try reader.next() {
            if number == 1, case .bytes(let text) = value { texts.append(String(decoding: text, as: UTF8.self)) }
        }
        return texts
    }

    private func intOrString(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> JSONValue {
        var isText = false
        var number: Int64 = 0
        var text = ""
        var reader = ProtobufReader(bytes)
        while let (field, value) = try reader.next() {
            switch (field, value) {
            case (1, .varint(let type)): isText = type == 1
            case (2, .varint(let bits)): number = Int64(bitPattern: bits)
            case (3, .bytes(let bytes)): text = String(decoding: bytes, as: UTF8.self)
            default: break
            }
        }
        return isText ? .string(text) : .integer(number)
    }

    private func json(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> JSONValue? {
        guard let text = try texts(bytes).first, !text.isEmpty else { return nil }
        do throws(JSONError) {
            return try JSONValue(parsing: text)
        } catch {
            throw ProtobufError("embedded JSON is malformed: \(error.message)")
        }
    }
}
