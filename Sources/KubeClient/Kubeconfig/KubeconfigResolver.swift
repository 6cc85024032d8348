import KubeObjects

/// Goes from files and flags to a server and an identity.
struct KubeconfigResolver {
    let config: Kubeconfig
    let options: ConnectionOptions
    let environment: (String) -> String?

    func resolve() throws(KubeconfigError) -> ClientConfiguration {
        let context = try context()
        let cluster = try entry(
            options.cluster ?? context?.text("cluster"), in: config.clusters, what: "cluster", of: context)
        let user = try entry(options.user ?? context?.text("user"), in: config.users, what: "user", of: context)
        let endpoint = try endpoint(cluster, context: context)
        return ClientConfiguration(
            endpoint: endpoint,
            credentials: try UserCredentials(user: user, cluster: cluster, endpoint: endpoint, options: options)
                .source(),
            impersonation: try impersonation(user),
            namespace: options.namespace ?? context?.text("namespace") ?? "default",
            requestTimeout: options.requestTimeout)
    }

    /// The context that is meant; nil if none is needed because the flags name a server or a cluster.
    private func context() throws(KubeconfigError) -> Kubeconfig.Entry? {
        let names = config.contexts.map(\.name).joined(separator: ", ")
        let hint = names.isEmpty ? "" : "; there are: \(names)"
        if let name = options.context ?? config.currentContext {
            if let context = config.contexts.first(where: { $0.name == name }) { return context }
            guard options.context == nil else {
                throw KubeconfigError("there is no context \"\(name)\" in \(fileList)\(hint)")
            }
            throw KubeconfigError("the current context \"\(name)\" does not exist in \(fileList)\(hint)")
        }
        if options.server != nil || options.cluster != nil { return nil }
        guard !config.files.isEmpty else {
            throw KubeconfigError(
                "no kubeconfig found: set KUBECONFIG, or use --kubeconfig or --server to name a cluster")
        }
        throw KubeconfigError(
            "no current context in \(fileList): choose one with --context or kubectl config use-context\(hint)")
    }

    private var fileList: String { config.files.isEmpty ? "the kubeconfig" : config.files.joined(separator: ", ") }

    private func entry(
        _ name: String?, in entries: [Kubeconfig.Entry], what: String, of context: Kubeconfig.Entry?
    ) throws(KubeconfigError) -> Kubeconfig.Entry? {
        guard let name else { return nil }
        if let entry = entries.first(where: { $0.name == name }) { return entry }
        let names = context.map { " that context \"\($0.name)\" names" } ?? ""
        throw KubeconfigError("the \(what) \"\(name)\"\(names) does not exist in \(fileList)")
    }

    private func endpoint(
        _ cluster: Kubeconfig.Entry?, context: Kubeconfig.Entry?
    ) throws(KubeconfigError) -> Endpoint {
        guard let server = options.server ?? cluster?.text("server") else {
            if let cluster { throw KubeconfigError("the cluster \"\(cluster.name)\" in \(cluster.file) has no server") }
            throw KubeconfigError("the context \"\(context?.name ?? "")\" in \(fileList) has no cluster")
        }
        var endpoint = Endpoint(server: server)
        endpoint.tlsServerName = options.tlsServerName ?? cluster?.text("tls-server-name")
        endpoint.proxy = cluster?.text("proxy-url")
        endpoint.skipsTLSVerification =
            options.skipsTLSVerification ?? (cluster?.value["insecure-skip-tls-verify"]?.bool ?? false)
        // As with kubectl, a flag that names an authority or waives it overrules what the file says of either.
        if let path = options.certificateAuthority {
            endpoint.certificateAuthority = try Self.read(path, "certificate authority")
        } else if options.skipsTLSVerification != true, let cluster {
            endpoint.certificateAuthority = try Self.material(cluster, "certificate-authority")
        }
        if endpoint.skipsTLSVerification, endpoint.certificateAuthority != nil {
            throw KubeconfigError(
                "a certificate authority and insecure-skip-tls-verify exclude each other; give one of them")
        }
        guard endpoint.url != nil else {
            throw KubeconfigError("\"\(server)\" is not the address of a server: https://HOST:PORT is expected")
        }
        return endpoint
    }

    private func impersonation(_ user: Kubeconfig.Entry?) throws(KubeconfigError) -> Impersonation? {
        let groups =
            options.impersonatedGroups.isEmpty
            ? user?.value["as-groups"]?.array?.compactMap(\.string) ?? [] : options.impersonatedGroups
        let uid = options.impersonatedUID ?? user?.text("as-uid")
        guard let name = options.impersonatedUser ?? user?.text("as") else {
            try options.requireNoLoneGroup()
            if let user, !groups.isEmpty || uid != nil {
                throw KubeconfigError(
                    "the user \"\(user.name)\" in \(user.file) has as-groups or as-uid without as: a group or uid alone "
                        + "cannot be impersonated")
            }
            return nil
        }
        var extra: [String: [String]] = [:]
        for (key, values) in user?.value["as-user-extra"]?.object ?? [:] {
            extra[key] = values.array?.compactMap(\.string) ?? []
        }
        return Impersonation(user: name, groups: groups, uid: uid, extra: extra)
    }

    /// Certificates and keys: inline in base64 (`NAME-data`), which wins, or in a file (`NAME`).
    static func material(_ entry: Kubeconfig.Entry, _ key: String) throws(KubeconfigError) -> [UInt8]? {
        if let text = entry.text("\(key)-data") {
            guard let bytes = Base64.decode(text) else {
                throw KubeconfigError("\(key)-data of \"\(entry.name)\" in \(entry.file) is not base64")
            }
            return bytes
        }
        guard let path = entry.path(key) else { return nil }
        return try read(path, "\(key) of \"\(entry.name)\"")
    }

    static func read(_ path: String, _ what: String) throws(KubeconfigError) -> [UInt8] {
        do {
            return try FileContents.read(path)
        } catch {
            throw KubeconfigError("cannot read the \(what), \(path): \(error.reason)")
        }
    }
}
