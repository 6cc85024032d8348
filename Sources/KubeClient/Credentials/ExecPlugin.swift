import KubeObjects

/// A program that gives credentials (client.authentication.k8s.io, KEP-541): what a kubeconfig says of it.
struct ExecPlugin: Sendable {
    var command: String
    var arguments: [String]
    var environment: [(name: String, value: String)]
    var apiVersion: String
    /// Shown if the program is missing.
    var installHint: String?
    /// Whether the program may ask the user, if there is a terminal.
    var isInteractive: Bool
    /// Whether the program needs the terminal.
    var needsTerminal: Bool
    /// The cluster as the program is told of it; nil if it does not ask.
    var cluster: JSONValue?

    static let apiVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    init(
        _ exec: JSONValue, of user: Kubeconfig.Entry, cluster: Kubeconfig.Entry?, endpoint: Endpoint
    ) throws(KubeconfigError) {
        let place = "the exec plugin of the user \"\(user.name)\" in \(user.file)"
        guard let command = exec["command"]?.string, !command.isEmpty else {
            throw KubeconfigError("\(place) has no command")
        }
        apiVersion = exec["apiVersion"]?.string ?? ""
        guard Self.apiVersions.contains(apiVersion) else {
            throw KubeconfigError(
                "\(place) has the apiVersion \"\(apiVersion)\"; known are \(Self.apiVersions.joined(separator: ", "))")
        }
        // A name alone is looked up in PATH, a path is meant from the kubeconfig's folder.
        self.command = command.contains("/") ? user.resolve(command) : command
        arguments = exec["args"]?.array?.compactMap(\.string) ?? []
        environment = (exec["env"]?.array ?? []).compactMap { entry in
            entry["name"]?.string.map { ($0, entry["value"]?.string ?? "") }
        }
        installHint = exec["installHint"]?.string
        switch exec["interactiveMode"]?.string {
        case "Never": (isInteractive, needsTerminal) = (false, false)
        case "Always": (isInteractive, needsTerminal) = (true, true)
        case "IfAvailable": (isInteractive, needsTerminal) = (true, false)
        case nil where apiVersion.hasSuffix("/v1beta1"): (isInteractive, needsTerminal) = (true, false)
        case let mode:
            throw KubeconfigError(
                "\(place) has the interactiveMode \"\(mode ?? "")\"; Never, IfAvailable or Always is expected")
        }
        if exec["provideClusterInfo"]?.bool == true {
            self.cluster = Self.describe(cluster: cluster, endpoint: endpoint)
        }
    }

    /// The cluster as `KUBERNETES_EXEC_INFO` carries it.
    private static func describe(cluster: Kubeconfig.Entry?, endpoint: Endpoint) -> JSONValue {
        var info: JSONObject = ["server": .string(endpoint.server)]
        info["tls-server-name"] = endpoint.tlsServerName.map { .string($0) }
        if endpoint.skipsTLSVerification { info["insecure-skip-tls-verify"] = true }
        info["certificate-authority-data"] = endpoint.certificateAuthority.map { .string(Base64.encode($0)) }
        info["proxy-url"] = endpoint.proxy.map { .string($0) }
        let extensions = cluster?.value["extensions"]?.array ?? []
        let config = extensions.first { $0["name"]?.string == "client.authentication.k8s.io/exec" }
        info["config"] = config?["extension"]
        return .object(info)
    }

    /// What the program finds in the variable `KUBERNETES_EXEC_INFO`.
    func information(isInteractive: Bool) -> String {
        var spec: JSONObject = ["interactive": .bool(isInteractive)]
        spec["cluster"] = cluster
        let info: JSONValue = [
            "kind": "ExecCredential", "apiVersion": .string(apiVersion), "spec": .object(spec),
        ]
        return info.encodedString()
    }
}
