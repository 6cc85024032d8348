import KubeObjects
package import KubeRuntime
package import RunCore

/// What a run controller does, and where.
package struct RunControllerConfiguration: Sendable {
    /// The families whose runs are reconciled.
    package var families: [any RunFamily] = RunFamilies.all
    /// The namespaces that are looked into; empty for all.
    package var namespaces: [String] = []
    /// What holds for all runs.
    package var settings = RunSettings()
    /// How many runs of one family are looked at at once.
    package var concurrency = 4
    /// The lease that lets one of several replicas work; nil if there is only one.
    package var lease: LeaderElector.Configuration?
    /// Where health and metrics are served; nil for nowhere.
    package var listen: ListenAddress?
    /// The name under which objects are written and events told.
    package var name = LabelKey.managedByValue
    /// Which replica this is, such as the pod's name.
    package var instance = ""

    /// All families in all namespaces, alone, without endpoints.
    package init() {}
}

/// Where a server listens.
package struct ListenAddress: Sendable, Hashable {
    /// The address; `0.0.0.0` for all.
    package var host: String
    /// The port; 0 picks a free one.
    package var port: Int

    /// An address and a port.
    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST:PORT`, `[HOST]:PORT` or `:PORT`; nil for anything else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65535).contains(port)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.init(host: host.isEmpty ? "0.0.0.0" : host, port: port)
    }
}
