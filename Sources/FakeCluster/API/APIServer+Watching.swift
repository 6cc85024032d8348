import HTTPTypes
import KubeObjects
import KubeWire

extension APIServer {
    /// GET of a collection with `watch`.
    func watch(_ request: ResourceRequest) throws(KubeStatus) -> WireResponse {
        guard request.format != .yaml else {
            throw KubeStatus.notAcceptable(
                available: ["application/json", "application/vnd.kubernetes.protobuf"].map { $0 + ";stream=watch" })
        }
        let query = try ListQuery(request.query, isWatch: true)
        let filter = try ObjectFilter(request)
        let time = operations.time
        let store = operations.store
        var version: UInt64?
        // A version that does not exist yet is waited for.
        if let given = query.givenVersion, given > 0 { version = given }
        switch query.sendsInitialEvents {
        case true?: version = nil
        case false? where version == nil: version = store.version
        default: break
        }
        // A watch that sets no time ends after half an hour to an hour, so that clients spread (apiserver,
        // `minRequestTimeout`).
        let seconds = query.timeoutSeconds ?? Int.random(in: 1800..<3600)
        let plan = WatchStream.Plan(
            store: store, filter: filter, encoder: encoder(request), version: version,
            marksInitialEnd: query.sendsInitialEvents == true && query.allowsBookmarks,
            allowsBookmarks: query.allowsBookmarks, time: time, end: time.now() + .seconds(seconds))
        let stream = WatchStream(plan: plan)
        return WireResponse(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-cache, private"],
            body: ResponseBody(stream, onEnd: stream.signal.end))
    }
}
