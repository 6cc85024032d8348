import KubeObjects
import KubeWire

/// The objects that a new cluster begins with, beside those that its controllers make.
enum BootstrapObjects {
    /// All of them, in the order in which they are stored.
    static var all: [KubeObject] { namespaces + BootstrapRoles.objects + PriorityClassRules.bootstrap }

    private static let namespaces = ["default", "kube-node-lease", "kube-public", "kube-system"].map {
        KubeObject(apiVersion: "v1", kind: "Namespace", name: $0)
    }
}

extension ResourceOperations {
    /// Stores the first objects of a new cluster. Kinds that are not served are left out.
    func seed(_ objects: [KubeObject]) throws {
        var context = OperationContext(user: .admin)
        let first = try objects.compactMap { object throws(KubeStatus) -> (GroupResource, KubeObject)? in
            guard let definition = registry.definition(of: object.groupVersionKind) else { return nil }
            let prepared = try prepared(definition, namespace: object.namespace ?? "", object, &context)
            return (definition.storageResource, definition.stored(prepared, registry))
        }
        try store.seed(first.map { (resource: $0.0, object: $0.1) })
    }
}
