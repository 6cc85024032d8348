import KubeObjects
import KubeSchema

/// The rules for how a definition's versions are converted (apiextensions-apiserver, `validateCustomResourceConversion`).
enum CustomResourceConversionRules {
    private static let reviewVersions = ["v1", "v1beta1"]

    /// The faults of a conversion. The paths are the real server's, which knows the webhook's configuration by older names.
    static func validate(_ conversion: JSONValue, at path: FieldPath) -> [FieldError] {
        let config = path.child("webhookClientConfig")
        let webhook = conversion["webhook"]
        let client = webhook?["clientConfig"]
        let versions = webhook?.list("conversionReviewVersions") ?? []
        let versionsPath = path.child("conversionReviewVersions")
        var errors = ChoiceRule.check(
            "strategy", conversion, in: ["None", "Webhook"], isRequired: true, at: path)
        guard conversion["strategy"] == "Webhook" else {
            let words = "should not be set when strategy is not set to Webhook"
            if client != nil { errors.append(.forbidden(config, words)) }
            if !versions.isEmpty { errors.append(.forbidden(versionsPath, words)) }
            return errors
        }
        if let client {
            if (client["url"] == nil) == (client["service"] == nil) {
                errors.append(.required(config, "exactly one of url or service is required"))
            }
        } else {
            errors.append(.required(config, "required when strategy is set to Webhook"))
        }
        if versions.isEmpty {
            errors.append(.required(versionsPath))
        } else if !versions.contains(where: { reviewVersions.contains($0.string ?? "") }) {
            errors.append(
                .invalid(versionsPath, .array(versions), "must include at least one of v1, v1beta1"))
        }
        // Nothing calls webhooks here: objects of several versions differ by their apiVersion only.
        return errors.isEmpty
            ? [.invalid(path.child("strategy"), "Webhook", "webhooks are not called here, use None")] : errors
    }
}
