/// What a list returns.
public struct ListOptions: Sendable, Hashable {
    /// A label selector, such as `app=web,tier in (a,b)`.
    public var labelSelector: String?
    /// A field selector, such as `metadata.name=x`.
    public var fieldSelector: String?
    /// The most items of one page; nil for all.
    public var limit: Int?
    /// Where the page before left off.
    public var `continue`: String?
    /// The version at least (or, with `resourceVersionMatch`, exactly) to be shown; nil for the newest.
    public var resourceVersion: String?
    /// `Exact` or `NotOlderThan`.
    public var resourceVersionMatch: String?

    /// What a list returns.
    public init(
        labelSelector: String? = nil, fieldSelector: String? = nil, limit: Int? = nil, continue: String? = nil,
        resourceVersion: String? = nil, resourceVersionMatch: String? = nil
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.limit = limit
        self.continue = `continue`
        self.resourceVersion = resourceVersion
        self.resourceVersionMatch = resourceVersionMatch
    }

    /// As query parameters.
    public var query: Query {
        var query = Query()
        query.append("labelSelector", labelSelector)
        query.append("fieldSelector", fieldSelector)
        query.append("limit", limit.map(String.init))
        query.append("continue", `continue`)
        query.append("resourceVersion", resourceVersion)
        query.append("resourceVersionMatch", resourceVersionMatch)
        return query
    }
}

/// What a watch sends.
public struct WatchOptions: Sendable, Hashable {
    /// A label selector.
    public var labelSelector: String?
    /// A field selector.
    public var fieldSelector: String?
    /// The version to go on from; nil or `0` starts with what is there.
    public var resourceVersion: String?
    /// Whether bookmarks are wanted.
    public var allowBookmarks = true
    /// Asks for the state as initial events, ended by a bookmark (KEP-3157).
    public var sendInitialEvents: Bool?
    /// When the server ends the stream, in seconds; nil leaves it to the server.
    public var timeoutSeconds: Int?

    /// What a watch sends.
    public init(
        labelSelector: String? = nil, fieldSelector: String? = nil, resourceVersion: String? = nil,
        allowBookmarks: Bool = true, sendInitialEvents: Bool? = nil, timeoutSeconds: Int? = nil
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
        self.allowBookmarks = allowBookmarks
        self.sendInitialEvents = sendInitialEvents
        self.timeoutSeconds = timeoutSeconds
    }

    /// As query parameters.
    public var query: Query {
        var query = Query()
        query.append("watch", "true")
        query.append("labelSelector", labelSelector)
        query.append("fieldSelector", fieldSelector)
        query.append("resourceVersion", resourceVersion)
        if allowBookmarks { query.append("allowWatchBookmarks", "true") }
        if let sendInitialEvents {
            query.append("sendInitialEvents", sendInitialEvents ? "true" : "false")
            query.append("resourceVersionMatch", "NotOlderThan")
        }
        query.append("timeoutSeconds", timeoutSeconds.map(String.init))
        return query
    }
}

/// How a write is done.
public struct WriteOptions: Sendable, Hashable {
    /// Who writes, for `managedFields`; required for server-side apply.
    public var fieldManager: String?
    /// Checks everything and stores nothing.
    public var isDryRun = false
    /// What happens with unknown and repeated fields: `Strict`, `Warn` or `Ignore`.
    public var fieldValidation: String?
    /// Server-side apply only: takes over fields of other managers.
    public var force = false

    /// How a write is done.
    public init(
        fieldManager: String? = nil, isDryRun: Bool = false, fieldValidation: String? = nil, force: Bool = false
    ) {
        self.fieldManager = fieldManager
        self.isDryRun = isDryRun
        self.fieldValidation = fieldValidation
        self.force = force
    }

    /// As query parameters.
    public var query: Query {
        var query = Query()
        query.append("fieldManager", fieldManager)
        if isDryRun { query.append("dryRun", "All") }
        query.append("fieldValidation", fieldValidation)
        if force { query.append("force", "true") }
        return query
    }
}

/// What happens to an object's dependents when it is deleted.
public enum PropagationPolicy: String, Sendable, Hashable, CaseIterable {
    /// Dependents stay and lose the owner.
    case orphan = "Orphan"
    /// The owner goes at once, dependents after it.
    case background = "Background"
    /// The owner goes last.
    case foreground = "Foreground"
}

/// The four kinds of patch, by their media type.
public enum PatchType: String, Sendable, Hashable, CaseIterable {
    /// RFC 6902.
    case json = "application/json-patch+json"
    /// RFC 7386.
    case merge = "application/merge-patch+json"
    /// Kubernetes' own, which knows the lists' keys.
    case strategicMerge = "application/strategic-merge-patch+json"
    /// Server-side apply.
    case apply = "application/apply-patch+yaml"
}

/// What is read of a pod's log.
public struct LogOptions: Sendable, Hashable {
    /// The container; nil for the only one or the default one.
    public var container: String?
    /// Goes on until the container ends.
    public var follow = false
    /// The log of the container's run before this one.
    public var previous = false
    /// Each line begins with its time.
    public var timestamps = false
    /// Only that many last lines.
    public var tailLines: Int?
    /// Only what is younger, in seconds.
    public var sinceSeconds: Int?
    /// Only what is not older than this RFC 3339 time.
    public var sinceTime: String?
    /// At most that many bytes.
    public var limitBytes: Int?
    /// Only what the container wrote there; nil for both. Servers without `PodLogsQuerySplitStreams` do not know it.
    public var stream: Stream?

    /// What a container writes to.
    public enum Stream: String, Sendable, Hashable {
        /// Standard output.
        case stdout = "Stdout"
        /// Standard error.
        case stderr = "Stderr"
    }

    /// The whole log of a container.
    public init(container: String? = nil, follow: Bool = false) {
        self.container = container
        self.follow = follow
    }

    /// As query parameters.
    public var query: Query {
        var query = Query()
        query.append("container", container)
        query.append("stream", stream?.rawValue)
        if follow { query.append("follow", "true") }
        if previous { query.append("previous", "true") }
        if timestamps { query.append("timestamps", "true") }
        query.append("tailLines", tailLines.map(String.init))
        query.append("sinceSeconds", sinceSeconds.map(String.init))
        query.append("sinceTime", sinceTime)
        query.append("limitBytes", limitBytes.map(String.init))
        return query
    }
}
