import KubeObjects
import RunCore

/// Tells which run of a family an object belongs to.
struct RunOwner: Sendable {
    private let resource: CustomResource

    init(_ resource: CustomResource) { self.resource = resource }

    func run(of object: KubeObject) -> (key: ObjectKey, uid: String)? {
        guard let owner = object.controllerReference, owner.kind == resource.kind,
            GroupVersion(apiVersion: owner.apiVersion).group == resource.group
        else { return nil }
        let namespace = resource.isNamespaced ? object.namespace ?? "" : ""
        return (ObjectKey(namespace: namespace, name: owner.name), owner.uid)
    }
}
