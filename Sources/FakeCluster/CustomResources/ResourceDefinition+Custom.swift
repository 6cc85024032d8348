import KubeObjects
import KubeSchema
import KubeWire

extension ResourceDefinition {
    /// What a CustomResourceDefinition defines: one definition for each version that it serves.
    ///
    /// A version whose schema cannot be compiled is left out; validation has refused it before.
    static func custom(_ crd: KubeObject) -> [ResourceDefinition] {
        let spec = crd["spec"] ?? [:]
        return spec.list("versions").filter { $0["served"] == true }.compactMap { custom($0, spec) }
    }

    private static func custom(_ version: JSONValue, _ spec: JSONValue) -> ResourceDefinition? {
        let names = spec["names"] ?? [:]
        let resource = APIResource(
            group: spec.text("group"), version: version.text("name"), plural: names.text("plural"),
            kind: names.text("kind"), isNamespaced: spec["scope"] == "Namespaced")
        guard let source = version[path: "schema", "openAPIV3Schema"],
            let schema = try? StructuralSchema(openAPIV3: source, limitsCosts: false)
        else { return nil }
        let status = version[path: "subresources", "status"]
        let fieldPaths = version.list("selectableFields").compactMap { field -> (String, JSONPathTemplate)? in
            let text = field.text("jsonPath")
            // Selectors name the field without the leading dot.
            return (try? JSONPathTemplate(path: text)).map { (String(text.drop { $0 == "." }), $0) }
        }
        let strategy = CustomResourceStrategy(
            resource: resource, schema: schema, source: source, hasStatus: status != nil,
            table: .custom(version.list("additionalPrinterColumns").compactMap(PrinterColumn.init)),
            fieldPaths: Dictionary(fieldPaths, uniquingKeysWith: { first, _ in first }))
        var subresources: [String: SubresourceDefinition] = [:]
        if status != nil {
            subresources["status"] = SubresourceDefinition(kind: resource.kind, verbs: BuiltinKinds.subresourceVerbs)
        }
        let scale = version[path: "subresources", "scale"]
        if scale != nil { subresources["scale"] = BuiltinKinds.scale }
        return ResourceDefinition(
            resource: resource, singular: names.text("singular"), listKind: names.text("listKind"),
            shortNames: names.list("shortNames").compactMap(\.string),
            categories: names.list("categories").compactMap(\.string),
            // The order in which the real server lists the verbs of custom resources.
            verbs: ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
            subresources: subresources, scalePaths: ScalePaths(scale ?? [:]),
            isStorageVersion: version["storage"] == true,
            deprecationWarning: version["deprecated"] == true ? deprecationWarning(version, spec) : nil,
            isCustom: true, strategy: strategy)
    }

    /// What is said of a deprecated version: its own words, or which newer one there is (apiextensions-apiserver,
    /// `defaultDeprecationWarning`).
    private static func deprecationWarning(_ version: JSONValue, _ spec: JSONValue) -> String {
        if let text = version["deprecationWarning"]?.string { return text }
        let (group, kind) = (spec.text("group"), spec[path: "names", "kind"]?.string ?? "")
        let own = version.text("name")
        let message = "\(group)/\(own) \(kind) is deprecated"
        let newest = spec.list("versions").filter { $0["served"] == true && $0["deprecated"] != true }
            .map { $0.text("name") }.max { VersionPriority($0) < VersionPriority($1) }
        guard let newest, VersionPriority(own) < VersionPriority(newest) else { return message }
        return message + "; use \(group)/\(newest) \(kind)"
    }
}
