import KubeObjects
import KubeSchema

/// The rules for questions about access (Kubernetes v1.36, `authorization` validation).
enum AccessReviewRules {
    /// The faults of a review. `namespace` is that of the request.
    static func validate(_ review: KubeObject, namespace: String) -> [FieldError] {
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
        guard review.kind == "LocalSubjectAccessReview" else { return errors }
        if let resource, resource.text("namespace") != namespace {
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
}
