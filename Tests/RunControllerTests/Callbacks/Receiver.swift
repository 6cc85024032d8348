import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import Synchronization
import TestSupport

/// The other end of callbacks, in this process: it answers what the test says, and keeps what came.
final class Receiver: Transport {
    /// What came.
    struct Delivery: Sendable {
        var request: WireRequest
        var server: String

        var body: JSONValue? { try? JSONValue(parsing: request.body) }
        func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { request.headers[$0] } }
    }

    /// Everything that came, to be awaited one by one.
    let deliveries = Journal<Delivery>()
    private let answers: Mutex<[Int]>
    private let address: IPAddress
    private let server = Mutex("")
    private let seen = Mutex<[String]>([])

    /// A receiver.
    /// - Parameters:
    ///   - answers: the HTTP codes of its answers, one after the other; 200 from there on. 0 is no answer at all.
    ///   - address: what its name means.
    init(answers: [Int] = [], address: String = "93.184.216.34") throws {
        self.answers = Mutex(answers)
        guard let address = IPAddress(address) else { throw TransportError(.other, "no address") }
        self.address = address
    }

    /// The ids of what came, in order.
    var ids: [String] { seen.withLock { $0 } }

    /// Forgets what came.
    func forget() { seen.withLock { $0 = [] } }

    /// The way to it.
    @Sendable func connect(_ server: String, _ admits: @Sendable (IPAddress) -> Bool) throws -> any Transport {
        guard admits(address) else { throw TransportError(.addressDenied, "\(address) is not allowed") }
        self.server.withLock { $0 = server }
        return self
    }

    func send(_ request: WireRequest) async throws -> WireResponse {
        let delivery = Delivery(request: request, server: server.withLock { $0 })
        seen.withLock { $0.append(delivery.header("Webhook-Id") ?? "") }
        deliveries.add(delivery)
        let code = answers.withLock { $0.isEmpty ? 200 : $0.removeFirst() }
        if code == 0 { throw TransportError(.timedOut, "it did not answer") }
        return WireResponse(status: HTTPResponse.Status(code: code), bytes: [])
    }
}
