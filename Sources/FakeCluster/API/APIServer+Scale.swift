import KubeObjects
import KubeSchema
import KubeWire

/// Where an object keeps how many replicas it wants and has: what its `scale` subresource shows of it.
struct ScalePaths: Sendable, Hashable {
    /// The member that says how many are wanted.
    var specReplicas = ["spec", "replicas"]
    /// The member that says how many there are.
    var statusReplicas = ["status", "replicas"]
    /// The member that says, as text, how they are selected; empty if none does. Nil takes `spec.selector`, as built-in
    /// workloads do.
    var selector: [String]?

    /// The paths of a built-in workload.
    init() {}

    /// The paths that a CustomResourceDefinition gives: `.spec.replicas`.
    init(_ definition: JSONValue) {
        func path(_ name: String) -> [String]? {
            definition[name]?.string.map { $0.split(separator: ".").map(String.init) }
        }
        specReplicas = path("specReplicasPath") ?? specReplicas
        statusReplicas = path("statusReplicasPath") ?? statusReplicas
        selector = path("labelSelectorPath") ?? []
    }
}

extension APIServer {
    /// GET, PUT or PATCH of an object's scale.
    func scale(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        let definition = request.definition
        if request.verb == "get" {
            let stored = try operations.get(definition, request.key)
            if definition.isCustom, stored.object.value.value(at: definition.scalePaths.specReplicas) == nil {
                let field = definition.scalePaths.specReplicas.map { "." + $0 }.joined().quoted
                throw KubeStatus.internalError("the spec replicas field \(field) does not exist")
            }
            return .body(definition.scale(of: definition.served(stored.object)).value.encoded())
        }
        let isPatch = request.verb == "patch"
        var context = try OperationContext(request, options: isPatch ? "PatchOptions" : "UpdateOptions")
        let patchType = isPatch ? try patchType(request) : nil
        return try await telling(&context) { context throws(KubeStatus) in
            patchType == .apply
                ? try await applyScale(request, &context) : try await changeScale(request, patchType, &context)
        }
    }
}

extension APIServer {
    /// PUT or PATCH of a scale.
    private func changeScale(
        _ request: ResourceRequest, _ patchType: PatchType?, _ context: inout OperationContext
    ) async throws(KubeStatus) -> WireResponse {
        let definition = request.definition
        let given = patchType != nil ? nil : KubeObject(try RequestBody(request.wire, for: definition).value)
        let patch = patchType.map { ObjectPatch(type: $0, body: request.wire.body) }
        let updated = try await operations.update(
            definition, request.key, subresource: "scale", &context, shown: definition.scale
        ) { object, _ throws(KubeStatus) in
            var scale = given ?? KubeObject([:])
            if let patch {
                scale = try patch.applied(to: definition.scale(of: object), definition)
            }
            try checkName(scale, request)
            return try definition.scaled(object, to: scale)
        }
        return .body(definition.scale(of: updated).value.encoded()).warning(of: context.warnings)
    }

    /// PATCH of a scale with a configuration to be applied: its replicas are the object's.
    private func applyScale(
        _ request: ResourceRequest, _ context: inout OperationContext
    ) async throws(KubeStatus) -> WireResponse {
        let definition = request.definition
        context.fieldManager = try requiredManager(request)
        let body = try RequestBody(yaml: request.wire.body, for: definition)
        try body.requireVersion("autoscaling/v1")
        guard let scale = KubeObject(body.value) else { throw KubeStatus.unknownResource }
        var value = KubeObject([
            "apiVersion": .string(definition.resource.apiVersion), "kind": .string(definition.resource.kind),
        ]).value
        value.set(.string(request.key.name), at: ["metadata", "name"])
        if let replicas = scale[path: "spec", "replicas"] {
            value.set(replicas, at: definition.scalePaths.specReplicas)
        }
        let (object, _) = try await operations.apply(
            KubeObject(value) ?? scale, definition, request.key, subresource: "scale", &context)
        return .body(definition.scale(of: object).value.encoded()).warning(of: context.warnings)
    }
}

extension ResourceDefinition {
    /// The `autoscaling/v1` Scale of an object.
    fileprivate func scale(of object: KubeObject) -> KubeObject {
        let type: JSONObject = ["kind": "Scale", "apiVersion": "autoscaling/v1"]
        var scale = KubeObject(type)
        var metadata: JSONObject = [:]
        for name in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[name] = object.metadata[name]
        }
        scale.metadata = metadata
        let wanted = object.value.value(at: scalePaths.specReplicas)?.integer ?? 0
        scale["spec"] = wanted == 0 ? [:] : ["replicas": .integer(wanted)]
        var status: JSONObject = ["replicas": .integer(object.value.value(at: scalePaths.statusReplicas)?.integer ?? 0)]
        let selector: String?
        if let path = scalePaths.selector {
            selector = object.value.value(at: path)?.string
        } else {
            selector = object[path: "spec", "selector"].flatMap { try? LabelSelector($0) }?.description
        }
        if let selector, !selector.isEmpty { status["selector"] = .string(selector) }
        scale["status"] = .object(status)
        return scale
    }

    /// An object that wants what a scale says.
    fileprivate func scaled(_ object: KubeObject, to scale: KubeObject) throws(KubeStatus) -> KubeObject {
        let replicas = scale[path: "spec", "replicas"] ?? 0
        guard let number = replicas.integer, number >= 0 else {
            throw KubeStatus.invalid(
                GroupVersionKind(group: "autoscaling", version: "v1", kind: "Scale"), object.name ?? "",
                [
                    FieldError(
                        .invalid, field: "spec.replicas",
                        message: "Invalid value: \(replicas.encodedString()): must be greater than or equal to 0")
                ])
        }
        var value = object.value
        value.set(.integer(number), at: scalePaths.specReplicas)
        var scaled = KubeObject(value) ?? object
        if let version = scale.resourceVersion, !version.isEmpty {
            scaled.metadata["resourceVersion"] = .string(version)
        }
        return scaled
    }
}

extension JSONValue {
    /// The value at a path of member names; nil as soon as one is missing.
    fileprivate func value(at path: [String]) -> JSONValue? {
        path.reduce(Optional(self)) { $0?[$1] }
    }
}
