import KubeObjects

/// Digests of what was run, comparable across machines and versions of this product.
package enum Digest {
    /// `sha256:` and the hex digest of a value as compact JSON with sorted members.
    static func canonical(_ value: JSONValue) -> String {
        "sha256:" + hex(of: value.encodedString(sortedKeys: true).utf8)
    }

    /// The SHA-256 digest of bytes as 64 hex digits.
    package static func hex(of bytes: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finish().map(hex).joined()
    }

    /// A digest of the data of a ConfigMap or Secret, or of what is left of one after ``Trimming/data(_:)``.
    static func data(_ object: KubeObject) -> String {
        object["dataDigest"]?.string
            ?? canonical(["data": object["data"] ?? [:], "binaryData": object["binaryData"] ?? [:]])
    }

    /// Ten hex digits that stand for a text within names.
    package static func short(_ text: String) -> String {
        var hash = SHA256()
        hash.update(text.utf8)
        return hash.finish().prefix(5).map(hex).joined()
    }

    private static func hex(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return byte < 16 ? "0" + digits : digits
    }
}
