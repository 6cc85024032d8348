import Testing

@testable import RunCore  // The digest is an implementation detail with vectors of its own.

struct SHA256Tests {
    struct VectorCase: Sendable, CustomTestStringConvertible {
        let name: String
        let input: [UInt8]
        let digest: String
        var testDescription: String { name }
    }

    /// From FIPS 180-4's examples; the lengths around a block's end were computed with another implementation.
    static let vectors = [
        VectorCase(
            name: "nothing", input: [],
            digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        VectorCase(
            name: "abc", input: Array("abc".utf8),
            digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        VectorCase(
            name: "two blocks", input: Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            digest: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        VectorCase(
            name: "55 bytes", input: [UInt8](repeating: 97, count: 55),
            digest: "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
        VectorCase(
            name: "56 bytes", input: [UInt8](repeating: 97, count: 56),
            digest: "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
        VectorCase(
            name: "64 bytes", input: [UInt8](repeating: 97, count: 64),
            digest: "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    ]

    @Test(arguments: vectors)
    func digestsAreTheStandards(_ vector: VectorCase) {
        var hash = SHA256()
        hash.update(vector.input)
        let hex = hash.finish().map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
        #expect(hex == vector.digest)
    }
}
