import FakeCluster
import HTTPTypes
import Hummingbird
import KubeWire
import NIOCore

/// Carries requests from HTTP to the cluster's handler and answers back.
struct RequestHandler: Sendable {
    let cluster: FakeCluster

    /// One byte more than the API takes, so that the API's own words refuse what is too large.
    private static let bodyLimit = FakeCluster.requestBodyLimit + 1

    /// Answers a request that came in on a channel, which is closed where a fault cuts the connection.
    func respond(to request: Request, on channel: any Channel) async -> Response {
        var body: [UInt8] = []
        var isWhole = true
        if request.headers[.contentLength] ?? "0" != "0" || request.headers[.transferEncoding] != nil {
            do {
                (body, isWhole) = try await collect(request.body)
            } catch {
                return Response(status: .badRequest, headers: [.connection: "close"])
            }
        }
        let answer: WireResponse
        do throws(TransportError) {
            answer = try await cluster.serve(
                WireRequest(
                    method: request.method, path: request.head.path ?? "/", headers: request.headers, body: body),
                identity: nil)
        } catch {
            try? await channel.close()
            return Response(status: .serviceUnavailable)
        }
        var headers = answer.headers
        // What is left of a body that is too large nobody reads: the connection goes with it.
        if !isWhole { headers[.connection] = "close" }
        return Response(status: answer.status, headers: headers, body: responseBody(answer, on: channel))
    }

    /// The body, cut one byte beyond the limit.
    private func collect(_ body: RequestBody) async throws -> (bytes: [UInt8], isWhole: Bool) {
        var bytes: [UInt8] = []
        for try await buffer in body {
            bytes.append(contentsOf: buffer.readableBytesView.prefix(Self.bodyLimit - bytes.count))
            if bytes.count == Self.bodyLimit { return (bytes, false) }
        }
        return (bytes, true)
    }

    private func responseBody(_ answer: WireResponse, on channel: any Channel) -> Hummingbird.ResponseBody {
        if let bytes = answer.body.bytes { return .init(byteBuffer: ByteBuffer(bytes: bytes)) }
        return .init { writer in
            try await withThrowingTaskGroup(of: Void.self) { group in
                // A watch may be silent for long: without a look at the connection, a client that hung up would be
                // noticed at the next event only.
                group.addTask {
                    await HangUpHandler.wait(on: channel)
                    answer.body.end(throwing: CancellationError())
                }
                defer { group.cancelAll() }
                for try await chunk in answer.body { try await writer.write(ByteBuffer(bytes: chunk)) }
            }
            try await writer.finish(nil)
        }
    }
}
