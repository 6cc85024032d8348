import KubeObjects
import KubeWire

/// The resources that the server serves without any CustomResourceDefinition, as Kubernetes v1.36 names them.
///
/// They are those that a job system, its tools and its charts meet; a kind that is not here (DaemonSets) is a 404.
enum BuiltinKinds {
    /// All definitions.
    static let definitions: [ResourceDefinition] =
        core + batch + apps + autoscaling + events + coordination + discovery + networking + policy + scheduling
        + storage + accessControl + reviews

    /// The verbs of nearly every resource.
    static let allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    /// The verbs of a status or a scale.
    static let subresourceVerbs = ["get", "patch", "update"]

    /// One definition; the singular and the list's kind follow from the kind.
    static func define(
        _ apiVersion: String, _ plural: String, _ kind: String, isNamespaced: Bool = true, shortNames: [String] = [],
        categories: [String] = [], verbs: [String] = allVerbs, hasStatus: Bool = false,
        subresources: [String: SubresourceDefinition] = [:], returnsDeletedObject: Bool = false,
        deprecationWarning: String? = nil, rules: any KindRules = PlainRules()
    ) -> ResourceDefinition {
        let groupVersion = GroupVersion(apiVersion: apiVersion)
        let resource = APIResource(
            group: groupVersion.group, version: groupVersion.version, plural: plural, kind: kind,
            isNamespaced: isNamespaced)
        var subresources = subresources
        if hasStatus { subresources["status"] = SubresourceDefinition(kind: kind, verbs: subresourceVerbs) }
        return ResourceDefinition(
            resource: resource, singular: kind.lowercased(), listKind: "\(kind)List", shortNames: shortNames,
            categories: categories, verbs: verbs, subresources: subresources, deprecationWarning: deprecationWarning,
            strategy: BuiltinStrategy(resource: resource, rules: rules),
            returnsDeletedObject: returnsDeletedObject)
    }

    /// The scale of a workload.
    static let scale = SubresourceDefinition(
        group: "autoscaling", version: "v1", kind: "Scale", verbs: subresourceVerbs)
}
