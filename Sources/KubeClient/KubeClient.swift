public import HTTPTypes
import KubeObjects
public import KubeWire

/// Requests to an API server: objects in, objects out, failures thrown.
///
/// A client is a value over a ``Transport``: copy it, change the copy, hand it on. It keeps no state between requests.
/// - Every method throws `KubeStatus` for what the server refuses, `TransportError` when no answer came or the answer
///   makes no sense, `CancellationError` when the task was cancelled.
public struct KubeClient: Sendable {
    /// What carries the requests.
    public var transport: any Transport
    /// The namespace that a user who names none means: that of the kubeconfig's context, or the pod's own.
    public var defaultNamespace: String
    /// How long to wait for the answer of a request that is no stream; nil for ever. A minute is the API server's own
    /// limit, so the default is a little more.
    public var requestTimeout: Duration? = .seconds(65)
    /// The `User-Agent`, which also names the writer in `managedFields` where no field manager is given.
    public var userAgent: String
    /// Told of each warning that the server sends along (RFC 9111 code 299, KEP-1693), without code and quotes.
    public var onWarning: (@Sendable (String) -> Void)?

    /// A client.
    /// - Parameters:
    ///   - transport: what carries the requests.
    ///   - defaultNamespace: the namespace of a user who names none.
    ///   - userAgent: the program's name and version, as in `run-controller/1.0`.
    public init(transport: any Transport, defaultNamespace: String = "default", userAgent: String = "job-runs") {
        self.transport = transport
        self.defaultNamespace = defaultNamespace
        self.userAgent = userAgent
    }

    /// Sends any request with the client's headers and hands the answer over once it is known to be no failure.
    ///
    /// The way to paths that have no method of their own.
    /// - Parameters:
    ///   - path: path and query, percent-encoded.
    ///   - accept: the media types wanted.
    ///   - contentType: the body's media type; nil if there is none.
    ///   - timeout: how long to wait for the head, and for each silence in a body that is no stream; nil for ever.
    ///   - isStream: whether the body is read while it comes and may be silent for long.
    public func send(
        _ method: HTTPRequest.Method, _ path: String, accept: String = MediaType.json, contentType: String? = nil,
        body: [UInt8] = [], timeout: Duration?, isStream: Bool = false
    ) async throws -> WireResponse {
        var headers: HTTPFields = [.accept: accept, .userAgent: userAgent]
        headers[.contentType] = contentType
        let response = try await transport.send(
            WireRequest(method: method, path: path, headers: headers, body: body, timeout: timeout, isStream: isStream))
        if let onWarning, let name = HTTPField.Name("Warning") {
            for warning in response.headers[values: name] { onWarning(Self.text(ofWarning: warning)) }
        }
        guard response.status.code < 400 else {
            throw KubeStatus(
                response: response.status, headers: response.headers, body: try await response.body.collect())
        }
        return response
    }

    /// Sends a request and reads the answer as JSON.
    func json(
        _ method: HTTPRequest.Method, _ path: String, contentType: String? = nil, body: [UInt8] = []
    ) async throws -> JSONValue {
        try await answer(method, path, contentType: contentType, body: body) { bytes throws(JSONError) in
            try JSONValue(parsing: bytes)
        }
    }

    /// Sends a request and reads the answer, which is JSON.
    func answer<Answer>(
        _ method: HTTPRequest.Method, _ path: String, contentType: String? = nil, body: [UInt8] = [],
        reading: ([UInt8]) throws(JSONError) -> Answer
    ) async throws -> Answer {
        let response = try await send(method, path, contentType: contentType, body: body, timeout: requestTimeout)
        let bytes = try await response.body.collect(upTo: Self.responseLimit)
        do {
            return try reading(bytes)
        } catch {
            throw TransportError(
                .malformedResponse, "the answer to \(method) \(path) is not JSON (\(error)): is this an API server?")
        }
    }

    /// Sends a request and reads the answer as an object.
    func object(
        _ method: HTTPRequest.Method, _ path: String, contentType: String? = nil, body: [UInt8] = []
    ) async throws -> KubeObject {
        guard let object = KubeObject(try await json(method, path, contentType: contentType, body: body)) else {
            throw TransportError(.malformedResponse, "the answer to \(method) \(path) is not an object")
        }
        return object
    }

    /// The largest answer taken: far above what one page of a sensible list needs.
    private static let responseLimit = 512 << 20

    /// The text of a `Warning` header: `299 - "text"` with backslash escapes; anything else as it is.
    static func text(ofWarning header: String) -> String {
        guard let open = header.firstIndex(of: "\"") else { return header }
        var text = ""
        var isEscaped = false
        for character in header[header.index(after: open)...] {
            if isEscaped {
                text.append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                // A date in quotes may follow.
                break
            } else {
                text.append(character)
            }
        }
        return text
    }
}

/// Media types of the API.
public enum MediaType {
    /// JSON, what every resource can be had in.
    public static let json = "application/json"
}
