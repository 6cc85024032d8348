import ArgumentParser
import KubeClient

/// kubectl's global flags, by their own names.
struct ConnectionArguments: ParsableArguments {
    @Option(name: [.customShort("n"), .long], help: "The namespace; that of the context if absent.")
    var namespace: String?
    @Option(help: "The kubeconfig file to use instead of those of KUBECONFIG.")
    var kubeconfig: String?
    @Option(help: "The kubeconfig context to use.")
    var context: String?
    @Option(help: "The kubeconfig cluster to use.")
    var cluster: String?
    @Option(help: "The kubeconfig user to use.")
    var user: String?
    @Option(name: [.customShort("s"), .long], help: "The address of the API server.")
    var server: String?
    @Option(help: "A bearer token for the API server.")
    var token: String?
    @Option(help: ArgumentHelp("User name for basic authentication.", visibility: .hidden))
    var username: String?
    @Option(help: ArgumentHelp("Password for basic authentication.", visibility: .hidden))
    var password: String?
    @Option(name: .customLong("as"), help: "The user to act as.")
    var impersonatedUser: String?
    @Option(name: .customLong("as-group"), help: "A group to act as; may be repeated.")
    var impersonatedGroups: [String] = []
    @Option(name: .customLong("as-uid"), help: "The uid to act as.")
    var impersonatedUID: String?
    @Option(help: "The file of the certificate authority.")
    var certificateAuthority: String?
    @Option(help: ArgumentHelp("The file of a client certificate.", visibility: .hidden))
    var clientCertificate: String?
    @Option(help: ArgumentHelp("The file of the client certificate's key.", visibility: .hidden))
    var clientKey: String?
    @Flag(help: "Do not check the server's certificate.")
    var insecureSkipTLSVerify = false
    @Option(name: .customLong("tls-server-name"), help: "The name that the server's certificate must bear.")
    var tlsServerName: String?
    @Option(help: "How long to wait for one answer of the server, such as 30s; 0 waits for ever.")
    var requestTimeout: DurationArgument?
    @Flag(help: "Ends with 1 where all else is well and the server has warned of something.")
    var warningsAsErrors = false
    @Option(name: [.customLong("v"), .customShort("v")], help: "Shows each request from 6 on.")
    var verbosity: Int = 0

    /// The flags as the client takes them.
    var options: ConnectionOptions {
        var options = ConnectionOptions()
        options.namespace = namespace
        options.kubeconfig = kubeconfig
        options.context = context
        options.cluster = cluster
        options.user = user
        options.server = server
        options.token = token
        options.username = username
        options.password = password
        options.impersonatedUser = impersonatedUser
        options.impersonatedGroups = impersonatedGroups
        options.impersonatedUID = impersonatedUID
        options.certificateAuthority = certificateAuthority
        options.clientCertificate = clientCertificate
        options.clientKey = clientKey
        if insecureSkipTLSVerify { options.skipsTLSVerification = true }
        options.tlsServerName = tlsServerName
        options.requestTimeout = requestTimeout?.duration
        return options
    }

    /// The same flags for the user that the server knows, in nobody else's name.
    var withoutImpersonation: Self {
        var arguments = self
        (arguments.impersonatedUser, arguments.impersonatedGroups, arguments.impersonatedUID) = (nil, [], nil)
        return arguments
    }

    /// The flags that say which server is asked and how it knows its user, as far as they are given.
    var serverFlags: [String] {
        let flags: [(String, Bool)] = [
            ("--kubeconfig", kubeconfig != nil), ("--context", context != nil), ("--cluster", cluster != nil),
            ("--user", user != nil), ("--server", server != nil), ("--token", token != nil),
            ("--username", username != nil), ("--password", password != nil),
            ("--certificate-authority", certificateAuthority != nil),
            ("--client-certificate", clientCertificate != nil), ("--client-key", clientKey != nil),
            ("--insecure-skip-tls-verify", insecureSkipTLSVerify), ("--tls-server-name", tlsServerName != nil),
        ]
        return flags.filter(\.1).map(\.0)
    }
}
