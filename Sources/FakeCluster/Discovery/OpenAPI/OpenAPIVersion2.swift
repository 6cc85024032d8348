import KubeObjects
import KubeSchema

/// The one document of OpenAPI version 2, which kubectl before 1.27 reads.
struct OpenAPIVersion2 {
    /// The document.
    let document: JSONValue

    /// Describes these resources and all built-in types.
    init(_ resources: [ResourceDefinition]) {
        let types = OpenAPITypes(referencePrefix: "#/definitions/")
        let custom = OpenAPICustomTypes(types: types, isVersion2: true)
        var definitions = JSONObject()
        for leaf in OpenAPITypes.leaves { definitions[leaf.name] = leaf.schema }
        for definition in BuiltinTypes.definitions {
            guard let schema = types.schema(of: definition) else { continue }
            definitions[OpenAPITypes.documentName(definition.name)] = schema
        }
        var paths = JSONObject()
        let operations = OpenAPIPaths(isVersion3: false)
        for resource in resources {
            for (path, item) in operations.paths(of: resource) { paths[path] = item }
            guard let source = (resource.strategy as? CustomResourceStrategy)?.source else { continue }
            definitions[OpenAPICustomTypes.documentName(resource.resource)] = custom.schema(
                of: resource.resource, source)
        }
        document = [
            "swagger": "2.0", "info": ["title": "Kubernetes", "version": .string(ServerVersion.gitVersion)],
            "paths": .object(paths), "definitions": .object(definitions),
        ]
    }
}
