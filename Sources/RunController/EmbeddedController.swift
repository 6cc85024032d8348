import KubeClient
package import KubeObjects
package import KubeWire
import Logging
import RunCore

/// The controller inside another program, such as a fake cluster: no lease, no endpoints, only warnings logged.
package enum EmbeddedController {
    /// The CustomResourceDefinitions that the controller works on; apply them before it runs.
    package static var definitions: [KubeObject] { Definitions.all }

    /// Works on an API server until the task is cancelled.
    package static func run(over transport: any Transport) async throws {
        var logger = Logger(label: "run-controller")
        logger.logLevel = .error
        try await RunControllerService(client: KubeClient(transport: transport), logger: logger).run()
    }
}
