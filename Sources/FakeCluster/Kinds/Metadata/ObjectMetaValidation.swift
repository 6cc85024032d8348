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
        finalizers: FinalizerRule
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
        return errors + validateCommon(metadata, finalizers)
    }

    /// The faults of a changed object's metadata.
    static func validateUpdate(_ object: KubeObject, old: KubeObject, finalizers: FinalizerRule) -> [FieldError] {
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
        return errors + validateCommon(metadata, finalizers)
    }

    private static func validateCommon(_ metadata: JSONValue, _ rule: FinalizerRule) -> [FieldError] {
        NumberRule.nonNegative(metadata["generation"], at: path.child("generation"))
            + validateLabels(metadata["labels"], at: path.child("labels"))
            + validateAnnotations(metadata["annotations"], at: path.child("annotations"))
            + validateOwners(metadata.list("ownerReferences"), at: path.child("ownerReferences"))
            + validateFinalizers(metadata.list("finalizers").compactMap(\.string), rule, at: path.child("finalizers"))
    }

    /// The faults of a map of labels.
    static func validateLabels(_ labels: JSONValue?, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (key, value) in (labels?.strings ?? [:]).sorted(by: { $0.key < $1.key }) {
            errors += NameValidation.labelName(key).map { .invalid(path, .string(key), $0) }
            errors += NameValidation.labelValue(value).map { .invalid(path, .string(value), $0) }
        }
        return errors
    }

    /// The faults of a map of annotations.
    static func validateAnnotations(_ annotations: JSONValue?, at path: FieldPath) -> [FieldError] {
        let entries = (annotations?.strings ?? [:]).sorted { $0.key < $1.key }
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
        for (position, owner) in owners.enumerated() {
            let place = path.index(position)
            let type = GroupVersion(apiVersion: owner.text("apiVersion"))
            if type.version.isEmpty {
                errors.append(
                    .invalid(place.child("apiVersion"), .string(owner.text("apiVersion")), "version must not be empty"))
            }
            for key in ["kind", "name", "uid"] where owner.text(key).isEmpty {
                errors.append(.invalid(place.child(key), .string(""), "\(key) must not be empty"))
            }
            if type == GroupVersion(group: "", version: "v1"), owner.text("kind") == "Event" {
                errors.append(.invalid(place, owner, "/v1, Kind=Event is disallowed from being an owner"))
            }
            guard owner["controller"] == true else { continue }
            if let controller {
                errors.append(
                    .invalid(
                        path, .array(owners),
                        "Only one reference can have Controller set to true. Found \"true\" in references for \(controller) and \(owner.text("name"))"
                    ))
            } else {
                controller = owner.text("name")
            }
        }
        return errors
    }

    private static func validateFinalizers(
        _ finalizers: [String], _ rule: FinalizerRule, at path: FieldPath
    ) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, finalizer) in finalizers.enumerated() {
            let faults = NameValidation.qualifiedName(finalizer)
            errors += faults.map { .invalid(path.index(position), .string(finalizer), $0) }
            if rule == .fullyQualified, faults.isEmpty, !finalizer.contains("/"), !systemFinalizers.contains(finalizer)
            {
                errors.append(
                    .invalid(
                        path.index(position), .string(finalizer),
                        "name is neither a standard finalizer name nor is it fully qualified"))
            }
        }
        let policies = finalizers.filter { ["orphan", "foregroundDeletion"].contains($0) }
        if Set(policies).count > 1 {
            errors.append(
                .invalid(
                    path, .array(finalizers.map { .string($0) }),
                    "finalizer foregroundDeletion and orphan cannot be both set"))
        }
        return errors
    }
}
