import KubeObjects

extension CustomResource {
    /// The CustomResourceDefinition of the resource, with one version that is served and stored.
    /// - Parameters:
    ///   - schema: What its objects look like; `apiVersion`, `kind` and `metadata` are known without it.
    ///   - columns: What `kubectl get` prints.
    ///   - hasStatus: Whether status is written apart from the rest, and by whom it may be.
    ///   - categories: Groups such as `all` that the resource belongs to.
    func definition(
        schema: JSONValue, columns: [ResourceColumn], hasStatus: Bool, categories: [String]
    ) -> KubeObject {
        var served: JSONObject = [
            "name": .string(version), "served": true, "storage": true, "schema": ["openAPIV3Schema": schema],
        ]
        if hasStatus { served["subresources"] = ["status": [:]] }
        served["additionalPrinterColumns"] = .array(columns.map(\.json))
        var names: JSONObject = [
            "plural": .string(plural), "singular": .string(singular), "kind": .string(kind),
            "listKind": .string("\(kind)List"),
        ]
        if !shortNames.isEmpty { names["shortNames"] = .array(shortNames.map(JSONValue.string)) }
        if !categories.isEmpty { names["categories"] = .array(categories.map(JSONValue.string)) }
        var definition = KubeObject(
            apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", name: definitionName)
        definition["spec"] = [
            "group": .string(group), "scope": isNamespaced ? "Namespaced" : "Cluster", "names": .object(names),
            "versions": [.object(served)],
        ]
        return definition
    }
}
