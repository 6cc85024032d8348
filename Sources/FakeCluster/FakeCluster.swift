public import KubeObjects

/// A Kubernetes API server over SQLite with the controllers that jobs need and pods as local processes.
///
/// In process it is a ``Transport``; `FakeClusterServer` puts HTTPS in front of the same handler.
public final class FakeCluster: Sendable {
    /// How a cluster is set up.
    public struct Configuration: Sendable {
        /// Where objects, logs and volumes are kept; nil keeps everything in a temporary folder that goes with the
        /// cluster.
        public var dataDirectory: String?
        /// Where time comes from.
        public var time: TimeSource
        /// Whether pods are run; without, they stay pending.
        public var runsPods: Bool

        /// A set-up.
        public init(dataDirectory: String? = nil, time: TimeSource = .system, runsPods: Bool = true) {
            self.dataDirectory = dataDirectory
            self.time = time
            self.runsPods = runsPods
        }
    }
}
