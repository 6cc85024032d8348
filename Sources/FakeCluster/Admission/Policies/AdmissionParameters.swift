import KubeObjects
import KubeWire

/// Finds the parameters that a binding names (apiserver, `policy/generic`, `CollectParams`).
struct AdmissionParameters: Sendable {
    /// Why there are none to run a policy with, although there should be.
    struct Fault: Error, Sendable {
        var message: String
    }

    let store: ObjectStore
    let registry: ResourceRegistry

    /// The definition of a policy's parameters.
    func definition(of kind: GroupVersionKind) throws(Fault) -> ResourceDefinition {
        guard let definition = registry.definition(of: kind) else {
            throw Fault(
                message: "failed to find resource referenced by paramKind: '\(kind.group)/\(kind.version), "
                    + "Kind=\(kind.kind)'")
        }
        return definition
    }

    /// The parameters; one that is nil for a policy without any.
    func collect(
        _ definition: ResourceDefinition?, _ reference: JSONValue?, namespace: String
    ) throws(Fault) -> [KubeObject?] {
        guard let definition, let reference else { return [nil] }
        let given = reference.text("namespace")
        var place = ""
        if definition.resource.isNamespaced {
            place = given.isEmpty ? namespace : given
            if place.isEmpty {
                throw Fault(
                    message: "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources")
            }
        } else if !given.isEmpty {
            throw Fault(message: "paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
        }
        let found = find(definition, reference, in: place)
        if found.isEmpty, reference.text("parameterNotFoundAction") == "Deny" {
            throw Fault(message: "no params found for policy binding with `Deny` parameterNotFoundAction")
        }
        return found.map(definition.served)
    }

    private func find(_ definition: ResourceDefinition, _ reference: JSONValue, in namespace: String) -> [KubeObject] {
        let resource = definition.storageResource
        let name = reference.text("name")
        if !name.isEmpty {
            return store.object(resource, ObjectKey(namespace: namespace, name: name)).map { [$0.object] } ?? []
        }
        let selector = reference["selector"] ?? [:]
        return store.objects(resource, in: namespace.isEmpty ? nil : namespace).objects.map(\.object).filter {
            LabelSelectorValidation.matches(selector, labels: $0.labels) ?? false
        }
    }
}
