import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import TestSupport
import Testing

@Suite(.tags(.random), .timeLimit(.minutes(60)))
struct WatchFuzzTests {
    /// A stream of broken frames: errors, never a crash, and what is whole before the break arrives.
    @Test func brokenFramesAreErrors() async {
        let clock = ContinuousClock()
        let given = ProcessEnvironment.value("FUZZ_SEED").flatMap(UInt64.init)
        let length = ProcessEnvironment.value("FUZZ_MILLISECONDS").flatMap(Int64.init) ?? 200
        let end = clock.now + .milliseconds(length)
        var (whole, broken) = (0, 0)
        repeat {
            let seed = given ?? .random(in: 0 ... .max)
            var mutator = Mutator(seed: seed)
            let frames = (1...5).map(Self.frame).joined()
            let body = ResponseBody(
                Chunks(bytes: mutator.mutated(Array(frames.utf8)), size: 1 + mutator.number(below: 90)))
            do {
                for try await _ in WatchStream(body: body, frameLimit: 4096) { whole += 1 }
            } catch { broken += 1 }
        } while clock.now < end && given == nil
        #expect(given != nil || (whole > 0 && broken > 0))
    }

    private static func frame(_ number: Int) -> String {
        let object = #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","resourceVersion":"\#(number)"}}"#
        return #"{"type":"MODIFIED","object":\#(object)}"# + "\n"
    }
}

/// Bytes in chunks of a size.
private struct Chunks: AsyncSequence {
    let bytes: [UInt8]
    let size: Int

    struct Iterator: AsyncIteratorProtocol {
        var rest: ArraySlice<UInt8>
        let size: Int

        mutating func next() async throws -> [UInt8]? {
            guard !rest.isEmpty else { return nil }
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(rest: bytes[...], size: size) }
}
