import HTTPTypes
import KubeObjects
import KubeWire
import Metrics

/// Counts requests to the API server, under the names that client-go's users know. Waiting for a watch's events is no
/// part of a request's duration.
struct MeteredTransport: Transport {
    let base: any Transport
    let time: TimeSource

    func send(_ request: WireRequest) async throws -> WireResponse {
        let begin = time.now()
        let method = request.method.rawValue
        do {
            let response = try await base.send(request)
            count(method, code: "\(response.status.code)")
            Metrics.Timer(label: "rest_client_request_duration_seconds", dimensions: [("verb", method)])
                .record(duration: max(time.now() - begin, .zero))
            return response
        } catch {
            // As client-go: no answer is an answer, too.
            count(method, code: "<error>")
            throw error
        }
    }

    private func count(_ method: String, code: String) {
        Counter(label: "rest_client_requests_total", dimensions: [("code", code), ("method", method)]).increment()
    }
}

/// Counts the requests that are made for the runs of one family; the lists and watches of informers are not.
struct RunRequestTransport: Transport {
    let base: any Transport
    private let requests: Counter

    init(base: any Transport, family: String) {
        self.base = base
        requests = Counter(label: "run_api_requests_total", dimensions: [("family", family)])
    }

    func send(_ request: WireRequest) async throws -> WireResponse {
        requests.increment()
        return try await base.send(request)
    }
}
