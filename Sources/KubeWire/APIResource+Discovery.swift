public import KubeObjects

/// What a server tells of the resources that it serves, by group and version: a `discovery` document, as it is called.
extension APIResource {
    /// Where the server lists what it serves of a group and version.
    public static func listPath(of version: GroupVersion) -> String {
        version.group.isEmpty ? "/api/\(version.version)" : "/apis/\(version.group)/\(version.version)"
    }

    /// The resource of a kind; nil if the server's list of the kind's group and version has none.
    public init?(of kind: GroupVersionKind, in list: JSONValue) {
        let entry = list["resources"]?.array?.first {
            $0["kind"]?.string == kind.kind && $0["name"]?.string?.contains("/") == false
        }
        guard let entry, let plural = entry["name"]?.string else { return nil }
        self.init(
            group: kind.group, version: kind.version, plural: plural, kind: kind.kind,
            isNamespaced: entry["namespaced"]?.bool ?? true)
    }
}
