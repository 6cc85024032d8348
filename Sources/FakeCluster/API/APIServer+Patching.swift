import HTTPTypes
import KubeObjects
import KubeSchema
import KubeWire

extension APIServer {
    /// PATCH of an object, or of one of its subresources that carry the object itself.
    func patch(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        let type = try patchType(request)
        var context = try OperationContext(request, options: "PatchOptions")
        if type == .apply { return try await apply(request, &context) }
        if request.query["force"] != nil {
            throw KubeStatus.invalidOptions(
                "PatchOptions",
                FieldError(
                    .forbidden, field: "force", message: "Forbidden: may not be specified for non-apply patch"))
        }
        let definition = request.definition
        let patched = try await operations.update(
            definition, request.key, subresource: request.subresource, &context
        ) { [operations] old, context throws(KubeStatus) in
            let patch = ObjectPatch(type: type, body: request.wire.body)
            var object = try patch.applied(to: old, definition)
            try checkName(object, request)
            do throws(KubeStatus) {
                try operations.decode(&object, definition, &context)
            } catch {
                throw patch.undecodable(object, error, definition)
            }
            return object
        }
        return answer(patched, request, context)
    }

    /// The kind of patch that the Content-Type names.
    func patchType(_ request: ResourceRequest) throws(KubeStatus) -> PatchType {
        let contentType = (request.wire.headers[.contentType] ?? "").prefix { $0 != ";" }.filter { $0 != " " }
        // Custom resources have no merge keys that a strategic merge could go by.
        let known = PatchType.allCases.filter { $0 != .strategicMerge || !request.definition.isCustom }
        if let type = known.first(where: { $0.rawValue == contentType }) { return type }
        throw KubeStatus.unsupportedMediaType(accepted: known.map(\.rawValue))
    }
}

/// A patch as it came: applied to an object, it makes another, or fails in the real server's words.
struct ObjectPatch: Sendable {
    /// The kind of patch; not `apply`.
    let type: PatchType
    /// The body.
    let body: [UInt8]

    /// The object that the patch makes.
    func applied(to old: KubeObject, _ definition: ResourceDefinition) throws(KubeStatus) -> KubeObject {
        let patch = try value()
        let result: JSONValue
        do {
            switch type {
            case .json: result = try JSONPatch(patch).apply(to: old.value)
            case .merge: result = MergePatch.apply(patch, to: old.value)
            case .strategicMerge, .apply:
                result = .object(
                    try StrategicMergePatch.apply(
                        patch.object ?? [:], to: old.json, schema: definition.strategy.mergeSchema))
            }
        } catch {
            throw KubeStatus(
                code: 422, reason: .invalid,
                message: "the server rejected our request due to an error in our request",
                details: KubeStatus.Details())
        }
        guard let object = KubeObject(result) else {
            throw KubeStatus.badRequest("the patch makes something else than an object of the \(old.kind)")
        }
        return object
    }

    /// The refusal of an object that a patch has made and its type does not allow.
    func undecodable(_ object: KubeObject, _ error: KubeStatus, _ definition: ResourceDefinition) -> KubeStatus {
        let resource = definition.resource
        let prefix = "\(resource.kind) in version \"\(resource.version)\" cannot be handled as a \(resource.kind): "
        let why = error.message.hasPrefix(prefix) ? String(error.message.dropFirst(prefix.count)) : error.message
        let text = JSONValue.string(object.value.encodedString()).encodedString()
        return KubeStatus.invalid(
            GroupVersionKind(group: "", version: "", kind: ""), "",
            [FieldError(.invalid, field: "patch", message: "Invalid value: \(text): \(why)")])
    }

    private func value() throws(KubeStatus) -> JSONValue {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: body)
        } catch {
            throw KubeStatus.badRequest("error decoding patch: \(error.message)")
        }
        let expected = type == .json ? "[]handlers.jsonPatchOp" : "map[string]interface {}"
        guard type == .json ? value.array != nil : value.object != nil else {
            throw KubeStatus.badRequest(
                "error decoding patch: json: cannot unmarshal \(value.goTypeName) into Go value of type \(expected)")
        }
        return value
    }
}
