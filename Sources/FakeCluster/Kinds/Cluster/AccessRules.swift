import KubeObjects
import KubeSchema

/// `rbac.authorization.k8s.io/v1` Roles and ClusterRoles.
struct RoleRules: KindRules {
    let isNamespaced: Bool

    var createsOnUpdate: Bool { true }
    var nameRule: NameRule { .pathSegment }
    var metadataChecks: MetadataChecks { MetadataChecks(asNew: 2, asChanged: 1) }
    var table: TableConvention { .roles }

    func applyDefaults(_ object: inout JSONObject) {
        // A list without elements is none once it has been stored.
        if object["rules"]?.array?.isEmpty ?? true { object["rules"] = .null }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, rule) in object.value.list("rules").enumerated() {
            errors += validate(rule: rule, at: FieldPath("rules").index(position))
        }
        if !isNamespaced, let aggregation = object["aggregationRule"] { errors += validate(aggregation: aggregation) }
        return errors
    }

    private func validate(aggregation: JSONValue) -> [FieldError] {
        let path = FieldPath("aggregationRule", "clusterRoleSelectors")
        let selectors = aggregation.list("clusterRoleSelectors")
        guard !selectors.isEmpty else {
            return [.required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil")]
        }
        return selectors.enumerated().flatMap { position, selector in
            var errors = LabelSelectorValidation.validate(selector, at: path.index(position))
            // What cannot be read as a selector is told of once more, without it.
            if (try? LabelSelector(selector)) == nil {
                errors.append(.invalid(path.index(position), .null, "invalid label selector."))
            }
            return errors
        }
    }

    // The strategy checks a changed role twice.
    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        validate(object, context) + validate(object, context)
    }

    private func validate(rule: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if rule.list("verbs").isEmpty {
            errors.append(.required(path.child("verbs"), "verbs must contain at least one value"))
        }
        if !rule.list("nonResourceURLs").isEmpty {
            if isNamespaced {
                errors.append(
                    .invalid(
                        path.child("nonResourceURLs"), rule["nonResourceURLs"],
                        "namespaced rules cannot apply to non-resource URLs"))
            }
            if ["apiGroups", "resources", "resourceNames"].contains(where: { !rule.list($0).isEmpty }) {
                errors.append(
                    .invalid(
                        path.child("nonResourceURLs"), rule["nonResourceURLs"],
                        "rules cannot apply to both regular resources and non-resource URLs"))
            }
            return errors
        }
        if rule.list("apiGroups").isEmpty {
            errors.append(.required(path.child("apiGroups"), "resource rules must supply at least one api group"))
        }
        if rule.list("resources").isEmpty {
            errors.append(.required(path.child("resources"), "resource rules must supply at least one resource"))
        }
        return errors
    }
}

/// `rbac.authorization.k8s.io/v1` RoleBindings and ClusterRoleBindings.
struct RoleBindingRules: KindRules {
    private static let group = "rbac.authorization.k8s.io"

    let isNamespaced: Bool

    var createsOnUpdate: Bool { true }
    var nameRule: NameRule { .pathSegment }
    var metadataChecks: MetadataChecks { MetadataChecks(asNew: 2, asChanged: 1) }
    var table: TableConvention { .roleBindings }

    func applyDefaults(_ object: inout JSONObject) {
        object.edit("roleRef") { reference in
            if reference["apiGroup"]?.string?.isEmpty ?? true { reference["apiGroup"] = .string(Self.group) }
        }
        object.editEach("subjects") { subject in
            if subject["kind"] == "User" || subject["kind"] == "Group" {
                subject.setDefault("apiGroup", .string(Self.group))
            }
        }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let reference = object["roleRef"] ?? [:]
        let path = FieldPath("roleRef")
        var errors = ChoiceRule.check("apiGroup", reference, in: [Self.group], at: path)
        let kinds = isNamespaced ? ["Role", "ClusterRole"] : ["ClusterRole"]
        if !kinds.contains(reference.text("kind")) {
            errors.append(
                .notSupported(path.child("kind"), .string(reference.text("kind")), supported: kinds))
        }
        if reference.text("name").isEmpty {
            errors.append(.required(path.child("name")))
        } else {
            errors += NameRule.pathSegment.validate(reference.text("name"), at: path.child("name"))
        }
        for (position, subject) in object.value.list("subjects").enumerated() {
            errors += validate(subject: subject, at: FieldPath("subjects").index(position))
        }
        return errors
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        var errors = validate(object, context) + validate(object, context)
        if object["roleRef"] != old["roleRef"] {
            // The server shows the reference as its own type, whose fields have other names.
            let reference = object["roleRef"] ?? [:]
            let shown: JSONValue = [
                "APIGroup": .string(reference.text("apiGroup")), "Kind": .string(reference.text("kind")),
                "Name": .string(reference.text("name")),
            ]
            errors.append(.invalid(FieldPath("roleRef"), shown, "cannot change roleRef"))
        }
        return errors
    }

    private func validate(subject: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        if subject.text("name").isEmpty { errors.append(.required(path.child("name"))) }
        let group = subject.text("apiGroup")
        switch subject.text("kind") {
        case "ServiceAccount":
            if !subject.text("name").isEmpty {
                errors += NameRule.subdomain.validate(subject.text("name"), at: path.child("name"))
            }
            if !group.isEmpty {
                errors.append(.notSupported(path.child("apiGroup"), .string(group), supported: [""]))
            }
            if !isNamespaced, subject.text("namespace").isEmpty {
                errors.append(.required(path.child("namespace")))
            }
        case "User", "Group":
            if group != Self.group {
                errors.append(.notSupported(path.child("apiGroup"), .string(group), supported: [Self.group]))
            }
        default:
            errors.append(
                .notSupported(
                    path.child("kind"), subject["kind"], supported: ["ServiceAccount", "User", "Group"]))
        }
        return errors
    }
}

/// Reviews: questions that are answered at once and have no rules of their own.
struct ReviewRules: KindRules {}
