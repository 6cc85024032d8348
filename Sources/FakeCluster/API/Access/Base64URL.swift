import KubeObjects

/// Base64 for URLs and tokens, without padding (RFC 4648, section 5; RFC 7515).
enum Base64URL {
    /// The text of some bytes.
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        Base64.encode(Array(bytes)).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The bytes of a text; nil if it is malformed.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
        return Base64.decode(standard + padding)
    }
}
