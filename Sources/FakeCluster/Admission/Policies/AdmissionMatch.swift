import KubeObjects
import KubeWire

/// Which requests a policy or a binding is about: `matchConstraints` and `matchResources` (apiserver, `policy/matching` and
/// `webhook/predicates`).
struct AdmissionMatch: Sendable {
    /// One rule: operations on resources.
    private struct Rule: Sendable {
        var operations: [String]
        var groups: [String]
        var versions: [String]
        var resources: [(resource: Substring, subresource: Substring)]
        var scope: String
        var names: [String]

        init(_ json: JSONValue) {
            func texts(_ key: String) -> [String] { json.list(key).compactMap(\.string) }
            operations = texts("operations")
            groups = texts("apiGroups")
            versions = texts("apiVersions")
            resources = texts("resources").map { text in
                let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
                return (parts[0], parts.count == 2 ? parts[1] : "")
            }
            scope = json.text("scope")
            names = texts("resourceNames")
        }

        /// Whether the rule is about a request for a resource, which may be another version than the request's.
        func matches(_ request: AdmissionRequest, _ resource: APIResource) -> Bool {
            func has(_ list: [String], _ value: String) -> Bool { list.contains { $0 == "*" || $0 == value } }
            return matchesScope(request) && has(operations, request.operation.rawValue) && has(groups, resource.group)
                && has(versions, resource.version)
                && resources.contains { rule in
                    (rule.resource == "*" || rule.resource == resource.plural)
                        && (rule.subresource == "*" || rule.subresource == request.subresource ?? "")
                } && (names.isEmpty || names.contains(request.name))
        }

        private func matchesScope(_ request: AdmissionRequest) -> Bool {
            switch scope {
            case "Namespaced": !request.isForNamespace && !request.namespace.isEmpty
            case "Cluster": request.isForNamespace || request.namespace.isEmpty
            default: true
            }
        }
    }

    private let rules: [Rule]
    private let exclusions: [Rule]
    private let isExact: Bool
    private let namespaces: JSONValue
    private let objects: JSONValue

    /// Reads `MatchResources`.
    init(_ json: JSONValue) {
        rules = json.list("resourceRules").map(Rule.init)
        exclusions = json.list("excludeResourceRules").map(Rule.init)
        isExact = json.text("matchPolicy") == "Exact"
        namespaces = json["namespaceSelector"] ?? [:]
        objects = json["objectSelector"] ?? [:]
    }

    /// The version of the resource in which the request is to be looked at; nil if it does not match.
    func matched(
        _ request: AdmissionRequest, _ registry: ResourceRegistry, namespace: KubeObject?
    ) -> ResourceDefinition? {
        guard matchesNamespace(request, namespace), matchesObject(request) else { return nil }
        if matched(request, by: exclusions, registry) != nil { return nil }
        return rules.isEmpty ? request.definition : matched(request, by: rules, registry)
    }

    private func matched(
        _ request: AdmissionRequest, by rules: [Rule], _ registry: ResourceRegistry
    ) -> ResourceDefinition? {
        if rules.contains(where: { $0.matches(request, request.definition.resource) }) { return request.definition }
        if isExact || rules.isEmpty { return nil }
        let equivalents = registry.equivalents(of: request.definition, subresource: request.subresource)
        for rule in rules {
            if let found = equivalents.first(where: { rule.matches(request, $0.resource) }) { return found }
        }
        return nil
    }

    /// Cluster-scoped objects other than namespaces match every selector of namespaces.
    private func matchesNamespace(_ request: AdmissionRequest, _ namespace: KubeObject?) -> Bool {
        guard request.isForNamespace || !request.namespace.isEmpty else { return true }
        var labels = namespace?.labels ?? [:]
        if request.isForNamespace, request.subresource == nil, let object = request.object { labels = object.labels }
        return LabelSelectorValidation.matches(namespaces, labels: labels) ?? false
    }

    /// One of the two objects must match.
    private func matchesObject(_ request: AdmissionRequest) -> Bool {
        if objects.map("matchLabels").isEmpty, objects.list("matchExpressions").isEmpty { return true }
        return [request.object, request.oldObject].contains { object in
            object.map { LabelSelectorValidation.matches(objects, labels: $0.labels) ?? false } ?? false
        }
    }
}

extension ResourceRegistry {
    /// The other versions and groups under which the objects of a resource are served.
    fileprivate func equivalents(of definition: ResourceDefinition, subresource: String?) -> [ResourceDefinition] {
        snapshot.definitions.filter { other in
            other.storageResource == definition.storageResource
                && other.resource.groupVersionKind != definition.resource.groupVersionKind
                && (subresource.map { other.subresources[$0] != nil } ?? true)
        }
    }
}
