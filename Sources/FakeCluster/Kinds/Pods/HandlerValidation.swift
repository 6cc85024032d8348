import KubeObjects
import KubeSchema

/// The rules for probes and lifecycle hooks.
enum HandlerValidation {
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
    static func validate(handler: JSONValue, kinds: [String], at path: FieldPath) -> [FieldError] {
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
        case "tcpSocket", "grpc":
            errors += port(action["port"], at: place.child("port"))
        default:
            break
        }
        return errors
    }

    /// A port's number, or the name of one.
    private static func port(_ port: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let name = port?.string else { return NumberRule.port(port ?? 0, at: path) }
        return NameValidation.portName(name).map { .invalid(path, .string(name), $0) }
    }
}
