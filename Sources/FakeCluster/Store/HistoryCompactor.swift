import KubeObjects

/// Forgets old changes from time to time, so that the history's size depends on what happened lately, not on how long
/// the cluster runs.
struct HistoryCompactor: Sendable {
    let store: ObjectStore
    let time: TimeSource
    /// How often it is looked, and so how long a change is kept at least; at most it is kept twice as long. The real
    /// server does the same with its store (`--etcd-compaction-interval`).
    let interval: Duration

    /// Runs until cancelled.
    func run() async {
        var version = store.version
        while (try? await time.sleep(interval)) != nil {
            store.compact(upTo: version)
            version = store.version
        }
    }
}
