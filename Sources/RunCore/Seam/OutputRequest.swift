public import KubeObjects

/// Where one stream of a Job's output is kept.
public struct OutputTarget: Sendable, Hashable {
    /// What containers write to.
    public enum Stream: String, Sendable, Hashable, CaseIterable {
        /// Standard output.
        case stdout
        /// Standard error.
        case stderr
    }

    /// What it is written to.
    public enum Kind: String, Sendable, Hashable {
        /// A ConfigMap.
        case configMap = "ConfigMap"
        /// A Secret.
        case secret = "Secret"
    }

    /// The stream.
    public var stream: Stream
    /// The kind of the object.
    public var kind: Kind
    /// The object's name, in the run's own namespace.
    public var name: String
    /// Whether what is there is replaced; if not, only the first run writes.
    public var overwrites: Bool
    /// Whether it is also written when the Job failed.
    public var writesOnFailure: Bool

    /// A target.
    public init(stream: Stream, kind: Kind, name: String, overwrites: Bool = true, writesOnFailure: Bool = false) {
        self.stream = stream
        self.kind = kind
        self.name = name
        self.overwrites = overwrites
        self.writesOnFailure = writesOnFailure
    }
}

/// The output of a Job that is over, to be kept in ConfigMaps and Secrets.
///
/// Writing it twice leaves what writing it once does: a target remembers which Job it was written for.
public struct OutputRequest: Sendable, Hashable {
    /// The run.
    public var run: ObjectKey
    /// The Job.
    public var job: JobReference
    /// The pod whose containers are read.
    public var pod: String
    /// Where the streams go.
    public var targets: [OutputTarget]
    /// Whether the output is a flat JSON object whose members become the keys.
    public var isJSON: Bool
    /// Whether the pod has not ended yet and is being stopped: it is read until it has.
    public var isGoingOn: Bool

    /// A request.
    public init(
        run: ObjectKey, job: JobReference, pod: String, targets: [OutputTarget], isJSON: Bool = false,
        isGoingOn: Bool = false
    ) {
        self.run = run
        self.job = job
        self.pod = pod
        self.targets = targets
        self.isJSON = isJSON
        self.isGoingOn = isGoingOn
    }
}

/// What became of a Job's output.
public struct OutputReceipt: Sendable, Hashable {
    /// What was written, as `Secret/name`.
    public var written: [String]
    /// What existed and was left alone, as `Secret/name`.
    public var kept: [String]
    /// Whether standard output and standard error could not be told apart.
    public var isMerged: Bool
    /// Whether there was nothing left to be read.
    public var isLost: Bool

    /// A receipt.
    public init(written: [String] = [], kept: [String] = [], isMerged: Bool = false, isLost: Bool = false) {
        self.written = written
        self.kept = kept
        self.isMerged = isMerged
        self.isLost = isLost
    }
}
