import KubeObjects
import KubeSchema

/// `v1` Events.
struct EventRules: KindRules {
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
