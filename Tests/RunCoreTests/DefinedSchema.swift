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
            let schema = Result { () throws(SchemaErrors) in try StructuralSchema(openAPIV3: openAPI) }
            schemas["\(kind).\(definition[path: "spec", "group"]?.string ?? "")"] = schema
            if schemas[kind] == nil { schemas[kind] = schema }
        }
        return schemas
    }()

    /// The schema of the first version of a kind, or of `KIND.GROUP` where several groups have it.
    static func of(_ kind: String?) throws -> StructuralSchema {
        try #require(all[kind ?? ""]).get()
    }
}
