import KubeObjects
import KubeWire
import Synchronization

/// A token in a file that is replaced while we run, as the kubelet does with mounted service account tokens.
struct TokenFileSource: CredentialSource {
    private let path: String
    private let base: Credentials
    private let fallback: String?
    private let time: TimeSource
    private let cache = TokenCache()

    /// How long a token is used before the file is read again: as in client-go, far below a token's life of an hour.
    private static let freshness = Duration.seconds(60)

    private final class TokenCache: Sendable {
        let entry = Mutex<(token: String, readAt: Timestamp)?>(nil)
    }

    /// A source.
    /// - Parameters:
    ///   - base: what goes beside the token.
    ///   - fallback: the token while the file cannot be read.
    init(path: String, base: Credentials, fallback: String?, time: TimeSource = .system) {
        self.path = path
        self.base = base
        self.fallback = fallback
        self.time = time
    }

    func credentials() async throws -> Credentials {
        if let entry = cache.entry.withLock({ $0 }), time.now() - entry.readAt < Self.freshness {
            return with(entry.token)
        }
        return with(try read())
    }

    func renewed(after refused: Credentials) async throws -> Credentials? {
        let renewed = with(try read())
        return renewed == refused ? nil : renewed
    }

    private func with(_ token: String) -> Credentials {
        var credentials = base
        credentials.authorization = "Bearer \(token)"
        return credentials
    }

    private func read() throws -> String {
        do {
            let bytes = try FileContents.read(path)
            let token = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            guard token.count == 1 else {
                throw TransportError(.credentials, "the token file \(path) must hold one token and nothing else")
            }
            let text = String(token[0])
            cache.entry.withLock { $0 = (text, time.now()) }
            return text
        } catch let error as FileError {
            // While the file is being replaced, the last token still serves.
            if let last = cache.entry.withLock({ $0?.token }) ?? fallback { return last }
            throw TransportError(.credentials, "cannot read the token file \(path): \(error.reason)")
        }
    }
}
