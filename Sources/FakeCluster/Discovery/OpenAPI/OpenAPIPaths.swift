import KubeObjects
import KubeWire

/// The operations of resources as OpenAPI describes them: which kind is behind a path, and which parameters a write takes.
/// kubectl looks there to learn whether a server validates fields and runs dry.
struct OpenAPIPaths {
    /// Whether parameters carry their type in a schema, as version 3 has it.
    let isVersion3: Bool

    private static let writeParameters = ["dryRun", "fieldManager", "fieldValidation"]

    /// The paths of a resource with their operations.
    func paths(of definition: ResourceDefinition) -> [(path: String, item: JSONValue)] {
        let resource = definition.resource
        let root = resource.group.isEmpty ? "/api/\(resource.version)" : "/apis/\(resource.group)/\(resource.version)"
        let base = resource.isNamespaced ? "\(root)/namespaces/{namespace}" : root
        let kind = resource.groupVersionKind
        func has(_ verb: String) -> Bool { definition.verbs.contains(verb) }
        var collection = JSONObject()
        if has("list") { collection["get"] = operation("list", kind) }
        if has("create") { collection["post"] = operation("post", kind, Self.writeParameters) }
        if has("deletecollection") { collection["delete"] = operation("deletecollection", kind) }
        var item = JSONObject()
        if has("get") { item["get"] = operation("get", kind) }
        if has("update") { item["put"] = operation("put", kind, Self.writeParameters) }
        if has("patch") {
            item["patch"] = operation("patch", kind, Self.writeParameters + ["force"])
                .taking(patchTypes(definition), isVersion3: isVersion3)
        }
        if has("delete") { item["delete"] = operation("delete", kind, ["dryRun"]) }
        var paths = [("\(base)/\(resource.plural)", JSONValue.object(collection))]
        if resource.isNamespaced, has("list") {
            paths.append(("\(root)/\(resource.plural)", ["get": operation("list", kind)]))
        }
        if !item.isEmpty { paths.append(("\(base)/\(resource.plural)/{name}", .object(item))) }
        return paths
    }

    /// The kinds of patch that a resource takes; custom resources cannot be patched strategically.
    private func patchTypes(_ definition: ResourceDefinition) -> [PatchType] {
        [.apply, .json, .merge] + (definition.isCustom ? [] : [.strategicMerge])
    }

    private func operation(_ action: String, _ kind: GroupVersionKind, _ parameters: [String] = []) -> JSONValue {
        var operation: JSONObject = [
            "responses": ["200": ["description": "OK"]], "x-kubernetes-action": .string(action),
            "x-kubernetes-group-version-kind": OpenAPITypes.kind(kind),
        ]
        if !parameters.isEmpty { operation["parameters"] = .array(parameters.map(parameter)) }
        return .object(operation)
    }

    private func parameter(_ name: String) -> JSONValue {
        let type: JSONValue = name == "force" ? "boolean" : "string"
        if isVersion3 { return ["name": .string(name), "in": "query", "schema": ["type": type]] }
        return ["name": .string(name), "in": "query", "type": type]
    }
}

extension JSONValue {
    /// The operation with the media types that its body may have.
    fileprivate func taking(_ types: [PatchType], isVersion3: Bool) -> JSONValue {
        var operation = self
        if isVersion3 {
            let content = types.map { ($0.rawValue, ["schema": ["type": "object"]] as JSONValue) }
            operation["requestBody"] = ["content": .object(JSONObject(content)), "required": true]
        } else {
            operation["consumes"] = .array(types.map { .string($0.rawValue) })
        }
        return operation
    }
}
