import HTTPTypes
import KubeObjects
import KubeSchema
import KubeWire

extension APIServer {
    /// PATCH of an object, or of one of its subresources that carry the object itself.
    func patch(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        let type = try patchType(request)
        var context = try OperationContext(request, options: "PatchOptions")
        return try await telling(&context) { context throws(KubeStatus) in
            type == .apply ? try await apply(request, &context) : try await patch(request, type, &context)
        }
    }

    private func patch(
        _ request: ResourceRequest, _ type: PatchType, _ context: inout OperationContext
    ) async throws(KubeStatus) -> WireResponse {
        if request.query["force"] != nil {
            throw KubeStatus.invalidOptions(
                "PatchOptions",
                FieldError(
                    .forbidden, field: "force", message: "Forbidden: may not be specified for non-apply patch"))
        }
        let definition = request.definition
        let patch = ObjectPatch(type: type, body: request.wire.body)
        let faults = context.fieldValidation == .ignore ? [] : patch.faults
        let patched = try await operations.update(
            definition, request.key, subresource: request.subresource, &context
        ) { [operations] old, context throws(KubeStatus) in
            var object = try patch.applied(to: old, definition)
            try patch.requireKind(of: object, definition, operations.registry)
            try checkName(object, request)
            do throws(KubeStatus) {
                try operations.decode(&object, faults: faults, madeFrom: old, definition, &context)
            } catch {
                // Made once more: what could not be decoded is no longer what it was.
                throw patch.undecodable(try patch.applied(to: old, definition), error, definition)
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
    /// What the body says and which fields it gives more than once, or why it is no JSON.
    private let parsed: Result<(value: JSONValue, duplicates: [String]), JSONError>

    /// Reads a body. What is wrong with it is said when it is applied: first the object has to be there.
    init(type: PatchType, body: [UInt8]) {
        self.type = type
        do throws(JSONError) {
            parsed = .success(try JSONValue.parseReportingDuplicates(body))
        } catch {
            parsed = .failure(error)
        }
    }

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
        } catch let failure as StrategicMergePatch.Failure where failure != .noListOfLists {
            throw failure.isBadFormat
                ? KubeStatus.badRequest(failure.description) : KubeStatus.unexpected(failure.description)
        } catch JSONPatch.Failure.malformed(let message) {
            throw KubeStatus.badRequest("error decoding patch: \(message)")
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

    /// What strict validation finds in the patch itself: members that stand there twice and, in a JSON patch, such as no
    /// operation has.
    var faults: [String] {
        guard case .success(let (value, duplicates)) = parsed else { return [] }
        let repeated = duplicates.map { "duplicate field \"\($0)\"" }
        guard type == .json else { return repeated }
        let unknown = (value.array ?? []).enumerated().flatMap { index, operation in
            (operation.object?.keys ?? []).filter { !JSONPatch.members.contains($0) }
                .map { "unknown field \"[\(index)].\($0)\"" }
        }
        return (repeated + unknown).map { "json patch \($0)" }
    }

    /// The refusal of an object that a patch has made and its type does not allow.
    func undecodable(_ object: KubeObject, _ error: KubeStatus, _ definition: ResourceDefinition) -> KubeStatus {
        let resource = definition.resource
        let prefix = "\(resource.kind) in version \"\(resource.version)\" cannot be handled as a \(resource.kind): "
        let why = error.message.hasPrefix(prefix) ? String(error.message.dropFirst(prefix.count)) : error.message
        guard type == .strategicMerge, let schema = definition.strategy.mergeSchema as? TypeSchema else {
            return refusal(object, why)
        }
        return refusal(object, schema.conversionFault(object.value) ?? why)
    }

    /// Refuses what a patch has turned into another kind. A strategic merge works on the type itself: what it says of the
    /// kind goes nowhere.
    func requireKind(
        of object: KubeObject, _ definition: ResourceDefinition, _ registry: ResourceRegistry
    ) throws(KubeStatus) {
        let given = object.groupVersionKind
        if definition.isCustom { return try definition.requireKind(of: object) }
        guard type != .strategicMerge, given != definition.resource.groupVersionKind else {
            return
        }
        throw refusal(object, RequestBody.misfit(given, definition, registry))
    }

    /// A strategic merge is told by the patch as Go prints it, any other by what it has made.
    private func refusal(_ object: KubeObject, _ why: String) -> KubeStatus {
        let patch = type == .strategicMerge ? (try? parsed.get())?.value.goPrinted : nil
        let text = patch ?? JSONValue.object(object.json.sortedByName).encodedString()
        return KubeStatus.invalid(
            GroupVersionKind(group: "", version: "", kind: ""), "",
            [.invalid(FieldPath("patch"), .string(text), why)])
    }

    /// How many operations a JSON patch may have (apiserver, `maxJSONPatchOperations`).
    private static let operationLimit = 10_000

    private func value() throws(KubeStatus) -> JSONValue {
        let prefix = type == .strategicMerge ? "" : "error decoding patch: "
        let value: JSONValue
        do throws(JSONError) {
            value = try parsed.get().value
        } catch {
            throw KubeStatus.badRequest(prefix + error.message)
        }
        if value.isNull {
            // Go's decoder takes it for an empty patch; the library that merges does not.
            if type == .merge { throw KubeStatus.badRequest("Invalid JSON Patch") }
            return type == .json ? [] : [:]
        }
        let expected = type == .json ? "[]handlers.jsonPatchOp" : "map[string]interface {}"
        guard type == .json ? value.array != nil : value.object != nil else {
            throw KubeStatus.badRequest(
                "\(prefix)json: cannot unmarshal \(value.goTypeName) into Go value of type \(expected)")
        }
        if let count = value.array?.count, count > Self.operationLimit {
            throw KubeStatus.tooLarge(
                "The allowed maximum operations in a JSON patch is \(Self.operationLimit), got \(count)")
        }
        return value
    }
}

extension JSONObject {
    /// The members by name, as Go writes a map.
    fileprivate var sortedByName: JSONObject { JSONObject(map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }) }
}
