import KubeObjects
import KubeSchema

/// The rules for `matchConstraints` and `matchResources`: which requests an admission policy is about.
enum AdmissionMatchRules {
    static func applyDefaults(_ match: inout JSONObject) {
        match.setDefault("matchPolicy", "Equivalent")
        match.setDefault("namespaceSelector", [:])
        match.setDefault("objectSelector", [:])
        for list in ["resourceRules", "excludeResourceRules"] { match.editEach(list) { $0.setDefault("scope", "*") } }
    }

    static func validate(_ match: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors = ChoiceRule.check(
            "matchPolicy", match, in: ["Equivalent", "Exact"], isRequired: true, at: path)
        for key in ["namespaceSelector", "objectSelector"] {
            errors += LabelSelectorValidation.validate(match[key] ?? [:], at: path.child(key))
        }
        for key in ["resourceRules", "excludeResourceRules"] {
            for (position, rule) in match.list(key).enumerated() {
                errors += validate(rule: rule, at: path.child(key).index(position))
            }
        }
        return errors
    }

    private static let operations = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"]

    private static func validate(rule: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, name) in rule.list("resourceNames").enumerated() {
            let place = path.child("resourceNames").index(position)
            errors += NameRule.pathSegment.validate(name.string ?? "", at: place)
            if !names.insert(name.string ?? "").inserted { errors.append(.duplicate(place, name)) }
        }
        errors += wildcard("operations", rule, "operations", at: path)
        for (position, operation) in rule.list("operations").enumerated()
        where !operations.contains(operation.string ?? "") {
            errors.append(
                .notSupported(path.child("operations").index(position), operation, supported: operations))
        }
        errors += wildcard("apiGroups", rule, "API groups", at: path)
        errors += wildcard("apiVersions", rule, "API versions", at: path)
        for (position, version) in rule.list("apiVersions").enumerated() where version == "" {
            errors.append(.required(path.child("apiVersions").index(position)))
        }
        errors += validate(resources: rule["resources"] ?? [], at: path.child("resources"))
        return errors + ChoiceRule.check("scope", rule, in: ["*", "Cluster", "Namespaced"], at: path)
    }

    /// A list that must not be empty, and names nothing else beside `*`.
    private static func wildcard(
        _ key: String, _ rule: JSONValue, _ words: String, at path: FieldPath
    ) -> [FieldError] {
        let list = rule.list(key)
        if list.isEmpty { return [.required(path.child(key))] }
        guard list.count > 1, list.contains("*") else { return [] }
        return [.invalid(path.child(key), .array(list), "if '*' is present, must not specify other \(words)")]
    }

    private static func validate(resources: JSONValue, at path: FieldPath) -> [FieldError] {
        let list = (resources.array ?? []).map { $0.string ?? "" }
        if list.isEmpty { return [.required(path)] }
        var errors: [FieldError] = []
        var wholes: Set<Substring> = []
        var subresources: Set<Substring> = []
        for (position, text) in list.enumerated() {
            if text.isEmpty { errors.append(.required(path.index(position))) }
            let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            func exclude(_ pattern: String) {
                errors.append(
                    .invalid(
                        path.index(position), .string(text), "if '\(pattern)' is present, must not specify \(text)"))
            }
            if wholes.contains(parts[0]) { exclude("\(parts[0])/*") }
            if subresources.contains(parts[1]) { exclude("*/\(parts[1])") }
            if parts[1] == "*" { wholes.insert(parts[0]) }
            if parts[0] == "*" { subresources.insert(parts[1]) }
        }
        if list.count > 1, list.contains("*/*") {
            errors.append(.invalid(path, resources, "if '*/*' is present, must not specify other resources"))
        }
        if list.contains("*"), list.contains(where: { $0 != "*" && !$0.contains("/") }) {
            errors.append(
                .invalid(path, resources, "if '*' is present, must not specify other resources without subresources"))
        }
        return errors
    }
}
