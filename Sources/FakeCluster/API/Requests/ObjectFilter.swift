import KubeObjects
import KubeWire

/// Which objects of a resource a list or a watch shows.
struct ObjectFilter: Sendable {
    private let definition: ResourceDefinition
    private let namespace: String?
    private let labels: LabelSelector?
    private let fields: FieldSelector?

    /// Reads the selectors of a request.
    init(_ request: ResourceRequest) throws(KubeStatus) {
        definition = request.definition
        namespace = request.namespace
        labels = try Self.labels(request.query["labelSelector"] ?? "")
        let fields = try Self.fields(request.query["fieldSelector"] ?? "", request.definition)
        self.fields =
            try request.name.map { name throws(KubeStatus) in try Self.selector(of: name, and: fields) } ?? fields
    }

    /// What selects the object that a watch's path names; it may be selected by that name as well, and nothing else.
    private static func selector(of name: String, and fields: FieldSelector?) throws(KubeStatus) -> FieldSelector {
        guard let fields, !fields.isEmpty else {
            return FieldSelector([FieldSelector.Term(field: "metadata.name", value: name)])
        }
        guard fields.requiredValue(of: "metadata.name") == name else {
            throw KubeStatus.badRequest("fieldSelector metadata.name doesn't match requested name")
        }
        return fields
    }

    /// Whether there are selectors beside the namespace.
    var selects: Bool { labels != nil || fields != nil }

    /// The only name that can match, if the field selector names one.
    var name: String? {
        fields?.requiredValue(of: "metadata.name")
    }

    /// Whether an object is shown.
    func matches(_ stored: StoredObject) -> Bool {
        if let namespace, stored.key.namespace != namespace { return false }
        guard selects else { return true }
        if let labels, !labels.matches(stored.object) { return false }
        guard let fields else { return true }
        if let name = fields.requiredValue(of: "metadata.name"), name != stored.key.name { return false }
        let values = definition.strategy.selectableFields(definition.served(stored.object))
        return fields.matches { field in
            switch field {
            case "metadata.name": stored.key.name
            case "metadata.namespace": stored.key.namespace
            default: values[field] ?? ""
            }
        }
    }

    private static func labels(_ text: String) throws(KubeStatus) -> LabelSelector? {
        guard !text.isEmpty else { return nil }
        do throws(SelectorError) {
            return try LabelSelector(parsing: text)
        } catch {
            throw KubeStatus.badRequest(error.description)
        }
    }

    private static func fields(
        _ text: String, _ definition: ResourceDefinition
    ) throws(KubeStatus) -> FieldSelector? {
        guard !text.isEmpty else { return nil }
        let selector: FieldSelector
        do throws(SelectorError) {
            selector = try FieldSelector(parsing: text)
        } catch {
            throw KubeStatus.badRequest(error.description)
        }
        var known = definition.strategy.selectableFields(KubeObject([:]))
        known["metadata.name"] = ""
        if definition.resource.isNamespaced { known["metadata.namespace"] = "" }
        for term in selector.terms where known[term.field] == nil {
            throw KubeStatus.badRequest("field label not supported: \(term.field)")
        }
        return selector
    }
}
