import KubeObjects
import KubeSchema

/// The rules for a container's environment.
enum EnvironmentValidation {
    /// The fields of a pod that a volume may show.
    static let volumeFields: Set<String> = [
        "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid",
    ]
    /// The fields of a pod that have a name at all.
    private static let knownFields = fieldPaths.union(volumeFields).union([
        "spec.restartPolicy", "spec.schedulerName", "status.phase",
    ])
    /// The fields of a pod that a variable may show.
    static let fieldPaths: Set<String> = [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ]
    private static let resources = [
        "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage",
        "requests.memory",
    ]

    /// The faults of `env` and `envFrom`.
    static func validate(_ container: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, variable) in container.list("env").enumerated() {
            let place = path.child("env").index(position)
            errors += validate(name: variable.text("name"), at: place.child("name"))
            if let source = variable["valueFrom"] {
                errors += validate(
                    source: source, hasValue: !variable.text("value").isEmpty, at: place.child("valueFrom"))
            }
        }
        for (position, source) in container.list("envFrom").enumerated() {
            errors += validate(bulk: source, at: path.child("envFrom").index(position))
        }
        return errors
    }

    private static func validate(name: String, at path: FieldPath) -> [FieldError] {
        if name.isEmpty { return [.required(path)] }
        return NameValidation.environmentVariable(name).map { .invalid(path, .string(name), $0) }
    }

    private static func validate(source: JSONValue, hasValue: Bool, at path: FieldPath) -> [FieldError] {
        let kinds = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]
        let given = kinds.filter { source[$0] != nil }
        var errors: [FieldError] = []
        if given.isEmpty {
            errors.append(
                .invalid(
                    path, "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
                ))
        } else if hasValue {
            errors.append(.invalid(path, "", "may not be specified when `value` is not empty"))
        } else if given.count > 1 {
            errors.append(.invalid(path, "", "may not have more than one field specified at a time"))
        }
        if let reference = source["fieldRef"] { errors += validate(field: reference, at: path.child("fieldRef")) }
        if let reference = source["resourceFieldRef"] {
            errors += validate(resource: reference, at: path.child("resourceFieldRef"))
        }
        for kind in ["configMapKeyRef", "secretKeyRef"] {
            if let reference = source[kind] { errors += validate(key: reference, at: path.child(kind)) }
        }
        return errors
    }

    /// The faults of a reference to a field of the pod.
    static func validate(
        field reference: JSONValue, supported: Set<String> = fieldPaths, at path: FieldPath
    ) -> [FieldError] {
        let field = reference.text("fieldPath")
        let version = reference.text("apiVersion")
        if version.isEmpty { return [.required(path.child("apiVersion"))] }
        if field.isEmpty { return [.required(path.child("fieldPath"))] }
        func refuse(_ why: String) -> [FieldError] {
            [.invalid(path.child("fieldPath"), .string(field), "error converting fieldPath: \(why)")]
        }
        if version != "v1" { return refuse("unsupported pod version: \(version)") }
        if let key = subscriptKey(of: field) {
            let name = field.hasPrefix("metadata.annotations") ? key.lowercased() : key
            return NameValidation.qualifiedName(name).map { .invalid(path, .string(name), $0) }
        }
        guard knownFields.contains(field) else { return refuse("field label not supported: \(field)") }
        if supported.contains(field) { return [] }
        return [.notSupported(path.child("fieldPath"), .string(field), supported: supported.sorted())]
    }

    /// The key of `metadata.labels['KEY']` or `metadata.annotations['KEY']`.
    private static func subscriptKey(of field: String) -> String? {
        for map in ["metadata.annotations['", "metadata.labels['"] where field.hasPrefix(map) && field.hasSuffix("']") {
            return String(field.dropFirst(map.count).dropLast(2))
        }
        return nil
    }

    /// The faults of a reference to a resource of a container.
    static func validate(resource reference: JSONValue, at path: FieldPath) -> [FieldError] {
        let resource = reference.text("resource")
        if resource.isEmpty { return [.required(path.child("resource"))] }
        let isHugePages = resource.hasPrefix("limits.hugepages-") || resource.hasPrefix("requests.hugepages-")
        if isHugePages || resources.contains(resource) { return [] }
        return [.notSupported(path.child("resource"), .string(resource), supported: resources)]
    }

    private static func validate(key reference: JSONValue, at path: FieldPath) -> [FieldError] {
        let key = reference.text("key")
        var errors: [FieldError] = reference.text("name").isEmpty ? [.required(path.child("name"))] : []
        if key.isEmpty {
            errors.append(.required(path.child("key")))
        } else {
            errors += NameValidation.configMapKey(key).map { .invalid(path.child("key"), .string(key), $0) }
        }
        return errors
    }

    private static func validate(bulk source: JSONValue, at path: FieldPath) -> [FieldError] {
        let given = ["configMapRef", "secretRef"].filter { source[$0] != nil }
        var errors: [FieldError] = []
        let prefix = source.text("prefix")
        if !prefix.isEmpty {
            errors += NameValidation.environmentVariable(prefix).map {
                .invalid(path.child("prefix"), .string(prefix), $0)
            }
        }
        if given.isEmpty {
            errors.append(.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"))
        } else if given.count > 1 {
            errors.append(.invalid(path, "", "may not have more than one field specified at a time"))
        }
        for kind in given where source[kind]?.text("name").isEmpty ?? true {
            errors.append(.required(path.child(kind, "name")))
        }
        return errors
    }
}
