import KubeObjects
public import KubeWire

/// Everything needed to talk to one server as one user: what kubeconfig files, flags and, inside a pod, the mounted
/// service account add up to.
public struct ClientConfiguration: Sendable {
    /// The server.
    public var endpoint: Endpoint
    /// Who asks.
    public var credentials: any CredentialSource
    /// Who to act as, if not oneself.
    public var impersonation: Impersonation?
    /// The namespace of a user who names none.
    public var namespace: String
    /// How long to wait for answers; nil leaves it to ``KubeClient/requestTimeout``, zero waits for ever.
    public var requestTimeout: Duration?

    /// A configuration of its parts.
    public init(
        endpoint: Endpoint, credentials: any CredentialSource = Credentials(), impersonation: Impersonation? = nil,
        namespace: String = "default", requestTimeout: Duration? = nil
    ) {
        self.endpoint = endpoint
        self.credentials = credentials
        self.impersonation = impersonation
        self.namespace = namespace
        self.requestTimeout = requestTimeout
    }

    /// Finds out what the user means, as kubectl does: flags win over the kubeconfig, and without any kubeconfig the
    /// service account of the pod is used if there is one.
    /// - Throws: ``KubeconfigError``.
    public static func load(
        _ options: ConnectionOptions = ConnectionOptions(),
        environment: @escaping (String) -> String? = ProcessEnvironment.value
    ) throws(KubeconfigError) -> ClientConfiguration {
        let config = try Kubeconfig.load(explicit: options.kubeconfig, environment: environment)
        if config.files.isEmpty, options.server == nil, let cluster = InCluster(environment: environment) {
            return try cluster.configuration(options)
        }
        return try KubeconfigResolver(config: config, options: options, environment: environment).resolve()
    }

    /// A client over the network.
    /// - Parameter userAgent: the program's name and version.
    public func makeClient(userAgent: String) throws(TransportError) -> KubeClient {
        let transport = try CurlTransport(
            endpoint: endpoint, credentials: credentials, impersonation: impersonation)
        var client = KubeClient(transport: transport, defaultNamespace: namespace, userAgent: userAgent)
        if let requestTimeout { client.requestTimeout = requestTimeout > .zero ? requestTimeout : nil }
        return client
    }
}
