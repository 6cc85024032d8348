import Crypto
import KubeObjects
import KubeWire

/// The documents that were there before the aggregated ones: versions, groups, resources.
extension DiscoveryDocuments {
    /// `/api`: the versions of the core group.
    func apiVersions() -> JSONValue {
        [
            "kind": "APIVersions", "versions": ["v1"],
            "serverAddressByClientCIDRs": [
                ["clientCIDR": "0.0.0.0/0", "serverAddress": .string(serverAddress)]
            ],
        ]
    }

    /// `/apis`: every group but the core one.
    func groupList(_ catalog: Catalog) -> JSONValue {
        let groups = catalog.groups.filter { !$0.name.isEmpty }.map { JSONValue.object(describe($0)) }
        return ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups)]
    }

    /// `/apis/GROUP`; nil if there is no such group.
    func group(_ name: String, _ catalog: Catalog) -> JSONValue? {
        guard let group = catalog.groups.first(where: { $0.name == name && !name.isEmpty }) else { return nil }
        var document: JSONObject = ["kind": "APIGroup", "apiVersion": "v1"]
        for (key, value) in describe(group) { document[key] = value }
        return .object(document)
    }

    /// `/api/v1` and `/apis/GROUP/VERSION`; nil if nothing is served there.
    func resourceList(_ groupVersion: GroupVersion, _ catalog: Catalog) -> JSONValue? {
        guard
            let version = catalog.groups.first(where: { $0.name == groupVersion.group })?
                .versions.first(where: { $0.name == groupVersion.version })
        else { return nil }
        var document: JSONObject = ["kind": "APIResourceList"]
        // The core group's list has never carried an apiVersion.
        if !groupVersion.group.isEmpty { document["apiVersion"] = "v1" }
        document["groupVersion"] = .string(groupVersion.apiVersion)
        document["resources"] = .array(version.resources.flatMap(entries))
        return .object(document)
    }

    private func describe(_ group: Catalog.Group) -> JSONObject {
        let versions = group.versions.map { version -> JSONValue in
            [
                "groupVersion": .string(GroupVersion(group: group.name, version: version.name).apiVersion),
                "version": .string(version.name),
            ]
        }
        return ["name": .string(group.name), "versions": .array(versions), "preferredVersion": versions.first ?? [:]]
    }

    private func entries(_ definition: ResourceDefinition) -> [JSONValue] {
        let resource = definition.resource
        var main: JSONObject = [
            "name": .string(resource.plural), "singularName": .string(definition.singular),
            "namespaced": .bool(resource.isNamespaced), "kind": .string(resource.kind),
            "verbs": .array(definition.verbs.map { .string($0) }),
        ]
        if !definition.shortNames.isEmpty { main["shortNames"] = .array(definition.shortNames.map { .string($0) }) }
        if !definition.categories.isEmpty { main["categories"] = .array(definition.categories.map { .string($0) }) }
        if definition.verbs.contains("list") {
            main["storageVersionHash"] = .string(storageVersionHash(resource.groupVersionKind))
        }
        return [.object(main)]
            + definition.orderedSubresources.map { name, subresource in
                var entry: JSONObject = [
                    "name": .string("\(resource.plural)/\(name)"), "singularName": "",
                    "namespaced": .bool(resource.isNamespaced),
                ]
                if let group = subresource.group { entry["group"] = .string(group) }
                if let version = subresource.version { entry["version"] = .string(version) }
                entry["kind"] = .string(subresource.kind)
                entry["verbs"] = .array(subresource.verbs.map { .string($0) })
                return .object(entry)
            }
    }

    /// Lets clients see that the stored version of a resource changed: eight bytes of a hash of its type.
    private func storageVersionHash(_ kind: GroupVersionKind) -> String {
        let digest = SHA256.hash(data: Array("\(kind.group)/\(kind.version)/\(kind.kind)".utf8))
        return Base64.encode(Array(digest.prefix(8)))
    }
}

extension ResourceDefinition {
    /// The subresources as documents list them: by name, but `status` before `scale` for custom resources.
    var orderedSubresources: [(name: String, definition: SubresourceDefinition)] {
        subresources.map { (name: $0.key, definition: $0.value) }
            .sorted { isCustom ? $0.name > $1.name : $0.name < $1.name }
    }
}
