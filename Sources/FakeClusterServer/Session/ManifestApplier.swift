import HTTPTypes
import KubeObjects
import KubeWire

/// Brings manifests into a cluster: creates what is not there, patches what is.
struct ManifestApplier: Sendable {
    let transport: any Transport

    /// Applies manifests in order.
    /// - Throws: ``SessionError`` that names the place of the first one refused.
    func apply(_ manifests: [Manifest]) async throws {
        for manifest in manifests {
            do {
                try await apply(manifest.object)
            } catch let status as KubeStatus {
                throw SessionError(manifest.message(of: status))
            }
        }
    }

    private func apply(_ object: KubeObject) async throws {
        let resource = try await resource(of: object)
        let namespace = resource.isNamespaced ? object.namespace ?? "default" : nil
        do {
            _ = try await send(.post, ResourcePath(resource, namespace: namespace), object.value, "application/json")
        } catch let status as KubeStatus where status.isAlreadyExists {
            let path = ResourcePath(resource, namespace: namespace, name: object.name)
            _ = try await send(.patch, path, object.value, PatchType.merge.rawValue)
        }
    }

    /// Looks the kind up in the server's own discovery document.
    private func resource(of object: KubeObject) async throws -> APIResource {
        let kind = object.groupVersionKind
        let list = try? await answer(WireRequest(method: .get, path: APIResource.listPath(of: kind.groupVersion)))
        guard let resource = list.flatMap({ APIResource(of: kind, in: $0) }) else {
            throw SessionError(
                "no kind \"\(kind.kind)\" in \"\(kind.apiVersion)\"; is its CustomResourceDefinition applied first?")
        }
        return resource
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: ResourcePath, _ body: JSONValue, _ mediaType: String
    ) async throws -> JSONValue {
        try await answer(
            WireRequest(
                method: method, path: path.encoded + "?fieldManager=fake-cluster",
                headers: [.contentType: mediaType, .accept: "application/json"], body: body.encoded()))
    }

    private func answer(_ request: WireRequest) async throws -> JSONValue {
        let response = try await transport.send(request)
        let json = try JSONValue(parsing: try await response.body.collect())
        guard response.status.kind == .successful else {
            throw KubeStatus(json) ?? KubeStatus(code: response.status.code, reason: .internalError, message: "refused")
        }
        return json
    }
}
