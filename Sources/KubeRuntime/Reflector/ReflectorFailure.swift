import KubeClient
import KubeObjects
import KubeWire

/// What a failed list or watch means for a reflector.
enum ReflectorFailure: Sendable, Hashable {
    /// 410: the version is no longer kept.
    case expired
    /// 404: the resource does not exist, or not yet.
    case missing
    /// 400 or 422: the server does not take the request's options.
    case unsupported
    /// 429 or 503 with a time to wait.
    case busy(Duration)
    /// What was sent cannot be read: asking for the same again gives the same.
    case unreadable
    /// Anything else: no connection, a server in trouble, no permission.
    case other

    init(_ error: any Error) {
        switch error {
        case let status as KubeStatus: self.init(status)
        case let error as TransportError where [.malformedResponse, .responseTooLarge].contains(error.code):
            self = .unreadable
        default: self = .other
        }
    }

    init(_ status: KubeStatus) {
        switch status.code {
        case 410: self = .expired
        case 404: self = .missing
        case 400, 422: self = .unsupported
        case 429, 500..., 0: self = status.askedWait.map { .busy($0) } ?? .other
        default: self = .other
        }
    }
}

extension KubeStatus {
    /// How long a server that is busy or in trouble asks to be left alone, within reason; nil if it does not.
    var askedWait: Duration? {
        guard code == 429 || code >= 500 || code == 0, let seconds = details?.retryAfterSeconds, seconds > 0 else {
            return nil
        }
        return .seconds(min(seconds, 120))
    }
}
