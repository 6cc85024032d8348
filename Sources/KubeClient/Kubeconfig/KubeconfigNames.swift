/// The names in a user's kubeconfig, for tools that offer them.
public struct KubeconfigNames: Sendable, Hashable {
    /// Of contexts.
    public var contexts: [String]
    /// Of clusters.
    public var clusters: [String]
    /// Of users.
    public var users: [String]

    /// Reads the files that are meant: `explicit` alone, else those of `KUBECONFIG`, else `~/.kube/config`.
    /// - Throws: ``KubeconfigError`` if a file is malformed or cannot be read.
    public static func load(
        explicit: String? = nil, environment: (String) -> String? = ProcessEnvironment.value
    ) throws(KubeconfigError) -> KubeconfigNames {
        let config = try Kubeconfig.load(explicit: explicit, environment: environment)
        return KubeconfigNames(
            contexts: config.contexts.map(\.name), clusters: config.clusters.map(\.name),
            users: config.users.map(\.name))
    }
}
