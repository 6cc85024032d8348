/// The entries of an Accept header, best first (RFC 9110, section 12.5.1), with their parameters, by which Kubernetes
/// clients ask for a form: `application/json;as=Table;v=v1;g=meta.k8s.io`.
struct AcceptedMediaTypes: Sendable {
    /// One entry.
    struct Entry: Sendable, Hashable {
        /// Type and subtype in lower case, such as `application/json` or `*/*`.
        var mediaType: String
        /// The parameters, without `q`.
        var parameters: [String: String]

        /// Whether plain JSON answers this entry.
        var acceptsJSON: Bool { ["application/json", "application/*", "*/*"].contains(mediaType) }
    }

    /// The entries, best first; what has the quality 0 is left out.
    let entries: [Entry]

    /// Reads a header; empty means that anything will do.
    init(_ header: String) {
        var rated: [(entry: Entry, quality: Double)] = []
        for part in header.split(separator: ",") {
            var fields = part.split(separator: ";").map { String($0).trimmingSpaces() }[...]
            guard let mediaType = fields.popFirst(), !mediaType.isEmpty else { continue }
            var parameters: [String: String] = [:]
            for field in fields {
                guard let equals = field.firstIndex(of: "=") else { continue }
                parameters[String(field[..<equals]).lowercased()] = String(field[field.index(after: equals)...])
            }
            let quality = parameters.removeValue(forKey: "q").flatMap(Double.init) ?? 1
            if quality > 0 { rated.append((Entry(mediaType: mediaType.lowercased(), parameters: parameters), quality)) }
        }
        // Equal qualities keep their order: an index decides, since the standard sort promises no stability.
        entries = rated.enumerated()
            .sorted { ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset) }
            .map(\.element.entry)
    }
}

extension String {
    /// Without blanks at both ends.
    fileprivate func trimmingSpaces() -> String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let front = drop(while: isBlank)
        guard let last = front.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(front[...last])
    }
}
