import KubeObjects
import KubeSchema

/// The rules for the resources that a container asks for and is limited to.
enum ResourceValidation {
    private static let standard: Set<String> = ["cpu", "memory", "ephemeral-storage"]
    /// Whether a resource is one of Kubernetes' own.
    private static func isNative(_ name: String) -> Bool { !name.contains("/") || name.contains("kubernetes.io/") }

    /// Resources of which more may be promised than there is.
    private static func isOvercommitted(_ name: String) -> Bool { isNative(name) && !name.hasPrefix("hugepages-") }

    /// The faults of a container's `resources`.
    static func validate(_ resources: JSONValue, at path: FieldPath) -> [FieldError] {
        let limits = resources.map("limits")
        var errors: [FieldError] = []
        for (name, quantity) in limits {
            errors += validate(name: name, quantity, at: path.child("limits"))
        }
        for (name, quantity) in resources.map("requests") {
            errors += validate(name: name, quantity, at: path.child("requests"))
            guard let limit = limits[name] else {
                if !isOvercommitted(name) {
                    errors.append(.required(path.child("limits"), "Limit must be set for non overcommitable resources"))
                }
                continue
            }
            errors += compare(name, quantity, limit: limit, at: path.child("requests"))
        }
        let names = Set(limits.map(\.key) + resources.map("requests").map(\.key))
        if names.contains(where: { $0.hasPrefix("hugepages-") }), names.isDisjoint(with: ["cpu", "memory"]) {
            errors.append(.forbidden(path, "HugePages require cpu or memory"))
        }
        return errors
    }

    private static func validate(name: String, _ value: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors = NameValidation.qualifiedName(name).map {
            FieldError.invalid(path.key(name), .string(name), $0)
        }
        if errors.isEmpty, !name.contains("/"), !standard.contains(name), !name.hasPrefix("hugepages-") {
            errors.append(
                .invalid(path.key(name), .string(name), "must be a standard resource for containers"))
        }
        if let quantity = value.quantity, quantity < .zero {
            errors.append(.invalid(path.key(name), value, "must be greater than or equal to 0"))
        }
        // Of what others count, there are whole ones only.
        if !isNative(name), let quantity = value.quantity, quantity.milliValue % 1000 != 0 {
            errors.append(.invalid(path.key(name), value, "must be an integer"))
        }
        return errors
    }

    private static func compare(
        _ name: String, _ request: JSONValue, limit: JSONValue, at path: FieldPath
    ) -> [FieldError] {
        guard let requested = request.quantity, let limited = limit.quantity else { return [] }
        if isOvercommitted(name) {
            guard requested > limited else { return [] }
            return [.invalid(path, request, "must be less than or equal to \(name) limit of \(limited)")]
        }
        guard requested != limited else { return [] }
        return [.invalid(path, request, "must be equal to \(name) limit of \(limited)")]
    }
}

extension JSONValue {
    /// The quantity that the value states; nil if it states none.
    var quantity: Quantity? { Quantity(json: self) }
}
