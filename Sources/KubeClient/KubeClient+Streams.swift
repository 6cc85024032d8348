import HTTPTypes
public import KubeWire

extension KubeClient {
    /// Watches a resource: the stream is open when this returns.
    ///
    /// The stream ends when the server ends it (`timeoutSeconds`, a restart); whoever wants more watches again from the
    /// last resource version seen. An ``WatchEvent/error(_:)`` frame says why it cannot go on, 410 above all.
    /// - Parameters:
    ///   - namespace: the namespace; nil for all, and for cluster-scoped resources.
    ///   - frameLimit: the largest frame taken, in bytes.
    public func watch(
        _ resource: APIResource, namespace: String? = nil, options: WatchOptions = WatchOptions(),
        frameLimit: Int = 16 << 20
    ) async throws -> WatchStream {
        let path = ResourcePath(resource, namespace: namespace).encoded + options.query.encoded
        let response = try await send(.get, path, timeout: requestTimeout, isStream: true)
        return WatchStream(body: response.body, frameLimit: frameLimit)
    }

    /// Reads the log of a pod's container, or follows it.
    ///
    /// A follow has no time limit: a kubelet sends not even the head before the container's first byte.
    public func logs(
        namespace: String, pod: String, options: LogOptions = LogOptions()
    ) async throws -> ResponseBody {
        let path = ResourcePath(.pods, namespace: namespace, name: pod, subresource: "log").encoded
        return try await send(
            .get, path + options.query.encoded, accept: "*/*", timeout: options.follow ? nil : requestTimeout,
            isStream: options.follow
        ).body
    }
}
