import KubeObjects

/// Conversions between types: `int('5')`, `string(3.0)`, `type(x)`.
enum CELConversions {
    static let functions: [String: CELFunction] = [
        "int": CELFunction(
            conversions([.int, .uint, .double, .string, .timestamp, .duration], to: .int), toInt),
        "uint": CELFunction(conversions([.uint, .int, .double, .string], to: .uint), toUInt),
        "double": CELFunction(conversions([.double, .int, .uint, .string], to: .double), toDouble),
        "string": CELFunction(
            conversions(
                [.string, .bool, .int, .uint, .double, .bytes, .timestamp, .duration, .ip, .cidr], to: .string),
            cost: { CELCost.reading($0.first) }, toString),
        "bytes": CELFunction(conversions([.bytes, .string], to: .bytes), cost: { CELCost.reading($0.first) }) {
            switch $0[0] {
            case .string(let text): .bytes(Array(text.utf8))
            case .bytes: $0[0]
            default: nil
            }
        },
        "bool": CELFunction(conversions([.bool, .string], to: .bool)) { arguments throws(CELRuntimeError) in
            switch arguments[0] {
            case .bool: return arguments[0]
            case .string(let text):
                if ["true", "TRUE", "True", "t", "1"].contains(text) { return .bool(true) }
                if ["false", "FALSE", "False", "f", "0"].contains(text) { return .bool(false) }
                throw failure("string", "bool")
            default: return nil
            }
        },
        "dyn": CELFunction([.function([.parameter("A")], .dyn)]) { $0[0] },
        "type": CELFunction([.function([.parameter("A")], .type)]) { .type($0[0].typeName) },
    ]

    private static func conversions(_ sources: [CELType], to result: CELType) -> [CELFunction.Signature] {
        sources.map { .function([$0], result) }
    }

    private static func failure(_ from: String, _ to: String) -> CELRuntimeError {
        CELRuntimeError(message: "type conversion error from '\(from)' to '\(to)'")
    }

    private static func toInt(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        switch arguments[0] {
        case .int: return arguments[0]
        case .uint(let value):
            guard let int = Int64(exactly: value) else { throw .integerOverflow }
            return .int(int)
        case .double(let value):
            // The bounds themselves are out: a double does not tell them from what is beyond.
            guard value > -0x1p63, value < 0x1p63 else { throw .integerOverflow }
            return .int(Int64(value))
        case .string(let text):
            guard let int = Int64(text) else { throw failure("string", "int") }
            return .int(int)
        case .timestamp(let time): return .int(time.seconds)
        case .duration(let nanoseconds): return .int(nanoseconds)
        default: return nil
        }
    }

    private static func toUInt(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        switch arguments[0] {
        case .uint: return arguments[0]
        case .int(let value):
            guard let uint = UInt64(exactly: value) else { throw .unsignedOverflow }
            return .uint(uint)
        case .double(let value):
            guard value >= 0, value < 0x1p64 else { throw .unsignedOverflow }
            return .uint(UInt64(value))
        case .string(let text):
            guard let uint = UInt64(text) else { throw failure("string", "uint") }
            return .uint(uint)
        default: return nil
        }
    }

    private static func toDouble(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        if case .string(let text) = arguments[0] {
            guard let value = Double(text) else { throw failure("string", "double") }
            return .double(value)
        }
        return arguments[0].number.map(CELValue.double)
    }

    private static func toString(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        switch arguments[0] {
        case .string: return arguments[0]
        case .bool(let value): return .string(value ? "true" : "false")
        case .int, .uint, .double: return .string(arguments[0].keyText)
        case .bytes(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw CELRuntimeError(message: "invalid UTF-8 in bytes, cannot convert to string")
            }
            return .string(text)
        case .timestamp(let time): return .string(CELTimes.text(of: time))
        case .duration(let nanoseconds): return .string(CELTimes.seconds(of: nanoseconds))
        case .ip(let address): return .string(address.description)
        case .cidr(let network): return .string(network.description)
        default: return nil
        }
    }
}
