/// The service account that a pod finds mounted: server from the environment, token, authority and namespace as files.
struct InCluster {
    private static let folder = "/var/run/secrets/kubernetes.io/serviceaccount"
    private let server: String
    private let folder: String

    /// Nil outside a pod, or in one without a mounted token.
    init?(environment: (String) -> String?, folder: String = InCluster.folder) {
        guard let host = environment("KUBERNETES_SERVICE_HOST"), let port = environment("KUBERNETES_SERVICE_PORT"),
            FileContents.exists("\(folder)/token")
        else { return nil }
        server = "https://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        self.folder = folder
    }

    /// The pod's configuration, with what flags say of namespace and impersonation.
    func configuration(_ options: ConnectionOptions) throws(KubeconfigError) -> ClientConfiguration {
        if options.impersonatedUser == nil { try options.requireNoLoneGroup() }
        var endpoint = Endpoint(server: server)
        endpoint.certificateAuthority = try KubeconfigResolver.read("\(folder)/ca.crt", "certificate authority")
        var namespace = "default"
        if let bytes = try? FileContents.read("\(folder)/namespace") {
            let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            if !text.isEmpty { namespace = text }
        }
        let source: any CredentialSource =
            if let token = options.token {
                Credentials.bearer(try UserCredentials.clean(token, "--token"))
            } else {
                TokenFileSource(path: "\(folder)/token", base: Credentials(), fallback: nil)
            }
        return ClientConfiguration(
            endpoint: endpoint, credentials: source,
            impersonation: options.impersonatedUser.map {
                Impersonation(user: $0, groups: options.impersonatedGroups, uid: options.impersonatedUID)
            },
            namespace: options.namespace ?? namespace, requestTimeout: options.requestTimeout)
    }
}
