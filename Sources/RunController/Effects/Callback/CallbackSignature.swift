import Crypto
import KubeObjects

/// How a receiver knows that a callback is genuine: a signature as Standard Webhooks 1.0 has it, which libraries of
/// many languages verify.
enum CallbackSignature {
    /// `v1,` and the base64 HMAC-SHA256 of `ID.SECONDS.BODY`.
    ///
    /// - Parameter secret: its bytes are the key; behind the prefix `whsec_` they are written in base64.
    static func value(id: String, seconds: Int64, body: [UInt8], secret: String) -> String {
        var mac = HMAC<SHA256>(key: SymmetricKey(data: key(secret)))
        mac.update(data: Array("\(id).\(seconds).".utf8))
        mac.update(data: body)
        return "v1," + Base64.encode(Array(mac.finalize()))
    }

    private static func key(_ secret: String) -> [UInt8] {
        let prefix = "whsec_"
        guard secret.hasPrefix(prefix), let key = Base64.decode(String(secret.dropFirst(prefix.count))) else {
            return Array(secret.utf8)
        }
        return key
    }
}
