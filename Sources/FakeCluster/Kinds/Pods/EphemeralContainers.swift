import KubeObjects
import KubeSchema

/// What the subresource `ephemeralcontainers` changes of a pod: it adds containers for whoever looks for what is wrong with the
/// others (KEP-277; apiserver, `ValidatePodEphemeralContainersUpdate`).
enum EphemeralContainers {
    private static let key = "ephemeralContainers"
    /// What marks a pod that a node has from a file.
    private static let mirror = "kubernetes.io/config.mirror"

    /// Drops what else was changed.
    static func prepare(_ object: inout KubeObject, old: KubeObject) {
        let given = object["spec"]?[key]
        object.keepMetadata(of: old)
        object["spec"] = old["spec"]
        object.json.edit("spec") { $0[key] = given }
    }

    /// The faults of a pod with other containers.
    static func validate(_ object: KubeObject, old: KubeObject) -> [FieldError] {
        if old.annotations[mirror] != nil {
            return [.forbidden(FieldPath.root.key(""), "static pods do not support ephemeral containers")]
        }
        let path = FieldPath("spec", key)
        let containers = object["spec"]?.list(key) ?? []
        return PodSpecValidation(object).validate(at: FieldPath("spec"))
            + (old["spec"]?.list(key) ?? []).compactMap { former in
                let name = former.text("name")
                guard let present = containers.last(where: { $0.text("name") == name }) else {
                    return .forbidden(path, "existing ephemeral containers \(name.quoted) may not be removed\n")
                }
                if present == former { return nil }
                let forms = [former, present].map { InternalForm.text($0, as: "EphemeralContainer") }
                let diff = InternalDiff(old: forms[0], new: forms[1]).text
                return .forbidden(path, "existing ephemeral containers \(name.quoted) may not be changed\n" + diff)
            }
    }
}

extension PodSpecValidation {
    /// What a container has that is part of its pod's work.
    private static let fieldsOfWork = [
        "ports", "resources", "resizePolicy", "restartPolicy", "restartPolicyRules", "livenessProbe", "readinessProbe",
        "startupProbe", "lifecycle",
    ]
    private static let refusal = "cannot be set for an Ephemeral Container"

    /// The faults of the ephemeral containers: names that no other container has, and nothing that the pod's work hangs on.
    func validateEphemeralContainers(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let others = Set((spec.list("containers") + spec.list("initContainers")).map { $0.text("name") })
        var names = others
        for (position, container) in spec.list("ephemeralContainers").enumerated() {
            let place = path.index(position)
            errors += validateCommon(of: container, at: place)
            let (name, target) = (container.text("name"), container.text("targetContainerName"))
            if !names.insert(name).inserted { errors.append(.duplicate(place.child("name"), .string(name))) }
            if !target.isEmpty, !others.contains(target) {
                errors.append(.notFound(place.child("targetContainerName"), .string(target)))
            }
            errors += Self.fieldsOfWork.filter { ![nil, .null, [:], []].contains(container[$0]) }
                .map { .forbidden(place.child($0), Self.refusal) }
            for (index, mount) in container.list("volumeMounts").enumerated() {
                errors += ["subPath", "subPathExpr"].filter { !mount.text($0).isEmpty }
                    .map { .forbidden(place.child("volumeMounts").index(index).child($0), Self.refusal) }
            }
        }
        return errors
    }
}
