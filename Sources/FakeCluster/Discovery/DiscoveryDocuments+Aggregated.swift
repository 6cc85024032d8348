import KubeObjects
import KubeWire

/// Aggregated discovery (KEP-3352): all groups, versions and resources in one document.
extension DiscoveryDocuments {
    /// The version of the aggregated document that a client understands.
    enum AggregatedForm: String {
        case v2
        case v2beta1

        /// The best form that an Accept header asks for; nil if it prefers the plain documents.
        init?(accept: String) {
            for entry in AcceptedMediaTypes(accept).entries {
                if entry.mediaType == "application/json", entry.parameters["as"] == "APIGroupDiscoveryList",
                    entry.parameters["g"] == "apidiscovery.k8s.io",
                    let form = entry.parameters["v"].flatMap(AggregatedForm.init(rawValue:))
                {
                    self = form
                    return
                }
                if entry.acceptsJSON, entry.parameters["as"] == nil { return nil }
            }
            return nil
        }
    }

    /// The document for `/api` (the core group alone) or `/apis` (all others).
    func aggregated(_ form: AggregatedForm, isCore: Bool, _ catalog: Catalog) -> ServedDocument {
        let groups = catalog.groups.filter { $0.name.isEmpty == isCore }
        let document: JSONValue = [
            "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(form.rawValue)"),
            "metadata": [:], "items": .array(groups.map(describe)),
        ]
        let bytes = document.encoded() + [UInt8(ascii: "\n")]
        return ServedDocument(
            mediaType: "application/json;g=apidiscovery.k8s.io;v=\(form.rawValue);as=APIGroupDiscoveryList",
            bytes: bytes)
    }

    private func describe(_ group: Catalog.Group) -> JSONValue {
        let versions = group.versions.map { version -> JSONValue in
            [
                "version": .string(version.name), "resources": .array(version.resources.map(describe)),
                "freshness": "Current",
            ]
        }
        return [
            "metadata": group.name.isEmpty ? [:] : ["name": .string(group.name)], "versions": .array(versions),
        ]
    }

    private func describe(_ definition: ResourceDefinition) -> JSONValue {
        let resource = definition.resource
        var entry: JSONObject = [
            "resource": .string(resource.plural),
            "responseKind": responseKind(resource.group, resource.version, resource.kind),
            "scope": resource.isNamespaced ? "Namespaced" : "Cluster",
            "singularResource": .string(definition.singular),
            "verbs": .array(definition.verbs.map { .string($0) }),
        ]
        if !definition.shortNames.isEmpty { entry["shortNames"] = .array(definition.shortNames.map { .string($0) }) }
        if !definition.categories.isEmpty { entry["categories"] = .array(definition.categories.map { .string($0) }) }
        let subresources = definition.orderedSubresources.map { name, subresource -> JSONValue in
            [
                "subresource": .string(name),
                "responseKind": responseKind(
                    subresource.group ?? resource.group, subresource.version ?? resource.version, subresource.kind),
                "verbs": .array(subresource.verbs.map { .string($0) }),
            ]
        }
        if !subresources.isEmpty { entry["subresources"] = .array(subresources) }
        return .object(entry)
    }

    private func responseKind(_ group: String, _ version: String, _ kind: String) -> JSONValue {
        ["group": .string(group), "version": .string(version), "kind": .string(kind)]
    }
}
