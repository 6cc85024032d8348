import KubeObjects
package import KubeRuntime
package import KubeWire
package import RunCore

/// What a run controller does, and where.
package struct RunControllerConfiguration: Sendable {
    /// The families whose runs are reconciled.
    package var families: [any RunFamily] = RunFamilies.all
    /// The namespaces that are looked into; empty for all.
    package var namespaces: [String] = []
    /// What holds for all runs.
    package var settings = RunSettings()
    /// Where callbacks may go.
    package var callbacks = CallbackPolicy.standard
    /// How many runs of one family are looked at at once.
    package var concurrency = 16
    /// The lease that lets one of several replicas work; nil if there is only one.
    package var lease: LeaderElector.Configuration?
    /// Where health and metrics are served; nil for nowhere.
    package var listen: ListenAddress?
    /// The name under which objects are written and events told.
    package var name = LabelKey.managedByValue
    /// Whose the requests are, as servers log it.
    package var userAgent: String { "\(name)/\(ProjectVersion.current)" }
    /// Which replica this is, such as the pod's name.
    package var instance = ""

    /// All families in all namespaces, alone, without endpoints.
    package init() {}
}
