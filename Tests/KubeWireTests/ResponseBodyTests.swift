import KubeWire
import Testing

struct ResponseBodyTests {
    private func stream(_ chunks: [[UInt8]]) -> ResponseBody {
        ResponseBody(
            AsyncThrowingStream<[UInt8], any Error> { continuation in
                for chunk in chunks { continuation.yield(chunk) }
                continuation.finish()
            })
    }

    @Test func aBodyIsTheSameWholeOrStreamed() async throws {
        #expect(try await ResponseBody([1, 2, 3]).collect() == [1, 2, 3])
        #expect(try await stream([[1], [2, 3]]).collect() == [1, 2, 3])
        #expect(ResponseBody([1]).bytes == [1])
        #expect(stream([[1]]).bytes == nil)
    }

    @Test func anEmptyBodyHasNoChunks() async throws {
        for try await _ in ResponseBody([]) { Issue.record("a chunk came") }
    }

    @Test func aBodyBeyondTheLimitIsRefused() async throws {
        let error = await #expect(throws: TransportError.self) { try await stream([[1, 2], [3]]).collect(upTo: 2) }
        #expect(error?.code == .responseTooLarge)
        #expect(try await stream([[1, 2]]).collect(upTo: 2) == [1, 2])
    }
}
