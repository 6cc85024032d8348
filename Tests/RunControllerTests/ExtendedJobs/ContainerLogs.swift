import HTTPTypes
import KubeWire
import Synchronization

/// A transport on which containers have logs, though the test plays the kubelet. The server is asked all the same: what it
/// refuses is refused, and an answer that breaks off breaks off.
final class ContainerLogs: Transport {
    /// What a server makes of the question for one stream.
    enum Streams: Sendable, CaseIterable {
        case split, ignored, refused
    }

    private let base: any Transport
    private let streams: Streams
    private let output: Mutex<(out: String, err: String)>
    private let asked = Mutex<[String]>([])

    init(_ base: any Transport, out: String = "", err: String = "", streams: Streams = .split) {
        self.base = base
        self.streams = streams
        output = Mutex((out, err))
    }

    /// What containers write from now on.
    func set(out: String, err: String = "") { output.withLock { $0 = (out, err) } }

    /// What was asked for of logs.
    var queries: [String] { asked.withLock { $0 } }

    func send(_ request: WireRequest) async throws -> WireResponse {
        let path = request.path.prefix { $0 != "?" }
        let answer = try await base.send(request)
        guard path.hasSuffix("/log") else { return answer }
        asked.withLock { $0.append(String(request.path.dropFirst(path.count))) }
        guard (200..<300).contains(answer.status.code) else { return answer }
        for try await _ in answer.body {}
        let (out, err) = output.withLock { $0 }
        let isOut = request.path.contains("stream=Stdout")
        let isErr = request.path.contains("stream=Stderr")
        switch streams {
        case .split where isOut: return WireResponse(status: .ok, bytes: Array(out.utf8))
        case .split where isErr: return WireResponse(status: .ok, bytes: Array(err.utf8))
        case .refused where isOut || isErr: return WireResponse(status: .unprocessableContent, bytes: [])
        default: return WireResponse(status: .ok, bytes: Array((out + err).utf8))
        }
    }
}
