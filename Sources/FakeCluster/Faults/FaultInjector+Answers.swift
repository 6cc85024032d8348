import HTTPTypes
import KubeObjects
import KubeWire
import Synchronization

extension FaultInjector {
    /// Answers a request with the faults that are due.
    /// - Parameters:
    ///   - user: the name of who asks; asked for if a rule needs it.
    ///   - version: the newest version of the store.
    ///   - answer: the server.
    /// - Throws: ``TransportError`` where the connection is cut.
    func carry(
        _ request: WireRequest, user: @escaping @Sendable () -> String, version: () -> UInt64,
        answer: (WireRequest) async -> WireResponse
    ) async throws(TransportError) -> WireResponse {
        let subject = FaultSubject(request, user: user)
        let stops = state.withLock(\.stops)
        let strike = strike(subject, request)
        if let delay = strike?.delay, delay > .zero {
            // A client that waits no longer is told so, and nothing is carried out.
            let limit = try? subject.target.timeLimit()
            try await sleep(min(delay, limit ?? delay))
            if let limit, limit < delay { return .failure(.timedOut) }
        }
        switch strike?.fault {
        case .error(let error, let carriedOut)?:
            if carriedOut { _ = await answer(request) }
            return Self.response(error, to: RequestTarget(request), version: version())
        case .cut(let carriedOut)?:
            if carriedOut { _ = await answer(request) }
            throw Self.connectionLost
        case .cutStream(let lines)?:
            return faulty(await answer(request), .cut(afterLines: lines), subject, since: stops)
        case .expireWatch(let lines)?:
            return faulty(await answer(request), .expire(afterLines: lines, version: version()), subject, since: stops)
        case .staleList(let behind)?:
            let response = await answer(request.asList(behind: behind, of: version()))
            // What is no longer kept cannot be shown: the list is fresh then.
            return response.status.code == 410 ? await answer(request) : response
        case .partition?:
            throw Self.connectionLost
        case .latency?, nil:
            return faulty(await answer(request), nil, subject, since: stops)
        }
    }

    /// Waits for as long as an answer is delayed. Who gives up meanwhile is not answered any more.
    private func sleep(_ delay: Duration) async throws(TransportError) {
        do {
            try await time.sleep(delay)
        } catch {
            throw Self.connectionLost
        }
    }

    static let connectionLost = TransportError(.connectionLost, "the connection was cut by a fault made on purpose")

    /// Streams stay under watch: a partition may begin, or the cluster stop, while they are open.
    private func faulty(
        _ response: WireResponse, _ fault: StreamFault?, _ subject: FaultSubject, since stops: Int
    ) -> WireResponse {
        guard response.status == .ok, fault != nil || response.body.bytes == nil else { return response }
        var response = response
        let watched = watch(response.body, answering: subject, since: stops)
        response.body = ResponseBody(
            FaultyBody(base: response.body, fault: fault, watched: watched), onEnd: response.body.end)
        return response
    }

    private static func response(
        _ error: FaultPlan.ErrorAnswer, to target: RequestTarget, version: UInt64
    ) -> WireResponse {
        let resource = GroupResource(
            group: target.resourcePath?.group ?? "", resource: target.resourcePath?.resource ?? "")
        switch error {
        case .conflict: return .failure(.modified(resource, target.resourcePath?.name ?? ""))
        case .tooManyRequests(let seconds): return .tooManyRequests(retryAfter: seconds)
        // What the store says of itself passes through as it is.
        case .internalError: return .failure(.unexpected("etcdserver: request timed out"))
        case .unavailable(let seconds): return .failure(.notReady(retryAfter: seconds))
        case .timeout: return .failure(.timedOut)
        case .expired:
            let asked = target.query["resourceVersion"].flatMap { UInt64($0) } ?? 0
            return .failure(
                target.verb == "list"
                    ? .expired("The resourceVersion for the provided list is too old.")
                    : .tooOld(asked, oldest: version))
        }
    }
}

extension WireRequest {
    /// The same list, as it was so many versions ago; never older than the request itself demands.
    fileprivate func asList(behind: Int, of version: UInt64) -> WireRequest {
        let target = RequestTarget(self)
        let demanded = target.query["resourceVersion"].flatMap { UInt64($0) } ?? 0
        guard target.query["resourceVersionMatch"] != "Exact" else { return self }
        let past = version > UInt64(behind) ? version - UInt64(behind) : 1
        var query = Query()
        for item in target.query.items where !["resourceVersion", "resourceVersionMatch"].contains(item.name) {
            query.append(item.name, item.value)
        }
        query.append("resourceVersion", String(max(past, demanded)))
        query.append("resourceVersionMatch", "Exact")
        var request = self
        request.path = target.path + query.encoded
        return request
    }
}
