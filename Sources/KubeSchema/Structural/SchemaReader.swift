import KubeObjects

/// Takes a schema's keywords out of its JSON. Keywords of a wrong type count as absent: the definition's own decoding
/// has refused them before.
struct SchemaReader {
    let json: JSONObject

    init(_ json: JSONObject) { self.json = json }

    func text(_ keyword: String) -> String { json[keyword]?.string ?? "" }
    func flag(_ keyword: String) -> Bool { json[keyword]?.bool ?? false }
    func number(_ keyword: String) -> Double? { json[keyword]?.double }
    func count(_ keyword: String) -> Int? { json[keyword]?.integer.map { Int(clamping: $0) } }
    func texts(_ keyword: String) -> [String] { (json[keyword]?.array ?? []).compactMap(\.string) }

    func schema(_ keyword: String) -> StructuralSchema? {
        json[keyword]?.object.map { StructuralSchema(compiling: $0) }
    }

    func schemaList(_ keyword: String) -> [StructuralSchema] {
        (json[keyword]?.array ?? []).compactMap { $0.object.map { StructuralSchema(compiling: $0) } }
    }

    func schemas(_ keyword: String) -> [String: StructuralSchema] {
        var result: [String: StructuralSchema] = [:]
        for (name, value) in json[keyword]?.object ?? [:] {
            if let object = value.object { result[name] = StructuralSchema(compiling: object) }
        }
        return result
    }

    var additionalProperties: StructuralSchema.AdditionalProperties {
        switch json["additionalProperties"] {
        case .bool(let isAllowed): .allowed(isAllowed)
        case .object(let schema): .schema(StructuralSchema(compiling: schema))
        default: .unspecified
        }
    }
}
