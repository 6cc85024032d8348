import KubeObjects
import KubeWire

/// Which objects of a namespace a quota is about, by its scopes: only pods have any.
struct QuotaScopes: Sendable {
    private let requirements: [JSONValue]

    /// Reads the scopes of a quota.
    init(_ quota: KubeObject) {
        let spec = quota["spec"] ?? [:]
        requirements =
            spec.list("scopes").map { ["scopeName": $0, "operator": "Exists"] }
            + (spec["scopeSelector"]?.list("matchExpressions") ?? [])
    }

    /// Whether an object is within all scopes.
    func contain(_ object: KubeObject, _ resource: GroupResource) -> Bool {
        guard !requirements.isEmpty else { return true }
        guard resource == APIResource.pods.groupResource else { return false }
        return requirements.allSatisfy { Self.holds($0, of: object["spec"] ?? [:]) }
    }

    private static func holds(_ requirement: JSONValue, of spec: JSONValue) -> Bool {
        switch requirement.text("scopeName") {
        case "Terminating": return spec["activeDeadlineSeconds"]?.integer.map { $0 >= 0 } ?? false
        case "NotTerminating": return !(spec["activeDeadlineSeconds"]?.integer.map { $0 >= 0 } ?? false)
        case "BestEffort": return QualityOfService.of(spec) == "BestEffort"
        case "NotBestEffort": return QualityOfService.of(spec) != "BestEffort"
        case "PriorityClass":
            let name = spec.text("priorityClassName")
            let labels = name.isEmpty ? [:] : ["PriorityClass": name]
            var expression = requirement
            expression["key"] = "PriorityClass"
            return LabelSelectorValidation.matches(["matchExpressions": [expression]], labels: labels) ?? false
        case "CrossNamespacePodAffinity": return reachesOtherNamespaces(spec["affinity"] ?? [:])
        default: return false
        }
    }

    private static func reachesOtherNamespaces(_ affinity: JSONValue) -> Bool {
        ["podAffinity", "podAntiAffinity"].compactMap { affinity[$0] }.contains { rules in
            let required = rules.list("requiredDuringSchedulingIgnoredDuringExecution")
            let preferred = rules.list("preferredDuringSchedulingIgnoredDuringExecution").compactMap {
                $0["podAffinityTerm"]
            }
            return (required + preferred).contains { term in
                !term.list("namespaces").isEmpty || term["namespaceSelector"].map { !$0.isNull } ?? false
            }
        }
    }
}
