import KubeObjects
import KubeSchema

/// `apiextensions.k8s.io/v1` CustomResourceDefinitions.
///
/// An accepted definition is served at once: names are compared with those of the other definitions in the write itself,
/// and the status that two controllers of a real server arrive at is there from the beginning.
struct CustomResourceDefinitionRules: KindRules {
    /// The names in use within a group, except by one definition.
    let namesInUse: @Sendable (_ group: String, _ except: String) -> CustomResourceNames

    var finalizerRule: FinalizerRule { .qualified }
    var hasGeneration: Bool { true }
    var allowsUnconditionalUpdate: Bool { false }
    var hasStatus: Bool { true }
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .nameAndCreation }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.edit("names") { names in
                let kind = names["kind"]?.string ?? ""
                if names["singular"]?.string?.isEmpty ?? true { names["singular"] = .string(kind.lowercased()) }
                if names["listKind"]?.string?.isEmpty ?? true { names["listKind"] = .string(kind + "List") }
            }
            spec.editOrMake("conversion") { $0.setDefault("strategy", "None") }
            if spec["preserveUnknownFields"] == false { spec["preserveUnknownFields"] = nil }
        }
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        object["status"] = ["conditions": [], "acceptedNames": ["plural": "", "kind": ""], "storedVersions": []]
        settle(&object, now: context.now)
    }

    func prepareForUpdate(
        _ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) {
        settle(&object, now: context.now)
    }

    func answered(_ object: KubeObject) -> KubeObject {
        var object = object
        var status = object["status"] ?? [:]
        status["conditions"] = .null
        status["acceptedNames"] = ["plural": "", "kind": ""]
        object["status"] = status
        return object
    }

    func warnings(_ object: KubeObject, old: KubeObject?) -> [String] {
        let known = old.map(Self.unknownFormats) ?? []
        return Self.unknownFormats(of: object).filter { !known.contains($0) }.map { "unrecognized format \($0.quoted)" }
    }

    /// The formats that mean nothing to the server, of every version's schema.
    private static func unknownFormats(of object: KubeObject) -> [String] {
        var formats: [String] = []
        func visit(_ value: JSONValue) {
            if let format = value["format"]?.string, !format.isEmpty,
                !StringFormat.isKnown(format, forType: value.text("type")), !formats.contains(format)
            {
                formats.append(format)
            }
            for key in ["properties", "definitions", "patternProperties"] {
                for (_, schema) in value[key]?.object ?? [:] { visit(schema) }
            }
            for key in ["allOf", "anyOf", "oneOf"] { value.list(key).forEach(visit) }
            for key in ["items", "additionalProperties", "not"] {
                if let schema = value[key], schema.object != nil { visit(schema) }
            }
        }
        for version in object["spec"]?.list("versions") ?? [] {
            if let schema = version[path: "schema", "openAPIV3Schema"] { visit(schema) }
        }
        return formats
    }

    /// Brings the status in line with the spec: accepted names, conditions, stored versions.
    private func settle(_ object: inout KubeObject, now: Timestamp) {
        let spec = object["spec"] ?? [:]
        var status = CustomResourceDefinitionStatus(object["status"] ?? [:], now: now)
        status.accept(
            CustomResourceNames(spec["names"] ?? [:]), namesInUse(spec.text("group"), object.name ?? ""),
            names: spec["names"] ?? [:])
        for version in spec.list("versions") where version["storage"] == true {
            status.store(version: version.text("name"))
        }
        object["status"] = status.json
    }
}

/// The names of custom resources, which must differ within a group.
struct CustomResourceNames: Sendable {
    /// Plural, singular and short names.
    var resources: Set<String> = []
    /// Kinds and kinds of lists.
    var kinds: Set<String> = []
    /// The names in the order in which conflicts are looked for, with what a condition calls them.
    private(set) var ordered: [(name: String, label: String, isKind: Bool)] = []

    /// No names.
    init() {}

    /// The names of a definition.
    init(_ names: JSONValue) {
        add(names.text("plural"), "Plural")
        add(names.text("singular"), "Singular")
        for name in names.list("shortNames").compactMap(\.string) { add(name, "ShortNames") }
        add(names.text("kind"), "Kind", isKind: true)
        add(names.text("listKind"), "ListKind", isKind: true)
    }

    private mutating func add(_ name: String, _ label: String, isKind: Bool = false) {
        guard !name.isEmpty else { return }
        ordered.append((name, label, isKind))
        if isKind { kinds.insert(name) } else { resources.insert(name) }
    }

    /// Adds the names of another definition.
    mutating func formUnion(_ other: CustomResourceNames) {
        resources.formUnion(other.resources)
        kinds.formUnion(other.kinds)
    }
}
