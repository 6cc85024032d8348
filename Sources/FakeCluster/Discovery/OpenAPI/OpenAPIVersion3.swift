import KubeObjects
import KubeSchema
import KubeWire

/// The documents of OpenAPI version 3: an index, and one document for each group and version.
struct OpenAPIVersion3 {
    private let resources: [ResourceDefinition]
    private let types = OpenAPITypes(referencePrefix: "#/components/schemas/")

    /// Describes these resources.
    init(_ resources: [ResourceDefinition]) {
        self.resources = resources
    }

    /// The index: where each group and version is described, with a hash of the description.
    var index: JSONValue {
        var paths = JSONObject()
        for name in Set(resources.map { Self.name(of: $0.resource) }).sorted() {
            guard let document = document(at: name) else { continue }
            let hash = OpenAPIHash.text(of: document.encoded())
            paths[name] = ["serverRelativeURL": .string("/openapi/v3/\(name)?hash=\(hash)")]
        }
        return ["paths": .object(paths)]
    }

    /// The description of a group and version, such as `apis/batch/v1`; nil if nothing is served there.
    func document(at name: String) -> JSONValue? {
        let served = resources.filter { Self.name(of: $0.resource) == name }
        guard !served.isEmpty else { return nil }
        var paths = JSONObject()
        var schemas = JSONObject()
        let operations = OpenAPIPaths(isVersion3: true)
        let custom = OpenAPICustomTypes(types: types, isVersion2: false)
        for definition in served {
            for (path, item) in operations.paths(of: definition) { paths[path] = item }
            if let source = (definition.strategy as? CustomResourceStrategy)?.source {
                let name = OpenAPICustomTypes.documentName(definition.resource)
                schemas[name] = custom.schema(of: definition.resource, source)
                add("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", to: &schemas)
            } else if let type = BuiltinTypes.schema(for: definition.resource.groupVersionKind)?.definition {
                add(OpenAPITypes.documentName(type.name), to: &schemas)
            }
        }
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": .string(ServerVersion.gitVersion)],
            "paths": .object(paths), "components": ["schemas": .object(schemas)],
        ]
    }

    private static func name(of resource: APIResource) -> String {
        resource.group.isEmpty ? "api/\(resource.version)" : "apis/\(resource.group)/\(resource.version)"
    }

    /// Adds a type and all that it refers to.
    private func add(_ name: String, to schemas: inout JSONObject) {
        guard schemas[name] == nil else { return }
        if let leaf = OpenAPITypes.leaves.first(where: { $0.name == name }) {
            schemas[name] = leaf.schema
            return
        }
        guard let definition = BuiltinTypes.schema(named: String(name.dropFirst("io.k8s.".count)))?.definition,
            let schema = types.schema(of: definition)
        else { return }
        schemas[name] = schema
        for reference in Self.references(in: schema) {
            add(String(reference.dropFirst(types.referencePrefix.count)), to: &schemas)
        }
    }

    private static func references(in schema: JSONValue) -> [String] {
        switch schema {
        case .object(let members):
            // A schema of schemas has a property of that name, too.
            members.flatMap { member in
                if member.key == "$ref", let reference = member.value.string { return [reference] }
                return references(in: member.value)
            }
        case .array(let elements): elements.flatMap(references)
        default: []
        }
    }
}
