public import KubeObjects

/// Server-side apply (KEP-555): a manager says what it wants of an object, and the object's fields have owners.
///
/// Pure functions: an object goes in with its `managedFields` and comes out with them brought up to date. All of them
/// work on one version of a type; the caller converts.
public enum ServerSideApply {
    /// The object after a manager's configuration was applied: the configuration's fields are set and owned by it, and
    /// what its last one held and this one does not is removed unless another manager owns it.
    ///
    /// - Parameters:
    ///   - configuration: what the manager wants: `apiVersion`, `kind`, `metadata` and the fields that it cares for.
    ///   - live: the present object; nil creates one.
    ///   - schema: the type; nil if nothing is known of it, which makes every list atomic.
    ///   - manager: who applies; its operation is taken to be `Apply`.
    ///   - force: whether fields that others own with other values are taken from them.
    ///   - now: the moment, for the manager's entry.
    /// - Returns: the object with its `managedFields`; `live` itself if nothing changed.
    /// - Throws: ``ApplyFailure/conflicts(_:)``, and what ``check(_:_:)`` does.
    public static func apply(
        _ configuration: KubeObject, to live: KubeObject?, schema: (any MergeSchema)?, manager: FieldManager,
        force: Bool = false, now: Timestamp
    ) throws(ApplyFailure) -> KubeObject {
        var manager = manager
        manager.operation = .apply
        try check(configuration, schema)
        // Generators write `creationTimestamp: null`; what only the server sets is no wish of the manager's.
        var configuration = configuration
        for (name, value) in configuration.metadata where value == .null {
            configuration.metadata.removeValue(forKey: name)
        }
        let before = managedFields(of: live)
        let old = live?.withoutManagedFields ?? KubeObject([:])
        var owners = before
        if let live, before.isEmpty {
            owners.set(FieldSet(of: old.value, schema), of: .beforeFirstApply(live.apiVersion), now: now)
        }
        let last = owners[manager] ?? FieldSet()
        owners.set(FieldSet(of: configuration.value, schema), of: manager, now: now)
        let merged = FieldMerge.merge(configuration.value, into: old.value, schema)
        let new = prune(merged, last: last, owners: owners, schema)
        let changes = FieldComparison(old.value, new, schema)
        if !force { try refuseConflicts(changes.changed, owners, manager) }
        owners.take(changes.changed.union(changes.removed), fromAllBut: manager)
        owners.take(ManagedFields.unowned)
        // An entry's time says when its manager last changed anything, so what changed nothing leaves it as it was.
        owners.keepUnchanged(from: before, manager, unless: old.value != new)
        if let live, old.value == new, owners == before { return live }
        return KubeObject(new)?.withManagedFields(owners) ?? configuration
    }

    /// Refuses what cannot be applied whatever the present object is.
    /// - Throws: ``ApplyFailure/invalid(_:)`` for a configuration with `managedFields`, ``ApplyFailure/untyped(_:)`` for one
    ///   that is not of its type.
    public static func check(_ configuration: KubeObject, _ schema: (any MergeSchema)?) throws(ApplyFailure) {
        if configuration.metadata["managedFields"]?.array != nil {
            throw .invalid("metadata.managedFields must be nil")
        }
        guard let schema, let faults = AppliedConfiguration(configuration.value, schema).description else { return }
        throw .untyped(
            "failed to create typed patch object (\(configuration.namespace ?? "")/\(configuration.name ?? ""); "
                + "\(configuration.groupVersionKind.goText)): \(faults)")
    }

    /// Who owns what of an object; nobody if that cannot be read.
    static func managedFields(of object: KubeObject?) -> ManagedFields {
        ManagedFields(object?.metadata["managedFields"]) ?? ManagedFields()
    }

    private static func refuseConflicts(
        _ changed: FieldSet, _ owners: ManagedFields, _ manager: FieldManager
    ) throws(ApplyFailure) {
        var conflicts: [ApplyFailure.Conflict] = []
        for (other, entry) in owners.entries where other != manager {
            for path in entry.fields.intersection(changed).paths {
                conflicts.append(ApplyFailure.Conflict(manager: other.conflictText, field: path.pathText))
            }
        }
        guard conflicts.isEmpty else {
            throw .conflicts(conflicts.sorted { ($0.manager, $0.field) < ($1.manager, $1.field) })
        }
    }
}
