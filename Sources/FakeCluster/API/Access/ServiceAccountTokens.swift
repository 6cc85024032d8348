import Crypto
import KubeObjects
import KubeWire

/// Makes and checks the tokens of service accounts: JSON Web Tokens signed with a key of the cluster's own (RFC 7519;
/// API reference, `TokenRequest`).
///
/// A token dies with its time, its account and the object that it is bound to: those are looked up on each use.
struct ServiceAccountTokens: Sendable {
    /// Who issues the tokens, and the audience of those for the API server itself.
    static let issuer = "https://kubernetes.default.svc.cluster.local"
    /// How long a token lives if its request does not say.
    static let defaultSeconds: Int64 = 3600
    /// The shortest life that a request may ask for.
    static let minimumSeconds: Int64 = 600
    /// The longest one.
    static let maximumSeconds: Int64 = 1 << 32

    private let key: P256.Signing.PrivateKey
    private let store: ObjectStore
    private let time: TimeSource

    /// Tokens signed with a key.
    /// - Parameter key: the key as ``makeKey()`` gives it.
    init(key: String, store: ObjectStore, time: TimeSource) throws {
        guard let bytes = Base64URL.decode(key) else {
            throw StoreError(message: "the signing key for service accounts is malformed")
        }
        self.key = try P256.Signing.PrivateKey(rawRepresentation: bytes)
        self.store = store
        self.time = time
    }

    /// A new key, as text.
    static func makeKey() -> String { Base64URL.encode(P256.Signing.PrivateKey().rawRepresentation) }

    /// A token for an account.
    /// - Parameters:
    ///   - account: the stored account.
    ///   - audiences: whom the token is for; empty means the API server.
    ///   - seconds: how long it lives.
    ///   - bound: the Pod or Secret with which it dies.
    func issue(
        _ account: KubeObject, audiences: [String], seconds: Int64, boundTo bound: KubeObject?
    ) throws -> (token: String, expiration: Timestamp) {
        let now = time.now()
        let expiration = now + .seconds(seconds)
        var claims: JSONObject = [
            "namespace": .string(account.namespace ?? ""), "serviceaccount": Self.reference(account),
        ]
        if let bound { claims[bound.kind.lowercased()] = Self.reference(bound) }
        let payload: JSONValue = [
            "aud": .array((audiences.isEmpty ? [Self.issuer] : audiences).map { .string($0) }),
            "exp": .integer(expiration.seconds), "iat": .integer(now.seconds), "iss": .string(Self.issuer),
            "jti": .string(RandomName.uid()), "kubernetes.io": .object(claims), "nbf": .integer(now.seconds),
            "sub": .string(ServiceAccountName(namespace: account.namespace ?? "", name: account.name ?? "").userName),
        ]
        let header: JSONValue = ["alg": "ES256", "typ": "JWT"]
        let text = Base64URL.encode(header.encoded()) + "." + Base64URL.encode(payload.encoded())
        let signature = try key.signature(for: Array(text.utf8))
        return (text + "." + Base64URL.encode(signature.rawRepresentation), expiration)
    }

    /// A token for a pod's own account, which dies with the pod.
    func issue(for pod: KubeObject, audiences: [String], seconds: Int64) throws -> String {
        let name = pod[path: "spec", "serviceAccountName"]?.string ?? "default"
        let key = ObjectKey(namespace: pod.namespace ?? "", name: name)
        guard let account = store.object(APIResource.serviceAccounts.groupResource, key)?.object else {
            throw KubeStatus.notFound(APIResource.serviceAccounts.groupResource, name)
        }
        return try issue(account, audiences: audiences, seconds: seconds, boundTo: pod).token
    }

    /// Whose token this is; nil if it is not one of ours, has run out, or its account is gone.
    /// - Parameter audience: whom the token must be for.
    func identity(of token: String, audience: String = Self.issuer) -> UserIdentity? {
        guard let claims = verified(token), claims["aud"]?.array?.contains(.string(audience)) == true else {
            return nil
        }
        let now = time.now().seconds
        guard let end = claims["exp"]?.integer, now < end, let start = claims["nbf"]?.integer, now >= start,
            let own = claims["kubernetes.io"], let namespace = own["namespace"]?.string,
            isThere(own["serviceaccount"], .serviceAccounts, namespace),
            isThere(own["pod"], .pods, namespace), isThere(own["secret"], .secrets, namespace)
        else { return nil }
        let name = ServiceAccountName(namespace: namespace, name: own[path: "serviceaccount", "name"]?.string ?? "")
        var extra = ["authentication.kubernetes.io/credential-id": ["JTI=\(claims["jti"]?.string ?? "")"]]
        if let pod = own["pod"] {
            extra["authentication.kubernetes.io/pod-name"] = [pod["name"]?.string ?? ""]
            extra["authentication.kubernetes.io/pod-uid"] = [pod["uid"]?.string ?? ""]
        }
        return UserIdentity(
            name: name.userName, groups: name.groups + ["system:authenticated"],
            uid: own[path: "serviceaccount", "uid"]?.string, extra: extra)
    }

    /// Whom a token is for; nil if it is not one of ours.
    func audiences(of token: String) -> [String]? {
        verified(token)?["aud"]?.array?.compactMap(\.string)
    }

    /// The claims of a token whose signature is ours.
    private func verified(_ token: String) -> JSONValue? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let bytes = Base64URL.decode(parts[2]),
            // The algorithm is ours to choose, not the token's.
            (try? JSONValue(parsing: header))?["alg"] == "ES256",
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: bytes),
            key.publicKey.isValidSignature(signature, for: Array("\(parts[0]).\(parts[1])".utf8))
        else { return nil }
        return try? JSONValue(parsing: payload)
    }

    /// Whether the object that a claim names is still the same one; a claim that is absent names none.
    private func isThere(_ claim: JSONValue?, _ resource: APIResource, _ namespace: String) -> Bool {
        guard let claim else { return true }
        let key = ObjectKey(namespace: namespace, name: claim["name"]?.string ?? "")
        return store.object(resource.groupResource, key)?.object.uid == claim["uid"]?.string
    }

    private static func reference(_ object: KubeObject) -> JSONValue {
        ["name": .string(object.name ?? ""), "uid": .string(object.uid ?? "")]
    }
}
