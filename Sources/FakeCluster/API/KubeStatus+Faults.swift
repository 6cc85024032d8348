import KubeObjects
import KubeSchema
import KubeWire

/// The server's refusals, in the words of apimachinery's `api/errors`.
extension KubeStatus {
    /// 404: no object of this name.
    static func notFound(_ resource: GroupResource, _ name: String) -> KubeStatus {
        KubeStatus(
            code: 404, reason: .notFound, message: "\(resource) \"\(name)\" not found", details: resource.details(name))
    }

    /// 404: the path names no resource.
    static let unknownResource = KubeStatus(
        code: 404, reason: .notFound, message: "the server could not find the requested resource", details: Details())

    /// 405: the resource has no such verb.
    static func notSupported(_ verb: String, _ resource: GroupResource) -> KubeStatus {
        KubeStatus(
            code: 405, reason: .methodNotAllowed,
            message: "\(verb) is not supported on resources of kind \"\(resource)\"", details: resource.details(""))
    }

    /// 405: the path has no handler for the method.
    static let methodNotAllowed = KubeStatus(
        code: 405, reason: .methodNotAllowed,
        message: "the server does not allow this method on the requested resource", details: Details())

    /// 409: the name is taken.
    static func alreadyExists(_ resource: GroupResource, _ name: String) -> KubeStatus {
        KubeStatus(
            code: 409, reason: .alreadyExists, message: "\(resource) \"\(name)\" already exists",
            details: resource.details(name))
    }

    /// 409: the write cannot be done on what is there.
    static func conflict(_ resource: GroupResource, _ name: String, _ why: String) -> KubeStatus {
        KubeStatus(
            code: 409, reason: .conflict,
            message: "Operation cannot be fulfilled on \(resource) \"\(name)\": \(why)",
            details: resource.details(name))
    }

    /// 409: the object changed since it was read.
    static func modified(_ resource: GroupResource, _ name: String) -> KubeStatus {
        conflict(
            resource, name,
            "the object has been modified; please apply your changes to the latest version and try again")
    }

    /// 422: a change that does not say what it was made from. The server has no kind to name by then, only the resource.
    static func unversioned(_ resource: APIResource, _ name: String) -> KubeStatus {
        invalid(
            GroupVersionKind(group: resource.group, version: resource.version, kind: resource.plural), name,
            [.invalid(FieldPath("metadata", "resourceVersion"), 0, "must be specified for an update")])
    }

    /// 403: not allowed, with the reason.
    static func forbidden(_ resource: GroupResource, _ name: String, _ why: String) -> KubeStatus {
        KubeStatus(
            code: 403, reason: .forbidden,
            message: name.isEmpty ? "\(resource) is forbidden: \(why)" : "\(resource) \"\(name)\" is forbidden: \(why)",
            details: resource.details(name))
    }

    /// 422: the object breaks rules.
    static func invalid(_ kind: GroupVersionKind, _ name: String, _ errors: [FieldError]) -> KubeStatus {
        var texts: [String] = []
        for error in errors where !texts.contains(error.description) { texts.append(error.description) }
        let faults = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        let qualified = kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)"
        return KubeStatus(
            code: 422, reason: .invalid, message: "\(qualified) \"\(name)\" is invalid: \(faults)",
            details: Details(
                name: name.isEmpty ? nil : name, group: kind.group.isEmpty ? nil : kind.group,
                kind: kind.kind.isEmpty ? nil : kind.kind,
                causes: errors.map { Cause(reason: $0.kind.rawValue, message: $0.message, field: $0.field) }))
    }

    /// 422: an option of the request breaks a rule. `options` is the options' type, such as `CreateOptions`.
    static func invalidOptions(_ options: String, _ error: FieldError) -> KubeStatus {
        invalidOptions(options, [error])
    }

    /// 422: options of the request break rules.
    static func invalidOptions(_ options: String, _ errors: [FieldError]) -> KubeStatus {
        invalid(GroupVersionKind(group: "meta.k8s.io", version: "v1", kind: options), "", errors)
    }

    /// 400: the request makes no sense.
    static func badRequest(_ message: String) -> KubeStatus {
        KubeStatus(code: 400, reason: .badRequest, message: message)
    }

    /// 500 without a reason: an error that the server did not foresee as one of the API's.
    static func unexpected(_ message: String) -> KubeStatus {
        KubeStatus(code: 500, reason: "", message: message)
    }

    /// 500: a fault of the server.
    static func internalError(_ message: String) -> KubeStatus {
        KubeStatus(
            code: 500, reason: .internalError, message: "Internal error occurred: \(message)",
            details: Details(causes: [Cause(reason: "", message: message)]))
    }

    /// 410: the version is no longer kept.
    static func expired(_ message: String) -> KubeStatus {
        KubeStatus(code: 410, reason: .expired, message: message)
    }

    /// 410: the version of a list's first page is no longer kept; the other pages can be had at the newest.
    static func expired(_ token: ContinueToken) -> KubeStatus {
        var status = expired(
            "The provided continue parameter is too old to display a consistent list result. You can start a new list "
                + "without the continue parameter, or use the continue token in this response to retrieve the "
                + "remainder of the results. Continuing with the provided token results in an inconsistent list - "
                + "objects that were created, modified, or deleted between the time the first chunk was returned and "
                + "now may show up in the list.")
        status.continuation = ContinueToken(version: nil, last: token.last).text
        return status
    }

    /// 410: a watch's version is no longer kept.
    static func tooOld(_ version: UInt64, oldest: UInt64) -> KubeStatus {
        expired("too old resource version: \(version) (\(oldest))")
    }

    /// 503: the server is not ready.
    static func notReady(retryAfter seconds: Int) -> KubeStatus {
        KubeStatus(
            code: 503, reason: .serviceUnavailable,
            message: "the request has been made before all known HTTP paths have been installed, please try again",
            details: Details(retryAfterSeconds: seconds > 0 ? seconds : nil))
    }

    /// 504: the server's own time for the request ran out.
    static let timedOut = KubeStatus(
        code: 504, reason: .timeout,
        message: "Timeout: request did not complete within requested timeout - context deadline exceeded",
        details: Details())

    /// 401: no valid credentials.
    static let unauthorized = KubeStatus(code: 401, reason: .unauthorized, message: "Unauthorized")

    /// 413: the body is too large.
    static func tooLarge(limit: Int) -> KubeStatus { tooLarge("limit is \(limit)") }

    /// 413: the body asks for too much.
    static func tooLarge(_ why: String) -> KubeStatus {
        KubeStatus(
            code: 413, reason: .requestEntityTooLarge, message: "Request entity too large: \(why)", details: Details())
    }

    /// 415: the body's media type is not understood.
    static func unsupportedMediaType(accepted: [String]) -> KubeStatus {
        KubeStatus(
            code: 415, reason: .unsupportedMediaType,
            message: "the body of the request was in an unknown format - accepted media types include: "
                + accepted.joined(separator: ", "))
    }

    /// 406: none of the accepted media types can be given.
    static func notAcceptable(available: [String]) -> KubeStatus {
        KubeStatus(
            code: 406, reason: .notAcceptable,
            message: "only the following media types are accepted: " + available.joined(separator: ", "))
    }
}

extension GroupResource {
    /// The details of a status about an object of this resource.
    fileprivate func details(_ name: String) -> KubeStatus.Details {
        KubeStatus.Details(name: name.isEmpty ? nil : name, group: group.isEmpty ? nil : group, kind: resource)
    }
}
