import KubeObjects
import KubeSchema

/// What an update may do to metadata (apiserver, `rest.BeforeUpdate`; apimachinery, `ValidateObjectMetaUpdate`).
enum MetadataUpdate {
    /// Carries over what an update cannot change and takes out what it cannot set.
    static func prepare(_ object: inout KubeObject, old: KubeObject) {
        let before = old.metadata
        var metadata = object.metadata
        metadata["selfLink"] = nil
        // Never changed by a client, given or not.
        for name in ["creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds"] {
            metadata[name] = before[name]
        }
        // Taken over if not given, compared if given.
        for name in ["uid", "resourceVersion"] where (metadata[name]?.string ?? "").isEmpty {
            metadata[name] = before[name]
        }
        if let namespace = before["namespace"], (metadata["namespace"]?.string ?? "").isEmpty {
            metadata["namespace"] = namespace
        }
        if metadata["generateName"] == nil { metadata["generateName"] = before["generateName"] }
        object.metadata = metadata
        object["apiVersion"] = old["apiVersion"]
        object["kind"] = old["kind"]
    }

    /// The faults of changed metadata.
    static func validate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        var errors: [FieldError] = []
        let metadata = object.metadata
        let before = old.metadata
        for name in ["name", "namespace", "uid"] where metadata[name] != before[name] {
            let value = metadata[name]?.encodedString() ?? "\"\""
            errors.append(
                FieldError(
                    .invalid, field: "metadata.\(name)", message: "Invalid value: \(value): field is immutable"))
        }
        if old.isBeingDeleted {
            let new = object.finalizers.filter { !old.finalizers.contains($0) }
            if !new.isEmpty {
                let list = new.map { "\"\($0)\"" }.joined(separator: ", ")
                errors.append(
                    FieldError(
                        .forbidden, field: "metadata.finalizers",
                        message: "Forbidden: no new finalizers can be added if the object is being deleted, "
                            + "found new finalizers []string{\(list)}"))
            }
        }
        return errors
    }
}
