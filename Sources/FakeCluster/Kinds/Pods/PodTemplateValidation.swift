import KubeObjects
import KubeSchema

/// The rules for a pod template (Kubernetes v1.36, `core` validation).
enum PodTemplateValidation {
    /// The faults of a template.
    static func validate(_ template: JSONValue, at path: FieldPath) -> [FieldError] {
        // The paths are the real server's, without the `metadata` that stands between.
        var errors = ObjectMetaValidation.validateLabels(template["metadata"]?["labels"], at: path.child("labels"))
        errors += ObjectMetaValidation.validateAnnotations(
            template["metadata"]?["annotations"], at: path.child("annotations"))
        let spec = template["spec"] ?? [:]
        errors += PodSpecValidation(template: template).validate(at: path.child("spec"))
        if !spec.list("ephemeralContainers").isEmpty {
            errors.append(
                .forbidden(
                    path.child("spec", "ephemeralContainers"), "ephemeral containers not allowed in pod template"))
        }
        return errors
    }
}
