import KubeObjects
import KubeSchema

/// What the name of a finalizer must look like.
enum FinalizerRule: Sendable {
    /// With a domain, or one of the standard names: built-in kinds.
    case fullyQualified
    /// Any qualified name: custom resources and their definitions.
    case qualified
}

/// The rules for every object's `metadata` (apimachinery, `api/validation`).
enum ObjectMetaValidation {
    private static let path = FieldPath("metadata")
    private static let maxAnnotationBytes = 256 * 1024
    private static let systemFinalizers = ["orphan", "foregroundDeletion", "kubernetes"]

    /// The faults of a new object's metadata.
    static func validate(
        _ object: KubeObject, isNamespaced: Bool, nameRule: NameRule,
        finalizers rule: FinalizerRule
    ) -> [FieldError] {
        let metadata = object.value["metadata"] ?? [:]
        var errors: [FieldError] = []
        let prefix = metadata.text("generateName")
        if !prefix.isEmpty {
            // A prefix may end in what a name may not end in: its last character is taken for the random part's.
            let probe = prefix.hasSuffix("-") ? prefix + "a" : prefix
            errors += nameRule.faults(probe).map {
                .invalid(path.child("generateName"), .string(prefix), $0)
            }
        }
        if let name = object.name, !name.isEmpty {
            errors += nameRule.validate(name, at: path.child("name"))
        } else {
            errors.append(.required(path.child("name"), "name or generateName is required"))
        }
        if isNamespaced {
            let namespace = object.namespace ?? ""
            if namespace.isEmpty {
                errors.append(.required(path.child("namespace")))
            } else {
                errors += NameRule.label.validate(namespace, at: path.child("namespace"))
            }
        } else if object.namespace?.isEmpty == false {
            errors.append(.forbidden(path.child("namespace"), "not allowed on this type"))
        }
        errors += NumberRule.nonNegative(metadata["generation"], at: path.child("generation"))
        errors += validateCommon(metadata)
        errors += validateFinalizers(object.finalizers, at: path.child("finalizers"))
        return errors + (rule == .fullyQualified ? validateBuiltinFinalizers(object.finalizers) : [])
    }

    /// The faults of a changed object's metadata. `finalizers` is the rule of the object's kind; nil leaves the names of
    /// finalizers unchecked.
    static func validateUpdate(_ object: KubeObject, old: KubeObject, finalizers rule: FinalizerRule?) -> [FieldError] {
        let metadata = object.value["metadata"] ?? [:]
        let oldMetadata = old.value["metadata"] ?? [:]
        var errors: [FieldError] = []
        if old.isBeingDeleted {
            let added = Set(object.finalizers).subtracting(old.finalizers).sorted()
            if !added.isEmpty {
                let list = added.map(\.quoted).joined(separator: ", ")
                errors.append(
                    .forbidden(
                        path.child("finalizers"),
                        "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(list)}"
                    ))
            }
        }
        for field in [
            "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
        ] {
            errors += Immutability.check(field, metadata, oldMetadata, at: path)
        }
        if object.generation < old.generation {
            errors.append(
                .invalid(path.child("generation"), metadata["generation"], "must not be decremented"))
        }
        errors += validateCommon(metadata)
        return errors + (rule == .fullyQualified ? validateBuiltinFinalizers(object.finalizers) : [])
    }

    /// What every update is checked for before the rules of its kind are, which check most of it again: a fault in a label
    /// is therefore told several times (apiserver, `rest.validateCommonFields`).
    static func validateEveryUpdate(_ object: KubeObject, old: KubeObject, isNamespaced: Bool) -> [FieldError] {
        validate(object, isNamespaced: isNamespaced, nameRule: .pathSegment, finalizers: .qualified)
            + validateUpdate(object, old: old, finalizers: nil)
    }

    private static func validateCommon(_ metadata: JSONValue) -> [FieldError] {
        validateLabels(metadata["labels"], at: path.child("labels"))
            + validateAnnotations(metadata["annotations"], at: path.child("annotations"))
            + validateOwners(metadata.list("ownerReferences"), at: path.child("ownerReferences"))
    }

