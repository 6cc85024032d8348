import KubeObjects

extension TableConvention {
    private static let templateColumns: [Column] = [.wide("Containers"), .wide("Images"), .wide("Selector")]

    /// `kubectl get jobs`.
    static let jobs = TableConvention(
        [.narrow("Status"), .narrow("Completions"), .narrow("Duration"), .age] + templateColumns
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let status = object["status"] ?? [:]
        return [
            .name(of: object), .string(jobState(object)), .string(completions(spec, status)),
            duration(status, now), .age(of: object, now),
        ] + template(spec["template"]?["spec"]) + [selector(spec["selector"])]
    }

    /// `kubectl get cronjobs`.
    static let cronJobs = TableConvention(
        [
            .narrow("Schedule"), .narrow("Timezone"), .narrow("Suspend", type: "boolean"),
            .narrow("Active", type: "integer"), .narrow("Last Schedule"), .age,
        ] + templateColumns
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let status = object["status"] ?? [:]
        let suspend = spec["suspend"]?.bool.map { $0 ? "True" : "False" } ?? "<unset>"
        let last = status["lastScheduleTime"]?.timestamp
        let job = spec["jobTemplate"]?["spec"]
        return [
            .name(of: object), .string(spec.text("schedule")), .orNone(spec.text("timeZone")), .string(suspend),
            .integer(Int64(status.list("active").count)), last.map { .since($0, now) } ?? "<none>",
            .age(of: object, now),
        ] + template(job?["template"]?["spec"]) + [selector(job?["selector"])]
    }

    /// `kubectl get deployments`.
    static let deployments = TableConvention(
        [.narrow("Ready"), .narrow("Up-to-date"), .narrow("Available"), .age] + templateColumns
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let status = object["status"] ?? [:]
        return [
            .name(of: object), .string("\(status.number("readyReplicas"))/\(spec.number("replicas"))"),
            .integer(status.number("updatedReplicas")), .integer(status.number("availableReplicas")),
            .age(of: object, now),
        ] + template(spec["template"]?["spec"]) + [selector(spec["selector"])]
    }

    /// `kubectl get replicasets`.
    static let replicaSets = TableConvention(
        [
            .narrow("Desired", type: "integer"), .narrow("Current", type: "integer"), .narrow("Ready", type: "integer"),
            .age,
        ] + templateColumns
    ) { object, now in
        let spec = object["spec"] ?? [:]
        let status = object["status"] ?? [:]
        return [
            .name(of: object), .integer(spec.number("replicas")), .integer(status.number("replicas")),
            .integer(status.number("readyReplicas")), .age(of: object, now),
        ] + template(spec["template"]?["spec"]) + [selector(spec["selector"])]
    }

    /// `kubectl get podtemplates`.
    static let podTemplates = TableConvention([.narrow("Containers"), .narrow("Images"), .narrow("Pod Labels")]) {
        object, _ in
        [.name(of: object)] + template(object["template"]?["spec"])
            + [.orNone(labels(object["template"]?["metadata"]?["labels"]))]
    }

    private static func jobState(_ job: KubeObject) -> String {
        let conditions = job["status"]?.list("conditions") ?? []
        func holds(_ type: String) -> Bool {
            conditions.contains { $0.text("type") == type && $0.text("status") == "True" }
        }
        if holds("Complete") { return "Complete" }
        if holds("Failed") { return "Failed" }
        if job.isBeingDeleted { return "Terminating" }
        return ["Suspended", "FailureTarget", "SuccessCriteriaMet"].first(where: holds) ?? "Running"
    }

    private static func completions(_ spec: JSONValue, _ status: JSONValue) -> String {
        let succeeded = status.number("succeeded")
        if let wanted = spec["completions"]?.integer { return "\(succeeded)/\(wanted)" }
        let parallelism = spec.number("parallelism")
        return parallelism > 1 ? "\(succeeded)/1 of \(parallelism)" : "\(succeeded)/1"
    }

    private static func duration(_ status: JSONValue, _ now: Timestamp) -> JSONValue {
        guard let start = status["startTime"]?.timestamp else { return "" }
        return .string(HumanDuration.text((status["completionTime"]?.timestamp ?? now) - start))
    }

    private static func template(_ podSpec: JSONValue?) -> [JSONValue] {
        let containers = podSpec?.list("containers") ?? []
        return [
            .string(containers.map { $0.text("name") }.joined(separator: ",")),
            .string(containers.map { $0.text("image") }.joined(separator: ",")),
        ]
    }
}

extension TableConvention {
    /// A label selector in one line: `a=b,c in (d,e)`; `<none>` for none.
    static func selector(_ selector: JSONValue?) -> JSONValue {
        guard let selector, !selector.isNull else { return "<none>" }
        var terms = selector.map("matchLabels").strings.map { "\($0)=\($1)" }.sorted()
        for expression in selector.list("matchExpressions") {
            let key = expression.text("key")
            let values = expression.list("values").compactMap(\.string).sorted().joined(separator: ",")
            switch expression.text("operator") {
            case "In": terms.append("\(key) in (\(values))")
            case "NotIn": terms.append("\(key) notin (\(values))")
            case "Exists": terms.append(key)
            default: terms.append("!\(key)")
            }
        }
        return .joined(terms)
    }

    /// A map of labels in one line: `a=b,c=d`; empty for none.
    static func labels(_ labels: JSONValue?) -> String {
        (labels?.strings ?? [:]).map { "\($0)=\($1)" }.sorted().joined(separator: ",")
    }
}
