public import KubeObjects

/// `metadata.managedFields`: who owns which fields of an object, and since when.
public struct ManagedFields: Sendable, Hashable {
    /// What one manager owns.
    public struct Entry: Sendable, Hashable {
        /// The fields.
        public var fields: FieldSet
        /// When they last changed, whole seconds; nil if that is not known.
        public var time: Timestamp?

        /// Fields and the time of their last change.
        public init(fields: FieldSet, time: Timestamp?) {
            self.fields = fields
            self.time = time
        }
    }

    /// The managers, each with at least one field.
    public private(set) var entries: [FieldManager: Entry]

    /// Nobody owns anything.
    public init() { entries = [:] }

    /// Reads the list of an object's metadata; nil if an entry is malformed. Absent is nobody.
    public init?(_ json: JSONValue?) {
        entries = [:]
        for item in json?.array ?? [] {
            guard let manager = FieldManager(ofEntry: item), let fields = FieldSet(fieldsV1: item["fieldsV1"] ?? [:])
            else { return nil }
            entries[manager] = Entry(fields: fields, time: item["time"]?.string.flatMap(Timestamp.init))
        }
    }

    /// Whether nobody owns anything.
    public var isEmpty: Bool { entries.isEmpty }

    /// The fields of a manager.
    subscript(_ manager: FieldManager) -> FieldSet? { entries[manager]?.fields }

    /// The fields of all managers.
    var all: FieldSet { entries.values.reduce(FieldSet()) { $0.union($1.fields) } }

    /// Gives a manager fields in the place of those that it had; none takes it off the list. Its time changes only
    /// with the fields.
    mutating func set(_ fields: FieldSet, of manager: FieldManager, now: Timestamp) {
        if fields.isEmpty {
            entries[manager] = nil
        } else if entries[manager]?.fields != fields {
            // Removed first, so that an applier's entry takes its new API version.
            entries[manager] = nil
            entries[manager] = Entry(fields: fields, time: now.wholeSeconds)
        }
    }

    /// Takes fields from every manager but one, who has changed or removed them. Times stay.
    mutating func take(_ fields: FieldSet, fromAllBut manager: FieldManager) {
        for (other, entry) in entries where other != manager {
            let rest = entry.fields.subtracting(fields)
            entries[other] = rest.isEmpty ? nil : Entry(fields: rest, time: entry.time)
        }
    }

    /// Takes fields from every manager.
    mutating func take(_ fields: FieldSet) {
        for (manager, entry) in entries {
            let rest = entry.fields.subtracting(fields)
            entries[manager] = rest.isEmpty ? nil : Entry(fields: rest, time: entry.time)
        }
    }

    /// Puts a manager's entry back as it was if it holds the same fields and its write changed nothing.
    mutating func keepUnchanged(from before: ManagedFields, _ manager: FieldManager, unless isChanged: Bool) {
        guard !isChanged, let old = before.entries[manager], old.fields == entries[manager]?.fields else { return }
        entries[manager]?.time = old.time
    }

    /// As it stands in an object's metadata: appliers first, then by time, name, API version and subresource.
    public var json: JSONValue {
        .array(
            entries.sorted { Self.isInOrder(($0.key, $0.value.time), ($1.key, $1.value.time)) }
                .map { manager, entry in .object(entry.json(of: manager)) })
    }

    /// Whether one manager's entry stands before another's.
    static func isInOrder(
        _ left: (manager: FieldManager, time: Timestamp?), _ right: (manager: FieldManager, time: Timestamp?)
    ) -> Bool {
        if left.manager.operation != right.manager.operation { return left.manager.operation == .apply }
        let leftTime = left.time ?? Timestamp(seconds: 0)
        let rightTime = right.time ?? Timestamp(seconds: 0)
        if leftTime != rightTime { return leftTime < rightTime }
        return (left.manager.name, left.manager.apiVersion, left.manager.subresource)
            < (right.manager.name, right.manager.apiVersion, right.manager.subresource)
    }

    /// The fields that nobody owns: what names an object, and what only the server sets.
    static let unowned: FieldSet = {
        var fields = FieldSet()
        for name in ["apiVersion", "kind", "metadata"] { fields.insert([.field(name)]) }
        for name in [
            "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields",
            "resourceVersion",
        ] {
            fields.insert([.field("metadata"), .field(name)])
        }
        return fields
    }()
}

extension ManagedFields.Entry {
    /// As it stands in the list.
    func json(of manager: FieldManager) -> JSONObject {
        var item: JSONObject = [
            "manager": .string(manager.name), "operation": .string(manager.operation.rawValue),
            "apiVersion": .string(manager.apiVersion),
        ]
        if let time { item["time"] = .string(time.rfc3339) }
        item["fieldsType"] = "FieldsV1"
        item["fieldsV1"] = fields.fieldsV1
        if !manager.subresource.isEmpty { item["subresource"] = .string(manager.subresource) }
        return item
    }
}

extension FieldManager {
    /// The manager of an entry of the list; nil if it does not say how it manages.
    init?(ofEntry item: JSONValue) {
        guard let operation = item["operation"]?.string.flatMap(Operation.init(rawValue:)) else { return nil }
        self.init(
            item["manager"]?.string ?? "", operation, apiVersion: item["apiVersion"]?.string ?? "",
            subresource: item["subresource"]?.string ?? "")
    }
}
