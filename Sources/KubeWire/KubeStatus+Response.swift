public import HTTPTypes
import KubeObjects

extension KubeStatus {
    /// The failure that an HTTP answer tells of, whoever wrote it.
    ///
    /// An API server sends a `Status`; a proxy, a load balancer or an aggregated API in front of it may send HTML, text
    /// or nothing. Then the reason follows from the code, and the message is the first line of what was sent.
    /// - Parameters:
    ///   - response: the answer's HTTP status, 400 or above.
    ///   - headers: its headers; `Retry-After` in seconds is kept in the details.
    ///   - body: its body.
    public init(response: HTTPResponse.Status, headers: HTTPFields = [:], body: [UInt8]) {
        if let json = try? JSONValue(parsing: body), var status = KubeStatus(json) {
            if status.code == 0 { status.code = response.code }
            self = status
        } else {
            self.init(
                code: response.code, reason: Reason(httpCode: response.code),
                message: Self.message(of: response, headers: headers, body: body))
        }
        guard details?.retryAfterSeconds == nil, let seconds = headers[.retryAfter].flatMap({ Int($0) }) else { return }
        details = details ?? Details()
        details?.retryAfterSeconds = seconds
    }

    /// The longest part of a foreign body that goes into a message.
    private static let excerptLength = 200

    private static func message(of response: HTTPResponse.Status, headers: HTTPFields, body: [UInt8]) -> String {
        let reason = Reason(httpCode: response.code).rawValue
        let summary = "the server answered \(response.code)" + (reason.isEmpty ? "" : " \(reason)")
        guard headers[.contentType]?.hasPrefix("text/html") != true else { return summary }
        let line =
            String(decoding: body.prefix(4 * excerptLength), as: UTF8.self)
            .split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.isEmpty ? summary : "\(summary): \(line.prefix(excerptLength))"
    }
}

extension KubeStatus.Reason {
    /// The reason that an HTTP status code stands for when nothing says it better; empty for a code without one.
    public init(httpCode code: Int) {
        switch code {
        case 400: self = .badRequest
        case 401: self = .unauthorized
        case 403: self = .forbidden
        case 404: self = .notFound
        case 405: self = .methodNotAllowed
        case 406: self = .notAcceptable
        case 409: self = .conflict
        case 410: self = .gone
        case 413: self = .requestEntityTooLarge
        case 415: self = .unsupportedMediaType
        case 422: self = .invalid
        case 429: self = .tooManyRequests
        case 500: self = .internalError
        case 503: self = .serviceUnavailable
        case 504: self = .timeout
        default: self = ""
        }
    }
}
