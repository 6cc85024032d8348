import KubeObjects

/// How a user of a kubeconfig identifies to the server.
struct UserCredentials {
    let user: Kubeconfig.Entry?
    let cluster: Kubeconfig.Entry?
    let endpoint: Endpoint
    let options: ConnectionOptions

    /// The user's credentials. In order: a token, a token file, a name and password, an exec plugin; a client
    /// certificate goes beside any of them.
    func source() throws(KubeconfigError) -> any CredentialSource {
        // As every client of the field: no secret goes over a connection without TLS.
        guard endpoint.url?.scheme == "https" else { return Credentials() }
        var credentials = try certificate()
        if let token = options.token {
            credentials.authorization = "Bearer \(try Self.clean(token, "--token"))"
            return credentials
        }
        if let user, let path = user.path("tokenFile") {
            return TokenFileSource(path: path, base: credentials, fallback: user.text("token"))
        }
        if let token = user?.text("token") {
            credentials.authorization = "Bearer \(try Self.clean(token, "the token of \"\(user?.name ?? "")\""))"
            return credentials
        }
        if let name = options.username ?? user?.text("username") {
            let password = options.password ?? user?.text("password") ?? ""
            credentials.authorization = "Basic \(Base64.encode(Array("\(name):\(password)".utf8)))"
            return credentials
        }
        guard let user else { return credentials }
        if let exec = user.value["exec"], !exec.isNull {
            return ExecCredentialSource(
                plugin: try ExecPlugin(exec, of: user, cluster: cluster, endpoint: endpoint), base: credentials)
        }
        if let provider = user.value["auth-provider"]?["name"]?.string {
            throw KubeconfigError(
                "the user \"\(user.name)\" in \(user.file) uses the auth-provider \"\(provider)\", which clients no "
                    + "longer have: use an exec plugin instead")
        }
        return credentials
    }

    private func certificate() throws(KubeconfigError) -> Credentials {
        var credentials = Credentials()
        if let path = options.clientCertificate {
            credentials.clientCertificate = try KubeconfigResolver.read(path, "client certificate")
        } else if let user {
            credentials.clientCertificate = try KubeconfigResolver.material(user, "client-certificate")
        }
        if let path = options.clientKey {
            credentials.clientKey = try KubeconfigResolver.read(path, "client key")
        } else if let user {
            credentials.clientKey = try KubeconfigResolver.material(user, "client-key")
        }
        guard (credentials.clientCertificate == nil) == (credentials.clientKey == nil) else {
            let missing = credentials.clientKey == nil ? "client-key" : "client-certificate"
            throw KubeconfigError("a client certificate needs its key: \(missing) is missing")
        }
        return credentials
    }

    /// A secret that goes into a header: nothing in it may end the header.
    static func clean(_ secret: String, _ what: String) throws(KubeconfigError) -> String {
        guard !secret.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw KubeconfigError("\(what) contains control characters")
        }
        return secret
    }
}
