import Testing

@testable import FakeCluster

struct ImageReferenceTests {
    @Test(
        "what runs where a container has no command",
        arguments: [
            ("busybox", ["echo", "a"], ["echo", "a"]),
            ("busybox:1.36", [], ["sh"]),
            ("docker.io/library/alpine@sha256:0123", ["true"], ["true"]),
            ("nginx", ["true"], nil),
            ("registry.example.com/busybox", ["true"], nil),
        ] as [(String, [String], [String]?)])
    func command(image: String, arguments: [String], expected: [String]?) throws {
        #expect(try #require(ImageReference(image)).command(arguments: arguments) == expected)
    }
}
