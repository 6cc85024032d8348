public import KubeObjects

/// The API server's own way to say that something failed: a `Status` object (API conventions, "Response Status Kind").
public struct KubeStatus: Error, Sendable, Hashable, CustomStringConvertible {
    /// The HTTP status code.
    public var code: Int
    /// The machine-readable reason, such as `NotFound`; empty if the server gave none.
    public var reason: Reason
    /// What happened, for a person to read.
    public var message: String
    /// Which object, and which of its fields.
    public var details: Details?
    /// Where a list that has become too old can be gone on with, at another version.
    public var continuation: String?

    /// A machine-readable reason: an open set, since servers add to it.
    public struct Reason: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
        /// The reason as it is sent.
        public let rawValue: String
        /// A reason.
        public init(_ rawValue: String) { self.rawValue = rawValue }
        /// A reason.
        public init(stringLiteral value: String) { rawValue = value }
        /// The reason as it is sent.
        public var description: String { rawValue }

        /// 400: the request makes no sense.
        public static let badRequest: Reason = "BadRequest"
        /// 401: no valid credentials.
        public static let unauthorized: Reason = "Unauthorized"
        /// 403: not allowed.
        public static let forbidden: Reason = "Forbidden"
        /// 404: no such object or path.
        public static let notFound: Reason = "NotFound"
        /// 405: the verb does not exist here.
        public static let methodNotAllowed: Reason = "MethodNotAllowed"
        /// 406: none of the accepted media types can be given.
        public static let notAcceptable: Reason = "NotAcceptable"
        /// 409: the name is taken.
        public static let alreadyExists: Reason = "AlreadyExists"
        /// 409: the object changed meanwhile, or a precondition does not hold.
        public static let conflict: Reason = "Conflict"
        /// 410: the resource version is no longer kept.
        public static let expired: Reason = "Expired"
        /// 410: gone for good.
        public static let gone: Reason = "Gone"
        /// 413: the body is too large.
        public static let requestEntityTooLarge: Reason = "RequestEntityTooLarge"
        /// 415: the body's media type is not understood.
        public static let unsupportedMediaType: Reason = "UnsupportedMediaType"
        /// 422: the object breaks a rule.
        public static let invalid: Reason = "Invalid"
        /// 429: slow down.
        public static let tooManyRequests: Reason = "TooManyRequests"
        /// 500: a fault of the server.
        public static let internalError: Reason = "InternalError"
        /// 503: not now.
        public static let serviceUnavailable: Reason = "ServiceUnavailable"
        /// 504: took too long.
        public static let timeout: Reason = "Timeout"
    }

    /// What the failure is about.
    public struct Details: Sendable, Hashable {
        /// The object's name.
        public var name: String?
        /// The API group.
        public var group: String?
        /// The resource or kind, as the server names it.
        public var kind: String?
        /// The object's uid.
        public var uid: String?
        /// The single faults, by field.
        public var causes: [Cause]
        /// How long to wait before trying again, in seconds.
        public var retryAfterSeconds: Int?

        /// Details; what is nil or empty is left out when sent.
        public init(
            name: String? = nil, group: String? = nil, kind: String? = nil, uid: String? = nil, causes: [Cause] = [],
            retryAfterSeconds: Int? = nil
        ) {
            self.name = name
            self.group = group
            self.kind = kind
            self.uid = uid
            self.causes = causes
            self.retryAfterSeconds = retryAfterSeconds
        }
    }

    /// One fault of a rejected object.
    public struct Cause: Sendable, Hashable {
        /// The kind of fault, such as `FieldValueRequired`.
        public var reason: String
        /// The fault in words.
        public var message: String
        /// The field's path, such as `spec.template.spec.containers[0].name`.
        public var field: String?

        /// A fault.
        public init(reason: String, message: String, field: String? = nil) {
            self.reason = reason
            self.message = message
            self.field = field
        }
    }

    /// A failure.
    public init(code: Int, reason: Reason, message: String, details: Details? = nil) {
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
    }

    /// The message.
    public var description: String { message }

    /// Whether the object does not exist.
    public var isNotFound: Bool { reason == .notFound || code == 404 }
    /// Whether the name is taken.
    public var isAlreadyExists: Bool { reason == .alreadyExists }
    /// Whether the object changed meanwhile.
    public var isConflict: Bool { reason == .conflict }
    /// Whether the resource version is too old to go on from.
    public var isGone: Bool { code == 410 }
    /// Whether the object breaks a rule of the server.
    public var isInvalid: Bool { reason == .invalid || code == 422 }
    /// Whether the caller is not allowed to do this.
    public var isForbidden: Bool { code == 403 }
}

extension KubeStatus {
    /// Reads a `Status` object. Nil if it is none, or one that tells of success.
    public init?(_ json: JSONValue) {
        guard json["kind"]?.string == "Status", json["status"]?.string != "Success" else { return nil }
        self.init(
            code: json["code"]?.integer.flatMap { Int(exactly: $0) } ?? 0,
            reason: Reason(json["reason"]?.string ?? ""), message: json["message"]?.string ?? "",
            details: json["details"].map(Details.init))
    }

    /// The `Status` object as it is sent.
    public var json: JSONValue {
        var status: JSONObject = [
            "kind": "Status", "apiVersion": "v1", "metadata": continuation.map { ["continue": .string($0)] } ?? [:],
            "status": "Failure", "message": .string(message),
        ]
        if !reason.rawValue.isEmpty { status["reason"] = .string(reason.rawValue) }
        if let details { status["details"] = details.json }
        status["code"] = .integer(Int64(code))
        return .object(status)
    }
}

extension KubeStatus.Details {
    init(_ json: JSONValue) {
        self.init(
            name: json["name"]?.string, group: json["group"]?.string, kind: json["kind"]?.string,
            uid: json["uid"]?.string,
            causes: json["causes"]?.array?.map {
                KubeStatus.Cause(
                    reason: $0["reason"]?.string ?? "", message: $0["message"]?.string ?? "",
                    field: $0["field"]?.string)
            } ?? [],
            retryAfterSeconds: json["retryAfterSeconds"]?.integer.flatMap { Int(exactly: $0) })
    }

    var json: JSONValue {
        var details: JSONObject = [:]
        details["name"] = name.map { .string($0) }
        details["group"] = group.map { .string($0) }
        details["kind"] = kind.map { .string($0) }
        details["uid"] = uid.map { .string($0) }
        if !causes.isEmpty {
            details["causes"] = .array(
                causes.map {
                    var cause: JSONObject = [:]
                    if !$0.reason.isEmpty { cause["reason"] = .string($0.reason) }
                    cause["message"] = .string($0.message)
                    cause["field"] = $0.field.map { .string($0) }
                    return .object(cause)
                })
        }
        details["retryAfterSeconds"] = retryAfterSeconds.map { .integer(Int64($0)) }
        return .object(details)
    }
}
