import Crypto
import HTTPTypes
import KubeWire

/// Finds out who sends a request by its bearer token.
struct Authenticator: Sendable {
    /// Checks a token that is not the administrator's: a service account's. Nil if it does not know it.
    typealias TokenReader = @Sendable (String) -> UserIdentity?

    private let adminDigest: [UInt8]
    private let readToken: TokenReader

    /// An authenticator that knows the administrator's token, and others by way of a reader.
    init(adminToken: String, readToken: @escaping TokenReader = { _ in nil }) {
        adminDigest = Array(SHA256.hash(data: Array(adminToken.utf8)))
        self.readToken = readToken
    }

    /// Who sends a request with these headers; without a bearer token, the anonymous user. Other schemes are not known,
    /// which is as if nothing was sent.
    /// - Throws: 401 for a token that is not valid.
    func authenticate(_ headers: HTTPFields) throws(KubeStatus) -> UserIdentity {
        let parts = (headers[.authorization] ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0].lowercased() == "bearer", !parts[1].isEmpty else { return .anonymous }
        guard let user = identity(of: String(parts[1])) else { throw KubeStatus.unauthorized }
        return user
    }

    /// Whose token this is; nil if it is not valid.
    func identity(of token: String) -> UserIdentity? {
        // Digests are compared, all of them: how long it takes says nothing about the token.
        let digest = Array(SHA256.hash(data: Array(token.utf8)))
        let difference = zip(digest, adminDigest).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) }
        return difference == 0 ? .admin : readToken(token)
    }
}
