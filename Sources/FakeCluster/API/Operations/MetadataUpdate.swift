import KubeObjects

/// What an update may do to metadata (apiserver, `rest.BeforeUpdate`).
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
}
