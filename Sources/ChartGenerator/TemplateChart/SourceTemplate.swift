import KubeObjects
import RunCore

/// A JobTemplate of a manifest, and where it stands there.
struct SourceTemplate: Sendable {
    /// The template as it becomes part of a chart: without what a server has written into it.
    let template: JobTemplate
    /// The manifest's path, as the user gave it.
    let file: String

    private let document: YAMLDocument
    private let path: [JSONPathElement]

    /// The template at a place of a document.
    /// - Parameter path: The way to it inside the document: an element of a list's `items`, or nothing.
    init(_ object: KubeObject, file: String, document: YAMLDocument, path: [JSONPathElement]) {
        template = JobTemplate(Self.withoutServerFields(object))
        self.file = file
        self.document = document
        self.path = path
    }

    /// The template's name.
    var name: String { template.object.name ?? "" }

    /// The pod template's containers of a kind: `containers` or `initContainers`.
    func containers(_ kind: String) -> [JSONObject] {
        template.object[path: "spec", "template", "spec", kind]?.array?.compactMap(\.object) ?? []
    }

    /// `FILE:LINE` of a field of the template.
    func place(_ field: [JSONPathElement] = []) -> String { "\(file):\(document.line(of: path + field))" }

    /// `FILE:LINE: FIELD` of a field that a message names as the API server does.
    func place(ofField field: String) -> String {
        let steps = YAMLDocument.steps(ofField: field)
        return steps.isEmpty ? place() : "\(place(steps)): \(field)"
    }

    /// A fault of a field with its place, and with what to do where a text lacks its quotes.
    func fault(_ field: String, _ message: String) -> String {
        let hint = document.quotesHint(message, at: path + YAMLDocument.steps(ofField: field))
        return "\(place(ofField: field)): \(message)\(hint)"
    }

    /// What a server adds to each object, which must not be part of a manifest.
    private static func withoutServerFields(_ object: KubeObject) -> KubeObject {
        var object = object
        object["status"] = nil
        for field in ["uid", "resourceVersion", "generation", "creationTimestamp", "selfLink", "managedFields"] {
            object.metadata[field] = nil
        }
        guard var annotations = object.metadata["annotations"]?.object,
            annotations.removeValue(forKey: "kubectl.kubernetes.io/last-applied-configuration") != nil
        else { return object }
        object.metadata["annotations"] = annotations.isEmpty ? nil : .object(annotations)
        return object
    }
}
