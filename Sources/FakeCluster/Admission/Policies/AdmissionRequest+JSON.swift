import KubeObjects
import KubeWire

extension AdmissionRequest {
    /// The request as expressions see it: an `AdmissionRequest` without the objects (apiserver, `CreateAdmissionRequest`).
    /// - Parameter matched: the version of the resource in which a policy looks at it.
    func json(matched: ResourceDefinition, _ context: OperationContext) -> JSONValue {
        var request: JSONObject = [
            "uid": "", "kind": Self.json(of: Self.kind(of: matched, subresource: subresource)),
            "resource": Self.json(of: matched.resource),
        ]
        if let subresource { request["subResource"] = .string(subresource) }
        request["requestKind"] = Self.json(of: kind)
        request["requestResource"] = Self.json(of: definition.resource)
        if let subresource { request["requestSubResource"] = .string(subresource) }
        if !name.isEmpty { request["name"] = .string(name) }
        if !effectiveNamespace.isEmpty { request["namespace"] = .string(effectiveNamespace) }
        request["operation"] = .string(operation.rawValue)
        request["userInfo"] = context.user.json
        request["dryRun"] = .bool(context.isDryRun)
        request["options"] = options(context)
        return .object(request)
    }

    /// The options of the write; those of a patch are those of what it comes to.
    private func options(_ context: OperationContext) -> JSONValue {
        let kind =
            switch operation {
            case .create: "CreateOptions"
            case .update: "UpdateOptions"
            case .delete: "DeleteOptions"
            case .connect: ""
            }
        if kind.isEmpty { return .null }
        var options = context.options
        options["kind"] = .string(kind)
        options["apiVersion"] = "meta.k8s.io/v1"
        return .object(options)
    }

    private static func json(of kind: GroupVersionKind) -> JSONValue {
        ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.kind)]
    }

    private static func json(of resource: APIResource) -> JSONValue {
        ["group": .string(resource.group), "version": .string(resource.version), "resource": .string(resource.plural)]
    }
}
