import KubeObjects
import KubeSchema

/// The rules for questions about access (Kubernetes v1.36, `authorization` validation).
enum AccessReviewRules {
    /// The faults of a review, whose namespace is that of the request.
    static func validate(_ review: KubeObject) -> [FieldError] {
        let spec = review["spec"] ?? [:]
        let path = FieldPath("spec")
        let (resource, other) = (spec["resourceAttributes"], spec["nonResourceAttributes"])
        var errors: [FieldError] = []
        if resource != nil, let other {
            errors.append(
                .invalid(
                    path.child("nonResourceAttributes"), shown: InternalForm.text(other, as: "NonResourceAttributes"),
                    "cannot be specified in combination with resourceAttributes"))
        }
        if resource == nil, other == nil {
            errors.append(
                .invalid(
                    path.child("resourceAttributes"), .null,
                    "exactly one of nonResourceAttributes or resourceAttributes must be specified"))
        }
        if review.kind != "SelfSubjectAccessReview", spec.text("user").isEmpty, spec.list("groups").isEmpty {
            errors.append(.invalid(path.child("user"), "", "at least one of user or group must be specified"))
        }
        for name in ["fieldSelector", "labelSelector"] {
            guard let selector = resource?[name] else { continue }
            errors += validate(
                selector, at: path.child("resourceAttributes", name), isOfLabels: name == "labelSelector")
        }
        let isLocal = review.kind == "LocalSubjectAccessReview"
        if review.metadata.contains(where: { $0.key != "managedFields" && !(isLocal && $0.key == "namespace") }) {
            errors.append(
                .invalid(
                    FieldPath("metadata"), .object(review.metadata),
                    isLocal ? "must be empty except for namespace" : "must be empty"))
        }
        return isLocal ? errors + validateLocal(review, resource, other) : errors
    }

    private static func validateLocal(
        _ review: KubeObject, _ resource: JSONValue?, _ other: JSONValue?
    ) -> [FieldError] {
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        if let resource, resource.text("namespace") != review.namespace ?? "" {
            errors.append(
                .invalid(
                    path.child("resourceAttributes", "namespace"), .string(resource.text("namespace")),
                    "must match metadata.namespace"))
        }
        if let other {
            errors.append(
                .invalid(
                    path.child("nonResourceAttributes"), shown: InternalForm.text(other, as: "NonResourceAttributes"),
                    "disallowed on this kind of request"))
        }
        return errors
    }

    /// A selector says what it selects in one of two ways. Operators that are not known are left to the authorizer.
    private static func validate(_ selector: JSONValue, at path: FieldPath, isOfLabels: Bool) -> [FieldError] {
        let requirements = selector.list("requirements")
        let raw = selector.text("rawSelector")
        var errors: [FieldError] = []
        if !raw.isEmpty, !requirements.isEmpty {
            errors.append(
                .invalid(
                    path.child("rawSelector"), .string(raw), "may not specified at the same time as requirements"))
        }
        if raw.isEmpty, requirements.isEmpty {
            errors.append(
                .required(
                    path.child("requirements"),
                    "when \(path) is specified, requirements or rawSelector is required"))
        }
        for (position, requirement) in requirements.enumerated() {
            let place = path.child("requirements").index(position)
            if isOfLabels {
                errors += LabelSelectorValidation.validate(
                    expression: requirement, at: place, allowsUnknownOperators: true)
                continue
            }
            if requirement.text("key").isEmpty { errors.append(.required(place.child("key"), "must be specified")) }
            errors += LabelSelectorValidation.validateValues(
                of: requirement, at: place, allowsUnknownOperators: true)
        }
        return errors
    }
}
