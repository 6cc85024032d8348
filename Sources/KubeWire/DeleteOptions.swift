public import KubeObjects

/// How an object is deleted: the body of a DELETE request (API reference, "DeleteOptions v1 meta").
public struct DeleteOptions: Sendable, Hashable {
    /// Seconds left to a pod for its end; nil for the object's own. 0 removes at once.
    public var gracePeriodSeconds: Int?
    /// What happens to the dependents; nil for the resource's default.
    public var propagationPolicy: PropagationPolicy?
    /// Deletes only the object with this uid; another answers 409 `Conflict`.
    public var uid: String?
    /// Deletes only the object at this version; another answers 409 `Conflict`.
    public var resourceVersion: String?
    /// Checks everything and deletes nothing.
    public var isDryRun = false

    /// How an object is deleted; what is nil is left to the server.
    public init(
        gracePeriodSeconds: Int? = nil, propagationPolicy: PropagationPolicy? = nil, uid: String? = nil,
        resourceVersion: String? = nil, isDryRun: Bool = false
    ) {
        self.gracePeriodSeconds = gracePeriodSeconds
        self.propagationPolicy = propagationPolicy
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.isDryRun = isDryRun
    }

    /// The options as they are sent.
    public var json: JSONValue {
        var body: JSONObject = ["kind": "DeleteOptions", "apiVersion": "v1"]
        body["gracePeriodSeconds"] = gracePeriodSeconds.map { .integer(Int64($0)) }
        body["propagationPolicy"] = propagationPolicy.map { .string($0.rawValue) }
        var preconditions: JSONObject = [:]
        preconditions["uid"] = uid.map { .string($0) }
        preconditions["resourceVersion"] = resourceVersion.map { .string($0) }
        if !preconditions.isEmpty { body["preconditions"] = .object(preconditions) }
        if isDryRun { body["dryRun"] = ["All"] }
        return .object(body)
    }
}
