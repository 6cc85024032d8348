import KubeObjects
import KubeWire

/// In which form objects are answered: what the Accept header asks for.
enum ResponseFormat: Sendable, Hashable {
    /// The objects themselves, as JSON.
    case json
    /// The objects themselves, as YAML.
    case yaml
    /// A `Table` of `meta.k8s.io` in this version, with what each row carries beside its cells.
    case table(version: String, rows: RowContent)
    /// `PartialObjectMetadata` of `meta.k8s.io` in this version: nothing but the metadata; or a list of them.
    case metadata(version: String, isList: Bool)

    /// What a row of a table carries beside its cells.
    enum RowContent: String, Sendable, Hashable {
        case none = "None"
        case metadata = "Metadata"
        case object = "Object"
    }

    /// The media types that are answered, for those who accept none of them.
    static let available = ["application/json", "application/yaml"]
    /// What a real server answers beside them. Named as long as it is not the one that is asked for.
    private static let protobuf = "application/vnd.kubernetes.protobuf"

    /// Chooses by an Accept header; empty means that anything will do.
    /// - Throws: 406 if nothing fits.
    init(accept: String, query: Query) throws(KubeStatus) {
        guard !accept.isEmpty else {
            self = .json
            return
        }
        for entry in AcceptedMediaTypes(accept).entries {
            if let format = try Self.format(of: entry, query) {
                self = format
                return
            }
        }
        throw KubeStatus.notAcceptable(
            available: accept.contains(Self.protobuf) ? Self.available : Self.available + [Self.protobuf])
    }

    private static func format(
        of entry: AcceptedMediaTypes.Entry, _ query: Query
    ) throws(KubeStatus) -> ResponseFormat? {
        if entry.mediaType == "application/yaml" { return entry.parameters["as"] == nil ? .yaml : nil }
        guard entry.acceptsJSON else { return nil }
        guard let kind = entry.parameters["as"] else { return .json }
        let version = entry.parameters["v"] ?? ""
        guard entry.parameters["g"] == "meta.k8s.io", version == "v1" || version == "v1beta1" else { return nil }
        switch kind {
        case "Table": return .table(version: version, rows: try rowContent(query["includeObject"] ?? ""))
        case "PartialObjectMetadata", "PartialObjectMetadataList":
            return .metadata(version: version, isList: kind.hasSuffix("List"))
        default: return nil
        }
    }

    /// Refuses the metadata of a list where there is one object, and the other way round.
    func requireMetadata(ofList isList: Bool, _ definition: ResourceDefinition) throws(KubeStatus) {
        guard case .metadata(_, let wantsList) = self, wantsList != isList else { return }
        let kind = isList ? definition.listKind : definition.resource.kind
        let type =
            definition.isCustom
            ? "unstructured.Unstructured\(isList ? "List" : "")"
            : GroupVersionKind(group: definition.resource.group, version: "", kind: kind).goInternalName
        throw KubeStatus(
            code: 406, reason: .notAcceptable,
            message: "you requested PartialObjectMetadata\(wantsList ? "List" : ""), but the requested object is "
                + "\(isList ? "a" : "not a") list (*\(type))")
    }

    private static func rowContent(_ text: String) throws(KubeStatus) -> RowContent {
        if text.isEmpty { return .metadata }
        guard let content = RowContent(rawValue: text) else {
            throw KubeStatus.badRequest(
                "Unable to convert to Table as requested: includeObject: Invalid value: \"\(text)\": must be "
                    + "'Metadata', 'Object', 'None', or empty")
        }
        return content
    }
}
