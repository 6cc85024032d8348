public import KubeObjects

extension ServerSideApply {
    /// The object after any other write, with what the write changed now owned by its manager.
    ///
    /// If the request brought `managedFields` of its own these are taken for the present ones, as the API server does; a
    /// list of one empty entry gives up all ownership. Those that come to a subresource are not looked at.
    ///
    /// - Parameters:
    ///   - new: the object as it is to be stored.
    ///   - live: the object as it was; nil if it is created.
    ///   - schema: the type; nil if nothing is known of it, which makes every list atomic.
    ///   - manager: who writes; its operation is taken to be `Update`.
    ///   - now: the moment, for the manager's entry.
    public static func track(
        _ new: KubeObject, from live: KubeObject?, schema: (any MergeSchema)?, manager: FieldManager, now: Timestamp
    ) -> KubeObject {
        var manager = manager
        manager.operation = .update
        let given = manager.subresource.isEmpty ? new.metadata["managedFields"] : nil
        if given == [[:]] { return new.withoutManagedFields }
        let stored = live?.metadata["managedFields"]
        var owners = StoredOwners(stored)
        if let given, given != stored {
            let read = managedFields(of: new)
            // In the order and form of stored ones.
            if !read.isEmpty { owners = StoredOwners(read.json) }
        }
        // An object that came without owners, from before there were any, stays so until it is applied.
        if live != nil, owners.isEmpty { return new.withoutManagedFields }
        let blank = blank(schema)
        let old = live.map { $0.withoutManagedFields.value.filled(from: blank) } ?? blank
        let changes = FieldComparison(old, new.withoutManagedFields.value, schema)
        owners.take(changes.changed.union(changes.removed), fromAllBut: manager)
        let set = changes.changed.subtracting(ManagedFields.unowned)
        owners.change(manager, now: set.isEmpty ? nil : now) { own in
            own.subtracting(changes.removed).union(set)
        }
        owners.mergeOldest()
        var object = new
        object.metadata["managedFields"] = owners.isEmpty ? nil : owners.json
        return object
    }
}

extension JSONValue {
    /// The value with what another one has and it has not.
    fileprivate func filled(from other: JSONValue) -> JSONValue {
        guard case .object(var members) = self, case .object(let others) = other else { return self }
        for (key, value) in others { members[key] = members[key]?.filled(from: value) ?? value }
        return .object(members)
    }
}

/// `metadata.managedFields` as it is stored, for a write to be put down in. An entry that the write does not touch is neither
/// read nor written anew, and those are most: a kubelet's status concerns none of what the pod's maker owns.
struct StoredOwners {
    private struct Owner {
        var manager: FieldManager
        var time: Timestamp?
        var item: JSONValue

        var fields: FieldSet { FieldSet(fieldsV1: item["fieldsV1"] ?? [:]) ?? FieldSet() }
    }

    private var owners: [Owner] = []

    /// The owners of a stored object; nobody if that cannot be read.
    init(_ json: JSONValue?) {
        for item in json?.array ?? [] {
            guard let manager = FieldManager(ofEntry: item) else {
                owners = []
                return
            }
            owners.append(
                Owner(manager: manager, time: item["time"]?.string.flatMap(Timestamp.init), item: item))
        }
    }

    /// Whether nobody owns anything.
    var isEmpty: Bool { owners.isEmpty }

    /// As it stands in an object's metadata.
    var json: JSONValue {
        .array(owners.sorted { ManagedFields.isInOrder(($0.manager, $0.time), ($1.manager, $1.time)) }.map(\.item))
    }

    /// Takes fields from every manager but one, who has changed or removed them. Times stay.
    mutating func take(_ fields: FieldSet, fromAllBut manager: FieldManager) {
        for owner in owners where owner.manager != manager {
            guard fields.isPartly(in: owner.item["fieldsV1"]) else { continue }
            put(
                FieldSet(fieldsV1: owner.item["fieldsV1"] ?? [:])?.subtracting(fields), of: owner.manager,
                time: owner.time)
        }
    }

    /// Changes what a manager owns.
    /// - Parameter now: the moment if the manager has set a field, be it one that is its own already; one that only removes
    ///   fields keeps its time (apiserver, `managedFieldsUpdater`).
    mutating func change(_ manager: FieldManager, now: Timestamp?, _ change: (FieldSet) -> FieldSet) {
        let owner = owners.first { $0.manager == manager }
        let before = owner?.fields ?? FieldSet()
        let after = change(before)
        let time = now?.wholeSeconds ?? owner?.time
        guard after == before, !after.isEmpty, owner?.time != nil else { return put(after, of: manager, time: time) }
        // The same fields, as with most writes of a status: they need not be put down anew.
        if let time, time != owner?.time { touch(manager, time) }
    }

    /// The most entries of updates that a list has.
    private static let updateLimit = 10
    /// Whom the oldest ones go to.
    private static let ancient = "ancient-changes"

    /// Merges the oldest entries of updates, those of each API version into one, until there are no more than a list may
    /// have (apiserver, `capManagersManager`).
    mutating func mergeOldest() {
        guard owners.count > Self.updateLimit else { return }
        let updates = owners.filter { $0.manager.operation == .update }
        var surplus = updates.count - Self.updateLimit
        guard surplus > 0 else { return }
        let oldestFirst = updates.sorted { ManagedFields.isInOrder(($0.manager, $0.time), ($1.manager, $1.time)) }
        var firsts: [String: Owner] = [:]
        for owner in oldestFirst where surplus > 0 {
            let version = owner.manager.apiVersion
            let bucket = FieldManager(Self.ancient, .update, apiVersion: version)
            guard let first = firsts[version], owner.manager != bucket else {
                firsts[version] = owner
                continue
            }
            let kept = owners.first { $0.manager == bucket }
            if kept == nil { put(nil, of: first.manager, time: nil) }
            put((kept ?? first).fields.union(owner.fields), of: bucket, time: owner.time)
            put(nil, of: owner.manager, time: nil)
            surplus -= 1
        }
    }

    private mutating func touch(_ manager: FieldManager, _ time: Timestamp) {
        for position in owners.indices where owners[position].manager == manager {
            owners[position].time = time
            owners[position].item.set(.string(time.rfc3339), at: ["time"])
        }
    }

    private mutating func put(_ fields: FieldSet?, of manager: FieldManager, time: Timestamp?) {
        owners.removeAll { $0.manager == manager }
        guard let fields, !fields.isEmpty else { return }
        let entry = ManagedFields.Entry(fields: fields, time: time)
        owners.append(Owner(manager: manager, time: time, item: .object(entry.json(of: manager))))
    }
}

extension FieldSet {
    /// Whether one of the fields stands in a `fieldsV1`.
    fileprivate func isPartly(in fieldsV1: JSONValue?) -> Bool {
        guard let entries = fieldsV1?.object, !entries.isEmpty else { return false }
        let isNamed = members.contains { step in
            entries[step.encoded].map { $0.object?.isEmpty ?? true || $0["."] != nil } ?? false
        }
        return isNamed || children.contains { step, below in below.isPartly(in: entries[step.encoded]) }
    }
}
