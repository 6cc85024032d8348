import HTTPTypes
import KubeObjects
import KubeSchema
import KubeWire

extension APIServer {
    /// A request for a subresource that is served, with a verb that it has.
    func subresource(_ name: String, _ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        switch (request.groupResource, name) {
        case (APIResource.pods.groupResource, "log"): return try await log(request)
        case (APIResource.pods.groupResource, "binding"): return try await bind(request)
        case (APIResource.pods.groupResource, "eviction"): return try await evict(request)
        case (_, "scale"): return try await scale(request)
        case (APIResource.serviceAccounts.groupResource, "token"): return try await requestToken(request)
        case (APIResource.pods.groupResource, "exec"), (APIResource.pods.groupResource, "attach"),
            (APIResource.pods.groupResource, "portforward"), (APIResource.pods.groupResource, "proxy"):
            try await admitConnection(name, request)
            throw KubeStatus(
                code: 501, reason: "NotImplemented",
                message: "\(name) is not offered: pods of this cluster are local processes without a network or a "
                    + "terminal of their own")
        default: break
        }
        switch request.verb {
        case "get": return try get(request)
        case "update": return try await update(request)
        case "patch": return try await patch(request)
        default: throw KubeStatus.methodNotAllowed
        }
    }

    /// GET of a pod's log.
    private func log(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        var options = try LogOptions(request.query, ofPod: request.key.name)
        let pod = request.definition.served(try operations.get(request.definition, request.key).object)
        options.container = try pod.loggedContainer(options.container)
        // Nobody has the log of a pod that is on no node yet: the real server has nowhere to ask, and says nothing.
        guard let node = pod[path: "spec", "nodeName"]?.string, !node.isEmpty else {
            return WireResponse(status: .noContent, bytes: [])
        }
        guard let logs else {
            throw KubeStatus.badRequest(
                "container \"\(options.container ?? "")\" in pod \"\(request.key.name)\" is waiting to start: this "
                    + "cluster runs no pods")
        }
        let body = try await logs.log(of: pod, container: options.container ?? "", options: options)
        return WireResponse(
            status: .ok, headers: [.contentType: "text/plain", .cacheControl: "no-cache, private"], body: body)
    }

    /// POST of a Binding: puts a pod on a node.
    private func bind(_ request: ResourceRequest) async throws(KubeStatus) -> WireResponse {
        var context = try OperationContext(request, options: "CreateOptions")
        let body = try RequestBody(request.wire, for: request.definition)
        guard var binding = KubeObject(body.value), binding.name == request.key.name else {
            throw KubeStatus.badRequest("name in URL does not match name in Binding object")
        }
        try Self.checkTarget(of: binding)
        binding.metadata["namespace"] = .string(request.key.namespace)
        try await operations.bind(request.definition, request.key, binding, &context)
        return .body(KubeStatus.success(code: 201).encoded(), status: 201).warning(of: context.warnings)
    }

    /// What a pod is bound to is a node with a name. The server answers as if it had not foreseen anything else.
    private static func checkTarget(of binding: KubeObject) throws(KubeStatus) {
        let target = binding["target"] ?? [:]
        var errors: [FieldError] = []
        if !["", "Node"].contains(target.text("kind")) {
            errors.append(
                .notSupported(FieldPath("target", "kind"), target["kind"], supported: ["Node", "<empty>"]))
        }
        if target.text("name").isEmpty { errors.append(.required(FieldPath("target", "name"))) }
        if errors.isEmpty { return }
        let texts = errors.map(\.description)
        throw KubeStatus.unexpected(texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]")
    }
}

extension KubeStatus {
    /// A `Status` that tells of success.
    static func success(code: Int) -> JSONValue {
        [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": .integer(Int64(code)),
        ]
    }
}

extension KubeObject {
    /// The container whose log is meant: the named one, which must be there, or the only one.
    fileprivate func loggedContainer(_ name: String?) throws(KubeStatus) -> String {
        func names(_ list: String) -> [String] {
            self[path: "spec", list]?.array?.compactMap { $0["name"]?.string } ?? []
        }
        let containers = names("containers")
        let others = names("initContainers")
        if let name {
            guard (containers + others + names("ephemeralContainers")).contains(name) else {
                throw KubeStatus.badRequest("container \(name) is not valid for pod \(self.name ?? "")")
            }
            return name
        }
        if containers.count == 1 { return containers[0] }
        var choice = "choose one of: [\(containers.joined(separator: " "))]"
        if !others.isEmpty { choice += " or one of the init containers: [\(others.joined(separator: " "))]" }
        throw KubeStatus.badRequest("a container name must be specified for pod \(self.name ?? ""), \(choice)")
    }
}
