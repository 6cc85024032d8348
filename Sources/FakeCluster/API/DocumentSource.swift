/// Answers the paths that tell clients what the server serves: `/api`, `/apis`, `/apis/batch/v1`, `/openapi/v3`.
protocol DocumentSource: Sendable {
    /// The document at a path; nil if the path is none of this source's.
    /// - Parameters:
    ///   - path: the path without its query.
    ///   - accept: the request's Accept header; empty if it has none.
    ///   - resources: what is served.
    func document(at path: String, accept: String, resources: ResourceRegistry.Snapshot) -> ServedDocument?
}

/// A document as it goes over the wire.
struct ServedDocument: Sendable {
    /// Its media type, as the Content-Type header has it.
    var mediaType: String
    /// Its bytes.
    var bytes: [UInt8]
    /// Further headers, such as `ETag`.
    var headers: [(name: String, value: String)] = []
}
