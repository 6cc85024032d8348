import HTTPTypes
import KubeObjects
import KubeWire

extension WireResponse {
    /// A body of JSON, or of YAML where the format says so, with a line feed at its end as the API server has it.
    static func body(_ bytes: [UInt8], status: Int = 200, format: ResponseFormat = .json) -> WireResponse {
        var bytes = bytes
        if bytes.last != UInt8(ascii: "\n") { bytes.append(UInt8(ascii: "\n")) }
        let type = format == .yaml ? "application/yaml" : "application/json"
        return WireResponse(
            status: HTTPResponse.Status(code: status), headers: .server(contentType: type), bytes: bytes)
    }

    /// A plain text.
    static func text(_ text: String, status: Int = 200) -> WireResponse {
        WireResponse(
            status: HTTPResponse.Status(code: status), headers: .server(contentType: "text/plain; charset=utf-8"),
            bytes: Array(text.utf8))
    }

    /// What Go's multiplexer answers for a path that it does not know.
    static let pageNotFound = text("404 page not found\n", status: 404)

    /// What the filters before the API's handlers answer if there are too many requests: a text, no `Status`.
    static func tooManyRequests(retryAfter seconds: Int) -> WireResponse {
        var response = text("Too many requests, please try again later.\n", status: 429)
        response.headers[.retryAfter] = String(seconds)
        return response
    }

    /// A failure.
    static func failure(_ status: KubeStatus) -> WireResponse {
        var response = body(status.json.encoded(), status: status.code)
        if let seconds = status.details?.retryAfterSeconds { response.headers[.retryAfter] = String(seconds) }
        return response
    }

    /// The same answer with a warning before those that it has.
    func warning(first text: String) -> WireResponse {
        guard let name = HTTPField.Name("Warning") else { return self }
        let others = headers.filter { $0.name == name }
        var response = self
        response.headers[name] = nil
        response = response.warning(of: [text])
        for other in others { response.headers.append(other) }
        return response
    }

    /// The same answer with warnings, as `Warning` headers (RFC 7234, section 5.5; KEP-1693).
    func warning(of texts: [String]) -> WireResponse {
        guard !texts.isEmpty, let name = HTTPField.Name("Warning") else { return self }
        var response = self
        for text in texts {
            let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            response.headers.append(HTTPField(name: name, value: "299 - \"\(escaped)\""))
        }
        return response
    }
}

extension HTTPFields {
    /// The headers of every answer.
    fileprivate static func server(contentType: String) -> HTTPFields {
        [.contentType: contentType, .cacheControl: "no-cache, private"]
    }

    /// A header by its name, whether or not it is one that this code knows.
    func value(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { self[$0] }
    }
}
