import KubeObjects

extension ServerSideApply {
    /// The merged object without what the manager's last configuration held and nobody owns any longer.
    static func prune(
        _ merged: JSONValue, last: FieldSet, owners: ManagedFields, _ schema: (any MergeSchema)?
    ) -> JSONValue {
        if last.isEmpty { return merged }
        func fields(of value: JSONValue) -> FieldSet { FieldSet(of: value, schema).withDeclaredFields(schema) }
        let given = last.withDeclaredFields(schema)
        let all = fields(of: merged)
        // Without all that was given; then with what has an owner put back; then with what was never given.
        let bare = given.removed(from: merged, schema) ?? .object([:])
        let owned = owners.all.withDeclaredFields(schema)
        let kept = all.subtracting(fields(of: bare)).subtracting(owned).removed(from: merged, schema) ?? .object([:])
        let gone = all.subtracting(fields(of: kept)).intersection(given)
        return gone.removed(from: merged, schema) ?? .object([:])
    }

    /// What an object of a type is before anything is set. Built-in kinds have parts that are there from the start,
    /// being no pointers in Go; they are not owned by whoever fills them. Custom resources have none.
    static func blank(_ schema: (any MergeSchema)?) -> JSONValue {
        guard let type = schema as? TypeSchema else { return ["metadata": [:]] }
        return blank(type)
    }

    private static let partsFromTheStart = [
        "metadata", "spec", "status", "template", "jobTemplate", "strategy", "updateStrategy",
    ]

    private static func blank(_ type: TypeSchema) -> JSONValue {
        var members = JSONObject()
        for name in partsFromTheStart {
            guard let field = type.field(name)?.type, field.definition != nil else { continue }
            members[name] = blank(field)
        }
        if type.field("containers") != nil { members["containers"] = .null }
        return .object(members)
    }
}

extension KubeObject {
    /// The object without its owners, which own nothing of themselves.
    var withoutManagedFields: KubeObject {
        guard json["metadata"]?["managedFields"] != nil else { return self }
        var object = self
        object.metadata.removeValue(forKey: "managedFields")
        return object
    }

    /// The object with these owners; none leaves no list.
    func withManagedFields(_ owners: ManagedFields) -> KubeObject {
        var object = self
        object.metadata["managedFields"] = owners.isEmpty ? nil : owners.json
        return object
    }
}
