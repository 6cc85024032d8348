@testable import FakeCluster

/// Writes protobuf messages as client-go does.
struct MessageWriter {
    var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    mutating func integer(_ number: UInt64, _ value: Int64) {
        varint(number << 3)
        varint(UInt64(bitPattern: value))
    }

    mutating func double(_ number: UInt64, _ value: Double) {
        varint(number << 3 | 1)
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
        }
    }

    mutating func field(_ number: UInt64, _ content: some Collection<UInt8>) {
        varint(number << 3 | 2)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    mutating func field(_ number: UInt64, _ content: String) { field(number, Array(content.utf8)) }

    mutating func message(_ number: UInt64, _ build: (inout MessageWriter) -> Void) {
        field(number, Self.message(build))
    }

    static func message(_ build: (inout MessageWriter) -> Void) -> [UInt8] {
        var writer = MessageWriter()
        build(&writer)
        return writer.bytes
    }

    /// A body: the magic bytes and the envelope.
    static func body(_ apiVersion: String, _ kind: String, _ build: (inout MessageWriter) -> Void) -> [UInt8] {
        ProtobufDecoder.magic
            + message {
                $0.message(1) {
                    $0.field(1, apiVersion)
                    $0.field(2, kind)
                }
                $0.field(2, message(build))
            }
    }
}
