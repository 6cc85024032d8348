public import HTTPTypes

/// The one seam of the project: an HTTP request in, a streamed HTTP response out.
///
/// libcurl is one transport (`KubeClient`), the fake cluster called in process is another. Everything above speaks to
/// this protocol only, so that every test meets the same server code as a user.
public protocol Transport: Sendable {
    /// Sends a request and returns once the response's head is there; the body streams behind it.
    ///
    /// Any HTTP status is a response, not an error. Cancelling the task gives the request up.
    /// - Throws: ``TransportError`` when no answer came, `CancellationError` when the task was cancelled.
    func send(_ request: WireRequest) async throws -> WireResponse
}

/// A request to an API server: method, path with query, headers, body.
public struct WireRequest: Sendable {
    /// The method.
    public var method: HTTPRequest.Method
    /// Path and query, percent-encoded, beginning with `/`.
    public var path: String
    /// The headers. Credentials are the transport's business.
    public var headers: HTTPFields
    /// The body; empty for none.
    public var body: [UInt8]
    /// How long to wait for the response's head, and for each silence in the body unless it ``isStream``; nil waits
    /// for ever.
    public var timeout: Duration?
    /// Whether the body may be silent for long and is read while it comes: a watch, a log that is followed.
    public var isStream: Bool

    /// A request.
    public init(
        method: HTTPRequest.Method, path: String, headers: HTTPFields = [:], body: [UInt8] = [],
        timeout: Duration? = nil, isStream: Bool = false
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.isStream = isStream
    }
}

/// An answer of an API server: status and headers at once, the body as it comes.
public struct WireResponse: Sendable {
    /// The HTTP status.
    public var status: HTTPResponse.Status
    /// The headers.
    public var headers: HTTPFields
    /// The body.
    public var body: ResponseBody

    /// An answer.
    public init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: ResponseBody) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// An answer whose body is there already.
    public init(status: HTTPResponse.Status, headers: HTTPFields = [:], bytes: [UInt8]) {
        self.init(status: status, headers: headers, body: ResponseBody(bytes))
    }
}
