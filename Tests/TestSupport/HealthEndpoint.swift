import HTTPTypes
import KubeClient
import KubeWire

/// Where a controller tells how it is.
package struct HealthEndpoint: Sendable {
    /// What it says.
    package struct Answer: Sendable, Hashable {
        /// The HTTP code.
        package var code: Int
        /// The text.
        package var text: String

        /// An answer.
        package init(code: Int, text: String) {
            self.code = code
            self.text = text
        }
    }

    private let transport: CurlTransport

    /// Asks at `HOST:PORT`.
    package init(_ address: String) throws {
        transport = try CurlTransport(endpoint: Endpoint(server: "http://\(address)", proxy: ""))
    }

    /// What is at a path.
    package func get(_ path: String) async throws -> Answer {
        let response = try await transport.send(WireRequest(method: .get, path: path))
        return Answer(
            code: response.status.code, text: String(decoding: try await response.body.collect(), as: UTF8.self))
    }
}
