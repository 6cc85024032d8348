import KubeObjects
import KubeSchema

/// The rules for the claims to devices that a pod has and its containers use (KEP-4381).
enum ResourceClaimValidation {
    /// The faults of a pod's claims.
    /// - Parameter pod: the pod's name, of which a claim that is made from a template gets its own; nil for a pod template.
    static func validate(_ claims: [JSONValue], pod: String?, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, claim) in claims.enumerated() {
            let place = path.index(position)
            let name = claim.text("name")
            if name.isEmpty {
                errors.append(.required(place.child("name")))
            } else if !names.insert(name).inserted {
                errors.append(.duplicate(place.child("name"), .string(name)))
            } else {
                errors += validate(name, of: claim, pod: pod, at: place.child("name"))
            }
            errors += validateSource(of: claim, at: place)
        }
        return errors
    }

    private static func validate(
        _ name: String, of claim: JSONValue, pod: String?, at path: FieldPath
    ) -> [FieldError] {
        let faults = NameRule.label.validate(name, at: path)
        guard faults.isEmpty, let pod, claim["resourceClaimTemplateName"] != nil else { return faults }
        let final = "\(pod)-\(name)"
        return NameRule.subdomain.faults(final).map {
            .invalid(path, .string(final), "final ResourceClaim name: " + $0)
        }
    }

    private static func validateSource(of claim: JSONValue, at path: FieldPath) -> [FieldError] {
        let sources = ["resourceClaimName", "resourceClaimTemplateName"].filter { claim[$0] != nil }
        var errors: [FieldError] = []
        let shown = InternalForm.text(claim, as: "PodResourceClaim")
        if sources.count > 1 {
            errors.append(
                .invalid(
                    path, shown: shown,
                    "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"))
        }
        if sources.isEmpty {
            errors.append(
                .invalid(
                    path, shown: shown, "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`"))
        }
        return errors + sources.flatMap { NameRule.subdomain.validate(claim.text($0), at: path.child($0)) }
    }

    /// The faults of the claims that a container uses.
    /// - Parameter pod: the pod's claims.
    static func validate(_ uses: [JSONValue], of pod: [JSONValue], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var used: Set<String> = []
        let known = Set(pod.map { $0.text("name") })
        for (position, use) in uses.enumerated() {
            let place = path.index(position)
            let (name, request) = (use.text("name"), use.text("request"))
            if name.isEmpty {
                errors.append(.required(place))
                continue
            }
            let key = request.isEmpty ? name : "\(name)/\(request)"
            if used.contains(name) {
                errors.append(.duplicate(place, .string(name)))
            } else {
                if !request.isEmpty { errors += NameRule.label.validate(request, at: place.child("request")) }
                let isUsed = used.contains(key) || request.isEmpty && used.contains { $0.hasPrefix(name + "/") }
                if isUsed { errors.append(.duplicate(place, .string(key))) }
                used.insert(key)
            }
            if !known.contains(name) { errors.append(notFound(name, known.sorted(), at: place)) }
        }
        return errors
    }

    private static func notFound(_ name: String, _ known: [String], at path: FieldPath) -> FieldError {
        var error = FieldError.notFound(path, .string(name))
        error.message += ": must be one of the names in pod.spec.resourceClaims"
        error.message += known.isEmpty ? " which is empty" : ": " + known.joined(separator: ", ")
        return error
    }
}
