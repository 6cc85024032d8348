import KubeObjects

/// The Events of `events.k8s.io`, which are those of the core group under other names.
extension BuiltinKinds {
    static let events: [ResourceDefinition] = {
        var definition = define(
            "events.k8s.io/v1", "events", "Event", shortNames: ["ev"], rules: EventSeriesRules())
        definition.conversion = ResourceConversion(
            storage: GroupResource(group: "", resource: "events"),
            toStorage: { EventNames.convert($0, apiVersion: "v1", names: EventNames.toCore) },
            fromStorage: { EventNames.convert($0, apiVersion: "events.k8s.io/v1", names: EventNames.fromCore) })
        return [definition]
    }()
}

/// What the fields of an Event are called in the two groups (conversion of `events/v1`).
enum EventNames {
    static let toCore = [
        "regarding": "involvedObject", "note": "message", "reportingController": "reportingComponent",
        "deprecatedSource": "source", "deprecatedFirstTimestamp": "firstTimestamp",
        "deprecatedLastTimestamp": "lastTimestamp", "deprecatedCount": "count",
    ]
    static let fromCore = Dictionary(uniqueKeysWithValues: toCore.map { ($0.value, $0.key) })

    /// An event of `events.k8s.io` under the names of the core group.
    static func core(of event: KubeObject) -> KubeObject { convert(event, apiVersion: "v1", names: toCore) }

    /// An event under other names.
    static func convert(_ event: KubeObject, apiVersion: String, names: [String: String]) -> KubeObject {
        var converted = KubeObject(JSONObject(event.json.map { (names[$0.key] ?? $0.key, $0.value) }))
        converted["apiVersion"] = .string(apiVersion)
        return converted
    }
}
