import Testing

@testable import FakeCluster

struct ProtobufWriterTests {
    @Test func `fields are written with their number and kind, defaults are left out`() {
        var writer = ProtobufWriter()
        writer.put(1, "ab")
        writer.put(2, "")
        writer.put(3, Int64(300))
        writer.put(4, true)
        writer.put(5, false)
        #expect(writer.bytes == [0x0A, 2, 0x61, 0x62, 0x18, 0xAC, 0x02, 0x20, 1])
    }

    @Test func `a message is written with its length, an empty one too`() {
        var writer = ProtobufWriter()
        writer.put(16) { $0.put(1, Int64(-1)) }
        writer.put(2) { _ in }
        let minusOne: [UInt8] = [0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]
        #expect(writer.bytes == [0x82, 0x01, 11] + minusOne + [0x12, 0])
    }

    @Test func `a double is eight bytes, the lowest first`() {
        var writer = ProtobufWriter()
        writer.put(7, 1.5)
        #expect(writer.bytes == [0x39, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F])
    }
}
