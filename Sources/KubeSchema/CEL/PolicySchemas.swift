import KubeObjects

/// The types of an admission policy's own variables (apiserver, `BuildRequestType` and `BuildNamespaceType`).
enum PolicySchemas {
    static let variables = StructuralSchema(compiling: ["type": "object"])

    static let request: StructuralSchema = {
        let kind = object(["group": text, "version": text, "kind": text])
        let resource = object(["group": text, "version": text, "resource": text])
        let user = object(["username": text, "uid": text, "groups": list(text), "extra": map(list(text))])
        return schema([
            "kind": kind, "resource": resource, "subResource": text, "requestKind": kind, "requestResource": resource,
            "requestSubResource": text, "name": text, "namespace": text, "operation": text, "userInfo": user,
            "dryRun": ["type": "boolean"],
            // The one keyword that leaves the type of a value open.
            "options": ["x-kubernetes-int-or-string": true],
        ])
    }()

    static let namespace: StructuralSchema = {
        let condition = object([
            "status": text, "type": text, "lastTransitionTime": time, "message": text, "reason": text,
        ])
        return schema([
            "metadata": object([
                "name": text, "generateName": text, "namespace": text, "labels": map(text), "annotations": map(text),
                "UID": text, "creationTimestamp": time, "deletionGracePeriodSeconds": number,
                "deletionTimestamp": time, "generation": number, "resourceVersion": text, "finalizers": list(text),
            ]), "spec": object(["finalizers": list(text)]),
            "status": object(["conditions": list(condition), "phase": text]),
        ])
    }()

    private static let text: JSONValue = ["type": "string"]
    private static let number: JSONValue = ["type": "integer"]
    private static let time: JSONValue = ["type": "string", "format": "date-time"]

    private static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }
    private static func map(_ values: JSONValue) -> JSONValue { ["type": "object", "additionalProperties": values] }
    private static func object(_ properties: JSONObject) -> JSONValue {
        ["type": "object", "properties": .object(properties)]
    }
    private static func schema(_ properties: JSONObject) -> StructuralSchema {
        StructuralSchema(compiling: ["type": "object", "properties": .object(properties)])
    }
}