    /// The faults of a map of labels.
    static func validateLabels(_ labels: JSONValue?, at path: FieldPath) -> [FieldError] {
        // Nearly all are right: only the faults of others need an order.
        let isRight = (labels?.object ?? [:]).allSatisfy { key, value in
            NameValidation.labelName(key).isEmpty && NameValidation.labelValue(value.string ?? "").isEmpty
        }
        if isRight { return [] }
        var errors: [FieldError] = []
        for (key, value) in (labels?.strings ?? [:]).sorted(by: { $0.key < $1.key }) {
            errors += NameValidation.labelName(key).map { .invalid(path, .string(key), $0) }
            errors += NameValidation.labelValue(value).map { .invalid(path, .string(value), $0) }
        }
        return errors
    }

    /// The faults of a map of annotations.
    static func validateAnnotations(_ annotations: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let annotations, annotations.object?.isEmpty == false else { return [] }
        let entries = annotations.strings.sorted { $0.key < $1.key }
        var errors: [FieldError] = entries.flatMap { key, _ in
            NameValidation.qualifiedName(key.lowercased()).map { .invalid(path, .string(key), $0) }
        }
        let size = entries.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if size > maxAnnotationBytes { errors.append(.tooLong(path, maximum: maxAnnotationBytes)) }
        return errors
    }

    private static func validateOwners(_ owners: [JSONValue], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var controller: String?
        // The paths are the real server's, which does not say which of the references it means.
        for owner in owners {
            let type = GroupVersion(apiVersion: owner.text("apiVersion"))
            if type.version.isEmpty {
                errors.append(
                    .invalid(path.child("apiVersion"), .string(owner.text("apiVersion")), "version must not be empty"))
            }
            for key in ["kind", "name", "uid"] where owner.text(key).isEmpty {
                errors.append(.invalid(path.child(key), "", "must not be empty"))
            }
            if type == GroupVersion(group: "", version: "v1"), owner.text("kind") == "Event" {
                errors.append(.invalid(path, owner, "/v1, Kind=Event is disallowed from being an owner"))
            }
            guard owner["controller"] == true else { continue }
            let current = "\(owner.text("kind"))/\(owner.text("name"))"
            if let controller {
                errors.append(
                    .invalid(
                        path, .array(owners),
                        "Only one reference can have Controller set to true. Found \"true\" in references for \(controller) and \(current)"
                    ))
            } else {
                controller = current
            }
        }
        return errors
    }

    /// What holds for the finalizers of every new object.
    private static func validateFinalizers(_ finalizers: [String], at path: FieldPath) -> [FieldError] {
        var errors = finalizers.flatMap { finalizer in
            NameValidation.qualifiedName(finalizer).map { FieldError.invalid(path, .string(finalizer), $0) }
        }
        if finalizers.contains("orphan"), finalizers.contains("foregroundDeletion") {
            errors.append(
                .invalid(
                    path, .array(finalizers.map { .string($0) }),
                    "finalizer orphan and foregroundDeletion cannot be both set"))
        }
        return errors
    }

    /// What built-in kinds want of a finalizer beside that.
    private static func validateBuiltinFinalizers(_ finalizers: [String]) -> [FieldError] {
        finalizers.enumerated().flatMap { position, finalizer in
            validateBuiltinFinalizer(finalizer, at: path.child("finalizers").index(position))
        }
    }

    /// The faults of one finalizer: it has a domain before it, or is one of the server's own.
    static func validateBuiltinFinalizer(_ finalizer: String, at place: FieldPath) -> [FieldError] {
        var errors: [FieldError] = NameValidation.qualifiedName(finalizer).map {
            .invalid(place, .string(finalizer), $0)
        }
        if !finalizer.contains("/"), !systemFinalizers.contains(finalizer) {
            errors.append(
                .invalid(
                    place, .string(finalizer), "name is neither a standard finalizer name nor is it fully qualified"))
        }
        return errors
    }
}
