/// What a user says on the command line about server and identity: kubectl's global flags. What is nil is left to the
/// kubeconfig.
public struct ConnectionOptions: Sendable, Hashable {
    /// `--kubeconfig`: the only file read.
    public var kubeconfig: String?
    /// `--context`
    public var context: String?
    /// `--cluster`
    public var cluster: String?
    /// `--user`
    public var user: String?
    /// `-n`, `--namespace`
    public var namespace: String?
    /// `-s`, `--server`
    public var server: String?
    /// `--token`
    public var token: String?
    /// `--username`, for basic authentication.
    public var username: String?
    /// `--password`
    public var password: String?
    /// `--as`
    public var impersonatedUser: String?
    /// `--as-group`
    public var impersonatedGroups: [String] = []
    /// `--as-uid`
    public var impersonatedUID: String?
    /// `--certificate-authority`: a file.
    public var certificateAuthority: String?
    /// `--client-certificate`: a file.
    public var clientCertificate: String?
    /// `--client-key`: a file.
    public var clientKey: String?
    /// `--insecure-skip-tls-verify`
    public var skipsTLSVerification: Bool?
    /// `--tls-server-name`
    public var tlsServerName: String?
    /// `--request-timeout`; zero waits for ever.
    public var requestTimeout: Duration?

    /// Leaves everything to the kubeconfig.
    public init() {}
}

extension ConnectionOptions {
    /// Refuses a group or uid to act as, for where no user to act as is known.
    func requireNoLoneGroup() throws(KubeconfigError) {
        guard !impersonatedGroups.isEmpty || impersonatedUID != nil else { return }
        throw KubeconfigError(
            "--as-group and --as-uid need --as: a group or uid alone cannot be impersonated", isOfFlags: true)
    }
}
