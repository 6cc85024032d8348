import KubeObjects
import KubeWire

/// The discovery documents: which groups, versions and resources are served.
///
/// `/api` and `/apis` are given in the aggregated form (KEP-3352) if the client asks for it, and as lists of groups
/// otherwise; `/api/v1`, `/apis/GROUP` and `/apis/GROUP/VERSION` are always there for older clients.
struct DiscoveryDocuments: DocumentSource {
    /// Where the server says that it is reached, as `HOST:PORT`.
    let serverAddress: String
    private let openAPI = OpenAPIDocuments()

    /// Documents of a server that is reached at `HOST:PORT`.
    init(serverAddress: String) {
        self.serverAddress = serverAddress
    }

    func document(at path: String, accept: String, resources: ResourceRegistry.Snapshot) -> ServedDocument? {
        let parts = path.split(separator: "/").map(String.init)
        switch (parts.first, parts.count) {
        case ("api", 1), ("apis", 1):
            let isCore = parts[0] == "api"
            if let form = AggregatedForm(accept: accept) {
                return aggregated(form, isCore: isCore, Catalog(resources))
            }
            return plain(isCore ? apiVersions() : groupList(Catalog(resources)))
        case ("api", 2):
            return resourceList(GroupVersion(group: "", version: parts[1]), Catalog(resources)).map(plain)
        case ("apis", 2):
            return group(parts[1], Catalog(resources)).map(plain)
        case ("apis", 3):
            return resourceList(GroupVersion(group: parts[1], version: parts[2]), Catalog(resources)).map(plain)
        case ("openapi", _):
            return openAPI.document(at: path, accept: accept, resources: resources)
        default:
            return nil
        }
    }

    private func plain(_ document: JSONValue) -> ServedDocument {
        ServedDocument(mediaType: "application/json", bytes: document.encoded() + [UInt8(ascii: "\n")])
    }
}

extension DiscoveryDocuments {
    /// What is served, in the order of discovery documents.
    struct Catalog {
        /// A group with its versions, the preferred one first.
        struct Group {
            var name: String
            var versions: [Version]
        }
        /// A version with its resources.
        struct Version {
            var name: String
            var resources: [ResourceDefinition]
        }

        /// All groups, the core group first.
        let groups: [Group]

        /// Sorts what is served.
        init(_ snapshot: ResourceRegistry.Snapshot) {
            var byGroup: [String: [String: [ResourceDefinition]]] = [:]
            for definition in snapshot.definitions {
                byGroup[definition.resource.group, default: [:]][definition.resource.version, default: []]
                    .append(definition)
            }
            groups = byGroup.map { name, versions in
                Group(
                    name: name,
                    versions: versions.map { version, resources in
                        Version(name: version, resources: resources.sorted { $0.resource.plural < $1.resource.plural })
                    }
                    .sorted { VersionPriority($0.name) > VersionPriority($1.name) })
            }
            .sorted { (Self.rank($0.name), $0.name) < (Self.rank($1.name), $1.name) }
        }

        /// The order of the built-in groups on a real server; those of custom resources follow by name.
        private static let order = [
            "", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch",
            "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io",
            "admissionregistration.k8s.io", "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io",
        ]

        private static func rank(_ group: String) -> Int { order.firstIndex(of: group) ?? order.count }
    }
}
