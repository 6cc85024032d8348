import KubeObjects
import KubeSchema
import RunCore
import Testing

/// The schemas of our definitions, compiled once: a JobSpec has some two thousand fields.
enum DefinedSchema {
    private static let all: [String: Result<StructuralSchema, SchemaErrors>] = {
        var schemas: [String: Result<StructuralSchema, SchemaErrors>] = [:]
        for definition in Definitions.all {
            guard let kind = definition[path: "spec", "names", "kind"]?.string,
                let openAPI = definition[path: "spec", "versions"]?[0]?["schema"]?["openAPIV3Schema"]
            else { continue }
            schemas[kind] = Result { () throws(SchemaErrors) in try StructuralSchema(openAPIV3: openAPI) }
        }
        return schemas
    }()

    /// The schema of a kind's first version.
    static func of(_ kind: String?) throws -> StructuralSchema {
        try #require(all[kind ?? ""]).get()
    }
}
