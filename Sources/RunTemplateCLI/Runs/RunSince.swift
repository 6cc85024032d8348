import RunCore

/// Where the run begins that is meant, of an object that is run several times: after the Job that was its last.
struct RunSince: Sendable, Hashable {
    /// The uid of the last Job before; nil if there was none.
    var formerJob: String?
    /// The object's generation in which it was told to run.
    var generation: Int64

    /// Whether a status is about the run that is meant, or about why there is none.
    func isReached(by status: RunStatus) -> Bool {
        status.job?.uid != formerJob || status.observedGeneration ?? 0 >= generation
    }
}
