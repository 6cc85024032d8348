import KubeObjects
import KubeSchema

/// The rules for probes and lifecycle hooks.
enum HandlerValidation {
    private static let headerName =
        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for "
        + "validation is '[-A-Za-z0-9]+')"

    /// The faults of a probe. Liveness and startup probes succeed with one success.
    static func validate(probe: JSONValue, mustSucceedOnce: Bool, at path: FieldPath) -> [FieldError] {
        var errors = validate(handler: probe, kinds: ["exec", "httpGet", "tcpSocket", "grpc"], at: path)
        for key in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
            errors += NumberRule.nonNegative(probe[key], at: path.child(key))
        }
        if !mustSucceedOnce, let grace = probe["terminationGracePeriodSeconds"] {
            errors.append(
                .invalid(path.child("terminationGracePeriodSeconds"), grace, "must not be set for readinessProbes"))
        }
        if mustSucceedOnce, let threshold = probe["successThreshold"], threshold.integer != 1 {
            errors.append(.invalid(path.child("successThreshold"), threshold, "must be 1"))
        }
        if let grace = probe["terminationGracePeriodSeconds"], grace.integer ?? 1 <= 0 {
            errors.append(.invalid(path.child("terminationGracePeriodSeconds"), grace, "must be greater than 0"))
        }
        return errors
    }

    /// The faults of what a probe or a hook does: exactly one of some kinds of action.
    /// - Parameter gracePeriod: how long the pod may take to stop, which no hook may sleep longer than.
    static func validate(
        handler: JSONValue, kinds: [String], gracePeriod: Int64? = nil, at path: FieldPath
    ) -> [FieldError] {
        let given = kinds.filter { handler[$0] != nil }
        guard let kind = given.first, let action = handler[kind] else {
            return [.required(path, "must specify a handler type")]
        }
        var errors = given.dropFirst().map {
            FieldError.forbidden(path.child($0), "may not specify more than 1 handler type")
        }
        let place = path.child(kind)
        switch kind {
        case "exec":
            if action.list("command").isEmpty { errors.append(.required(place.child("command"))) }
        case "httpGet":
            if action.text("path").isEmpty { errors.append(.required(place.child("path"))) }
            errors += port(action["port"], at: place.child("port"))
            errors += ChoiceRule.check("scheme", action, in: ["HTTP", "HTTPS"], at: place)
            for name in action.list("httpHeaders").map({ $0.text("name") }) where !isHeaderName(name) {
                errors.append(.invalid(place.child("httpHeaders"), .string(name), headerName))
            }
        case "tcpSocket", "grpc":
            errors += port(action["port"], at: place.child("port"))
        case "sleep":
            guard let gracePeriod, !(0...max(0, gracePeriod)).contains(action.number("seconds")) else { break }
            errors.append(
                .invalid(
                    place, .integer(action.number("seconds")),
                    "must be non-negative and less than terminationGracePeriodSeconds (\(gracePeriod))"))
        default:
            break
        }
        return errors
    }

    private static func isHeaderName(_ name: String) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    }

    /// A port's number, or the name of one.
    private static func port(_ port: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let name = port?.string else { return NumberRule.port(port ?? 0, at: path) }
        return NameValidation.portName(name).map { .invalid(path, .string(name), $0) }
    }
}
