import KubeClient
import KubeObjects
import KubeWire

/// Creates a run, once, whatever happens to the connection.
struct RunCreation {
    let client: KubeClient
    let options: WriteOptions

    private static let attempts = 8

    /// Creates the run of a request.
    func create(_ request: RunRequest) async throws -> KubeObject {
        var name = request.name ?? RunName.random(request.namePrefix)
        var isRepeated = false
        for _ in 0..<Self.attempts {
            do {
                return try await client.create(.jobRuns, request.object(named: name), options: options)
            } catch let error as TransportError where error.code == .connectionLost {
                // The server may have created it: asking again under the same name finds out.
                isRepeated = true
            } catch let status as KubeStatus where status.isAlreadyExists {
                if isRepeated, let own = try await existing(name, of: request) { return own }
                guard request.name == nil else {
                    throw CommandFailure("there is a run \"\(name)\" already; choose another --name")
                }
                name = RunName.random(request.namePrefix)
                isRepeated = false
            }
        }
        throw CommandFailure("the run could not be created: the connection to the server breaks off each time")
    }

    /// The run that our own lost request has created, if that is what took the name.
    private func existing(_ name: String, of request: RunRequest) async throws -> KubeObject? {
        let found = try await client.get(.jobRuns, namespace: request.namespace, name: name)
        return found["spec"] == request.object(named: name)["spec"] ? found : nil
    }
}
