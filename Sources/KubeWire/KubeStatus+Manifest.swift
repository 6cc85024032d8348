package import KubeObjects

extension KubeStatus {
    /// The message about an object of a manifest, with the line of the field that is wrong, else with the object's, and
    /// with what to do where a text lacks its quotes.
    /// - Parameters:
    ///   - file: The manifest, as the user knows it.
    ///   - path: The way to the object inside the document: an element of a list's `items`, or nothing.
    package func located(in document: YAMLDocument, at path: [JSONPathElement] = [], file: String) -> String {
        let faults = (details?.causes ?? []).compactMap { cause in
            cause.field.map { (steps: path + YAMLDocument.steps(ofField: $0), message: cause.message) }
        }
        let hints = faults.map { document.quotesHint($0.message, at: $0.steps) }
        let line = faults.first.map { document.line(of: $0.steps) } ?? document.line(of: path)
        return "\(file):\(line): \(message)\(hints.joined())"
    }
}
