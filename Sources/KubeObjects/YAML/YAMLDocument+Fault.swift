extension YAMLDocument {
    /// The steps of a field as the API server names it, such as `spec.containers[0].name` or `metadata.labels[app]`.
    package static func steps(ofField field: String) -> [JSONPathElement] {
        var steps: [JSONPathElement] = []
        var rest = field[...]
        while !rest.isEmpty {
            if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
                let inside = rest[rest.index(after: rest.startIndex)..<end]
                steps.append(Int(inside).map(JSONPathElement.index) ?? .key(String(inside)))
                rest = rest[rest.index(after: end)...]
            } else {
                let name = rest.prefix { $0 != "." && $0 != "[" }
                if !name.isEmpty { steps.append(.key(String(name))) }
                // A bracket that nothing closes is part of no name.
                rest = rest.dropFirst(max(1, name.count))
            }
            if rest.hasPrefix(".") { rest = rest.dropFirst() }
        }
        return steps
    }

    /// What is to be added to a message that a field ought to be a text: `yes` is none without quotes, which its author
    /// may not know. Empty for every other message, and where the author cannot have meant a text.
    package func quotesHint(_ message: String, at path: [JSONPathElement]) -> String {
        guard message.contains("must be of type string:"), let plain = location(of: path).plainText else { return "" }
        return "; \(plain) is no text without quotes: write \"\(plain)\""
    }
}
