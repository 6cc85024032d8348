import KubeObjects

/// A column that `kubectl get` prints for a custom resource.
struct ResourceColumn {
    /// The types that a definition knows.
    enum ValueType: String {
        case string, integer, number, boolean, date
    }

    let name: String
    let type: ValueType
    let jsonPath: String
    let description: String
    /// Above 0, the column is printed by `-o wide` only.
    var priority: Int64 = 0

    /// As it stands in a definition.
    var json: JSONValue {
        var column: JSONObject = [
            "name": .string(name), "type": .string(type.rawValue), "description": .string(description),
            "jsonPath": .string(jsonPath),
        ]
        if priority > 0 { column["priority"] = .integer(priority) }
        return .object(column)
    }
}
