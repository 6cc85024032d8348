import KubeClient
package import KubeObjects
package import KubeWire
import Logging
import RunCore

/// The controller inside another program, such as a fake cluster: no lease, no endpoints.
package enum EmbeddedController {
    /// The CustomResourceDefinitions that the controller works on; apply them before it runs.
    package static var definitions: [KubeObject] { Definitions.all }

    /// Works on an API server until the task is cancelled.
    /// - Parameter isVerbose: whether warnings are written to standard error, not only errors.
    package static func run(over transport: any Transport, isVerbose: Bool = false) async throws {
        let logger = Logger(label: "run-controller") { _ in
            LineLogHandler(format: .text, level: isVerbose ? .warning : .error, write: StandardError.writeLine)
        }
        try await RunControllerService(client: KubeClient(transport: transport), logger: logger).run()
    }
}
