import KubeObjects

extension TableConvention {
    /// `kubectl get configmaps`.
    static let configMaps = TableConvention([.narrow("Data"), .age]) { object, now in
        let entries = (object["data"]?.object?.count ?? 0) + (object["binaryData"]?.object?.count ?? 0)
        return [.name(of: object), .integer(Int64(entries)), .age(of: object, now)]
    }

    /// `kubectl get secrets`.
    static let secrets = TableConvention([.narrow("Type"), .narrow("Data"), .age]) { object, now in
        [
            .name(of: object), .string(object["type"]?.string ?? ""),
            .integer(Int64(object["data"]?.object?.count ?? 0)), .age(of: object, now),
        ]
    }

    /// `kubectl get namespaces`.
    static let namespaces = TableConvention([.narrow("Status"), .age]) { object, now in
        [.name(of: object), .string(object["status"]?.text("phase") ?? ""), .age(of: object, now)]
    }

    /// `kubectl get limitranges`.
    static let limitRanges = TableConvention([.narrow("Created At")]) { object, _ in
        [.name(of: object), .creation(of: object)]
    }

    /// `kubectl get resourcequotas`.
    static let resourceQuotas = TableConvention([.narrow("Request"), .narrow("Limit"), .age]) { object, now in
        let hard = object["status"]?.map("hard") ?? [:]
        let used = object["status"]?.map("used") ?? [:]
        func column(_ isLimit: Bool) -> JSONValue {
            let names = hard.keys.filter { $0.hasPrefix("limits.") == isLimit }.sorted()
            return .string(
                names.map { "\($0): \(used[$0]?.string ?? "0")/\(hard[$0]?.string ?? "0")" }.joined(separator: ", "))
        }
        return [.name(of: object), column(false), column(true), .age(of: object, now)]
    }

    /// `kubectl get leases`.
    static let leases = TableConvention([.narrow("Holder"), .age]) { object, now in
        [.name(of: object), .string(object["spec"]?.text("holderIdentity") ?? ""), .age(of: object, now)]
    }

    /// `kubectl get events`; the name comes last.
    static let events = TableConvention(columns: [
        .narrow("Last Seen"), .narrow("Type"), .narrow("Reason"), .narrow("Object"), .wide("Subobject"),
        .wide("Source"), .narrow("Message"), .wide("First Seen"), .wide("Count"),
        Column(name: "Name", format: "name", priority: 1),
    ]) { object, now in
        let event = object.value
        let isSingle = event.number("count") == 0
        let first = event["firstTimestamp"]?.timestamp ?? event["eventTime"]?.timestamp
        let last = event["series"]?["lastObservedTime"]?.timestamp ?? event["lastTimestamp"]?.timestamp ?? first
        let regarding = event["involvedObject"] ?? [:]
        let kind = regarding.text("kind").lowercased()
        let name = regarding.text("name")
        return [
            .since(last, now), .string(event.text("type")), .string(event.text("reason")),
            .string(name.isEmpty ? kind : "\(kind)/\(name)"), .string(regarding.text("fieldPath")),
            .string(source(event)), .string(event.text("message").trimmingBlanks()), .since(first, now),
            .integer(event["series"]?.number("count") ?? (isSingle ? 1 : event.number("count"))), .name(of: object),
        ]
    }

    private static func source(_ event: JSONValue) -> String {
        let source = event["source"] ?? [:]
        let isOld = !source.text("component").isEmpty
        let component = isOld ? source.text("component") : event.text("reportingComponent")
        let instance = isOld ? source.text("host") : event.text("reportingInstance")
        return instance.isEmpty ? component : "\(component), \(instance)"
    }
}

extension String {
    /// Without white space at both ends.
    fileprivate func trimmingBlanks() -> String {
        let front = drop(while: \.isWhitespace)
        guard let last = front.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(front[...last])
    }
}
