import KubeObjects
import KubeSchema

/// `v1` Events.
struct EventRules: KindRules {
    var createsOnUpdate: Bool { true }
    var metadataChecks: MetadataChecks { .onlyChanged }
    var table: TableConvention { .events }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("involvedObject", [:])
        object.setDefault("source", [:])
        for key in ["firstTimestamp", "lastTimestamp", "eventTime"] { object.setDefault(key, .null) }
        for key in ["reportingComponent", "reportingInstance"] { object.setDefault(key, "") }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let involved = object["involvedObject"]?.text("namespace") ?? ""
        let namespace = object.namespace ?? ""
        // Events about cluster-scoped objects stand in the default namespace.
        let matches = involved.isEmpty ? ["", "default"].contains(namespace) : involved == namespace
        if matches { return [] }
        return [
            .invalid(
                FieldPath("involvedObject", "namespace"), .string(involved), "does not match event.namespace")
        ]
    }

    func selectableFields(_ object: KubeObject) -> [String: String] {
        let event = object.value
        let involved = event["involvedObject"] ?? [:]
        var fields = [
            "reason": event.text("reason"), "reportingComponent": event.text("reportingComponent"),
            "source": event["source"]?.text("component") ?? "", "type": event.text("type"),
        ]
        if fields["source"]?.isEmpty ?? true { fields["source"] = event.text("reportingComponent") }
        for key in ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"] {
            fields["involvedObject.\(key)"] = involved.text(key)
        }
        return fields
    }
}

/// `events.k8s.io/v1` Events, which must say more than those of the core group.
struct EventSeriesRules: KindRules {
    private static let required = ["reportingController", "reportingInstance", "action", "reason"]

    var table: TableConvention {
        // The same table: the server prints both groups' events in one form.
        TableConvention(columns: TableConvention.events.columns) { object, now in
            var event = object
            for (new, old) in [("regarding", "involvedObject"), ("note", "message"), ("deprecatedSource", "source")] {
                event[old] = object[new]
            }
            event["reportingComponent"] = object["reportingController"]
            event["firstTimestamp"] = object["deprecatedFirstTimestamp"]
            event["lastTimestamp"] = object["deprecatedLastTimestamp"]
            event["count"] = object["deprecatedCount"]
            return TableConvention.events.cells(event, now)
        }
    }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("regarding", [:])
        object.setDefault("deprecatedSource", [:])
        for key in ["deprecatedFirstTimestamp", "deprecatedLastTimestamp", "eventTime"] {
            object.setDefault(key, .null)
        }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let event = object.value
        var errors: [FieldError] = []
        if event["eventTime"]?.string == nil { errors.append(.required(FieldPath("eventTime"))) }
        for key in Self.required where event.text(key).isEmpty { errors.append(.required(FieldPath(key))) }
        if !["Normal", "Warning"].contains(event.text("type")) {
            errors.append(.invalid(FieldPath("type"), "", "has invalid value: \(event.text("type"))"))
        }
        if event.text("note").utf8.count > 1024 {
            errors.append(.invalid(FieldPath("note"), "", "can have at most 1024 bytes"))
        }
        return errors
    }

    // An event once written is only counted on.
    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        ["reason", "note", "type", "action", "eventTime", "reportingController", "reportingInstance"].flatMap {
            Immutability.check($0, object.value, old.value, at: .root)
        }
    }
}
