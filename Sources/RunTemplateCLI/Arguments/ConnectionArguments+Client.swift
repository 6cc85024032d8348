import HTTPTypes
import KubeClient
import KubeWire

extension ConnectionArguments {
    /// The verbosity from which on requests are shown, as with kubectl.
    private static let requestVerbosity = 6

    /// The client that the flags mean.
    func client(_ session: Session) throws -> KubeClient {
        var client = try session.makeClient(options)
        if warningsAsErrors {
            client.onWarning = { [say = client.onWarning] text in
                say?(text)
                session.warnings.add()
            }
        }
        guard verbosity >= Self.requestVerbosity else { return client }
        var loud = KubeClient(
            transport: RequestLog(base: client.transport, errors: session.errors),
            defaultNamespace: client.defaultNamespace, userAgent: client.userAgent)
        loud.requestTimeout = client.requestTimeout
        loud.onWarning = client.onWarning
        return loud
    }
}

/// Shows each request and its answer's status.
private struct RequestLog: Transport {
    let base: any Transport
    let errors: any TextSink

    func send(_ request: WireRequest) async throws -> WireResponse {
        do {
            let response = try await base.send(request)
            errors.line("\(request.method) \(request.path) \(response.status.code)")
            return response
        } catch {
            errors.line("\(request.method) \(request.path): \(error)")
            throw error
        }
    }
}
