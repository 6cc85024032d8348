import KubeObjects
import KubeWire

/// Requests to subresources that have kinds of their own, and store nothing themselves.
extension APIServer {
    /// Lets admission decide on a connection to a pod, whose options stand in the query.
    func admitConnection(_ name: String, _ request: ResourceRequest) async throws(KubeStatus) {
        var context = OperationContext(user: request.user)
        var options: JSONObject = [:]
        for (key, isFlag) in [
            ("stdin", true), ("stdout", true), ("stderr", true), ("tty", true), ("container", false), ("path", false),
        ] {
            guard let text = request.query[key], !text.isEmpty else { continue }
            options[key] = isFlag ? .bool(request.query.isSet(key)) : .string(text)
        }
        let command = request.query.all("command")
        if !command.isEmpty { options["command"] = .array(command.map { .string($0) }) }
        try await admit(.connect, .object(options), name, request, &context)
    }

    /// Lets admission decide on what is posted to a subresource.
    func admitCreation(
        of body: JSONValue, _ name: String, _ request: ResourceRequest, _ context: inout OperationContext
    ) async throws(KubeStatus) {
        try await admit(.create, body, name, request, &context)
    }

    private func admit(
        _ operation: AdmissionRequest.Operation, _ body: JSONValue, _ name: String, _ request: ResourceRequest,
        _ context: inout OperationContext
    ) async throws(KubeStatus) {
        let kind = AdmissionRequest.kind(of: request.definition, subresource: name)
        var object = KubeObject(body) ?? KubeObject([:])
        object["kind"] = .string(kind.kind)
        object["apiVersion"] = .string(kind.apiVersion)
        try await operations.admission.validate(
            AdmissionRequest(
                operation: operation, definition: request.definition, subresource: name,
                namespace: request.namespace ?? "", name: request.name ?? "", object: object.inWireOrder),
            &context)
    }
}
