/// Where an API server is and how its connections are made: what a kubeconfig's cluster says, with files read.
public struct Endpoint: Sendable, Hashable {
    /// The server's address, such as `https://127.0.0.1:6443`, with a path if it stands behind one.
    public var server: String
    /// The authorities to trust, PEM; nil trusts the system's.
    public var certificateAuthority: [UInt8]?
    /// Trusts any certificate. For experiments.
    public var skipsTLSVerification: Bool
    /// The name that the server's certificate must bear, if not that of the address.
    public var tlsServerName: String?
    /// The proxy, such as `http://proxy:3128`; nil follows the variables `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.
    public var proxy: String?
    /// How long to wait for a connection, TLS included.
    public var connectTimeout: Duration

    /// An address and how it is reached.
    public init(
        server: String, certificateAuthority: [UInt8]? = nil, skipsTLSVerification: Bool = false,
        tlsServerName: String? = nil, proxy: String? = nil, connectTimeout: Duration = .seconds(15)
    ) {
        self.server = server
        self.certificateAuthority = certificateAuthority
        self.skipsTLSVerification = skipsTLSVerification
        self.tlsServerName = tlsServerName
        self.proxy = proxy
        self.connectTimeout = connectTimeout
    }

    /// The address, taken apart; nil if it is none.
    var url: ServerURL? {
        ServerURL(
            server, defaultsToTLS: certificateAuthority != nil || skipsTLSVerification || tlsServerName != nil)
    }
}

/// What a request carries to say who asks.
public struct Credentials: Sendable, Hashable {
    /// The `Authorization` header; nil for none.
    public var authorization: String?
    /// A client certificate with its chain, PEM.
    public var clientCertificate: [UInt8]?
    /// The certificate's key, PEM.
    public var clientKey: [UInt8]?

    /// Credentials; all nil is anonymous.
    public init(authorization: String? = nil, clientCertificate: [UInt8]? = nil, clientKey: [UInt8]? = nil) {
        self.authorization = authorization
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
    }

    /// A bearer token.
    public static func bearer(_ token: String) -> Credentials { Credentials(authorization: "Bearer \(token)") }
}
