import KubeObjects
import KubeSchema

/// `v1` Events.
struct EventRules: KindRules {
    var nameRule: NameRule { .pathSegment }
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
        EventValidation.validate(object, reporter: "reportingComponent")
    }

    func selectableFields(_ object: KubeObject) -> [String: String] {
        var fields = Self.selectableFields(object, reporter: "reportingComponent", subject: "involvedObject")
        let source = object["source"]?.text("component") ?? ""
        fields["source"] = source.isEmpty ? fields["reportingComponent"] : source
        return fields
    }

    /// What events of both groups can be selected by, under the names that they have there.
    fileprivate static func selectableFields(
        _ event: KubeObject, reporter: String, subject: String
    ) -> [String: String] {
        var fields: [String: String] = [:]
        for name in ["reason", "type", reporter] { fields[name] = event.value.text(name) }
        for key in ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"] {
            fields["\(subject).\(key)"] = event[subject]?.text(key) ?? ""
        }
        return fields
    }
}

/// `events.k8s.io/v1` Events, which must say more than those of the core group.
struct EventSeriesRules: KindRules {
    func selectableFields(_ object: KubeObject) -> [String: String] {
        EventRules.selectableFields(object, reporter: "reportingController", subject: "regarding")
    }

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
        let event = EventNames.core(of: object)
        return EventValidation.validate(event, reporter: "reportingController")
            + EventValidation.validateSeries(event) + EventValidation.validateStrictly(event)
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let (event, before) = (EventNames.core(of: object), EventNames.core(of: old))
        return EventValidation.validate(event, reporter: "reportingController")
            + (event["series"] == before["series"] ? [] : EventValidation.validateSeries(event))
            + EventValidation.validateUnchanged(event, before)
    }
}

/// What an event must say, by the names that the core group has for it; only the reporter goes by the group's own
/// (Kubernetes v1.36, `core/validation/events.go`).
private enum EventValidation {
    private static let lengthLimit = 128
    private static let messageLimit = 1024

    /// What holds for events of both groups.
    static func validate(_ event: KubeObject, reporter: String) -> [FieldError] {
        let involved = event["involvedObject"]?.text("namespace") ?? ""
        let namespace = event.namespace ?? ""
        // Events about cluster-scoped objects stand in the default namespace.
        if event["eventTime"]?.string == nil {
            let matches = involved.isEmpty ? ["", "default"].contains(namespace) : involved == namespace
            return matches ? [] : [misplaced(involved)]
        }
        let isLost = involved.isEmpty && !["default", "kube-system"].contains(namespace)
        var errors = isLost ? [misplaced(involved)] : []
        let controller = event.value.text("reportingComponent")
        if controller.isEmpty { errors.append(.required(FieldPath(reporter))) }
        errors += NameValidation.qualifiedName(controller).map {
            .invalid(FieldPath(reporter), .string(controller), $0)
        }
        for key in ["reportingInstance", "action", "reason"] {
            let text = event.value.text(key)
            if text.isEmpty { errors.append(.required(FieldPath(key))) }
            errors += limit(text, to: lengthLimit, at: FieldPath(key))
        }
        return errors + limit(event.value.text("message"), to: messageLimit, at: FieldPath("message"))
    }

    private static func misplaced(_ namespace: String) -> FieldError {
        .invalid(FieldPath("involvedObject", "namespace"), .string(namespace), "does not match event.namespace")
    }

    private static func limit(_ text: String, to count: Int, at path: FieldPath) -> [FieldError] {
        text.utf8.count > count ? [.invalid(path, "", "can have at most \(count) characters")] : []
    }

    /// A series is of two or more, and was seen at some time.
    static func validateSeries(_ event: KubeObject) -> [FieldError] {
        guard let series = event["series"] else { return [] }
        var errors: [FieldError] = []
        if series.number("count") < 2 {
            errors.append(.invalid(FieldPath("series", "count"), "", "should be at least 2"))
        }
        if series["lastObservedTime"]?.string == nil {
            errors.append(.required(FieldPath("series", "lastObservedTime")))
        }
        return errors
    }

    /// What new events of `events.k8s.io` must and may not say beside that.
    static func validateStrictly(_ event: KubeObject) -> [FieldError] {
        var errors: [FieldError] = []
        if event["eventTime"]?.string == nil { errors.append(.required(FieldPath("eventTime"))) }
        let type = event.value.text("type")
        if !["Normal", "Warning"].contains(type) {
            errors.append(.invalid(FieldPath("type"), "", "has invalid value: \(type)"))
        }
        let source = event["source"] ?? [:]
        let outdated = [
            ("firstTimestamp", event["firstTimestamp"]?.string != nil),
            ("lastTimestamp", event["lastTimestamp"]?.string != nil),
            ("count", event.value.number("count") != 0),
            ("source", !source.text("component").isEmpty || !source.text("host").isEmpty),
        ]
        for (key, isSet) in outdated where isSet {
            errors.append(.invalid(FieldPath(key), "", "needs to be unset"))
        }
        return errors
    }

    /// An event once written is only counted on.
    static func validateUnchanged(_ event: KubeObject, _ old: KubeObject) -> [FieldError] {
        [
            "involvedObject", "reason", "message", "source", "firstTimestamp", "lastTimestamp", "count", "reason",
            "type", "eventTime", "action", "related", "reportingComponent", "reportingInstance",
        ].flatMap { key -> [FieldError] in
            guard event[key] != old[key] else { return [] }
            let name = key == "reportingComponent" ? "reportingController" : key
            return [.invalid(FieldPath(name), event[key] ?? .null, Immutability.message)]
        }
    }
}
