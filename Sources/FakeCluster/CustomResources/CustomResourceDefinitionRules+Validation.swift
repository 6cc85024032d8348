import KubeObjects
import KubeSchema

/// What a CustomResourceDefinition must be (apiextensions-apiserver, `apis/apiextensions/validation`).
extension CustomResourceDefinitionRules {
    private static let approval = "api-approved.kubernetes.io"

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        validate(object, old: nil)
    }

    private func validate(_ object: KubeObject, old: KubeObject?) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        var errors = validateName(object, spec)
        errors += validateGroup(object, spec)
        errors += ChoiceRule.check(
            "scope", spec, in: ["Cluster", "Namespaced"], isRequired: true, at: FieldPath("spec"))
        errors += validateNames(spec["names"] ?? [:], at: FieldPath("spec", "names"))
        errors += validateVersions(spec, before: old?["spec"]?.list("versions") ?? [])
        if spec["preserveUnknownFields"] == true {
            errors.append(
                .invalid(
                    FieldPath("spec", "preserveUnknownFields"), true,
                    "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in "
                        + "spec.versions[*].schema instead"))
        }
        errors += validateStoredVersions(object)
        return errors
            + CustomResourceConversionRules.validate(spec["conversion"] ?? [:], at: FieldPath("spec", "conversion"))
    }

    private func validateStoredVersions(_ object: KubeObject) -> [FieldError] {
        let path = FieldPath("status", "storedVersions")
        let stored = object["status"]?.list("storedVersions") ?? []
        if stored.isEmpty { return [.invalid(path, .array([]), "must have at least one stored version")] }
        let versions = object["spec"]?.list("versions").map { $0.text("name") } ?? []
        return stored.enumerated().filter { !versions.contains($0.element.string ?? "") }.map { position, version in
            let name = version.string ?? ""
            return .invalid(
                path.index(position), version,
                "missing from spec.versions; \(name) was previously a storage version, and must remain in "
                    + "spec.versions until a storage migration ensures no data remains persisted in \(name) and "
                    + "removes \(name) from status.storedVersions")
        }
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
        let path = FieldPath("spec")
        var errors = validate(object, old: old)
        errors += Immutability.check("group", spec, before, at: path)
        if CustomResourceDefinitionStatus(old["status"] ?? [:], now: context.now).isEstablished {
            errors += Immutability.check("scope", spec, before, at: path)
            errors += Immutability.check(
                "kind", spec["names"] ?? [:], before["names"] ?? [:], at: path.child("names"))
        }
        errors += Immutability.check("plural", spec["names"] ?? [:], before["names"] ?? [:], at: path.child("names"))
        return errors
    }

    private func validateName(_ object: KubeObject, _ spec: JSONValue) -> [FieldError] {
        let expected = "\(spec["names"]?.text("plural") ?? "").\(spec.text("group"))"
        if object.name == expected { return [] }
        return [
            .invalid(
                FieldPath("metadata", "name"), .string(object.name ?? ""), "must be spec.names.plural+\".\"+spec.group")
        ]
    }

    private func validateGroup(_ object: KubeObject, _ spec: JSONValue) -> [FieldError] {
        let group = spec.text("group")
        let path = FieldPath("spec", "group")
        if group.isEmpty { return [.required(path)] }
        var errors = Self.joined(NameRule.subdomain.faults(group), group, at: path)
        if errors.isEmpty, !group.contains(".") {
            errors.append(.invalid(path, .string(group), "should be a domain with at least one dot"))
        }
        let isProtected = ["k8s.io", "kubernetes.io"].contains { group == $0 || group.hasSuffix("." + $0) }
        if isProtected, object.annotations[Self.approval]?.isEmpty ?? true {
            errors.append(
                .required(
                    FieldPath("metadata", "annotations").key(Self.approval),
                    "protected groups must have approval annotation \"\(Self.approval)\", see "
                        + "https://github.com/kubernetes/enhancements/pull/1111"))
        }
        return errors
    }

    /// All faults of a name in one, as the server tells them here.
    private static func joined(_ faults: [String], _ name: String, at path: FieldPath) -> [FieldError] {
        faults.isEmpty ? [] : [.invalid(path, .string(name), faults.joined(separator: ","))]
    }

    private func validateNames(_ names: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for key in ["plural", "singular", "kind", "listKind"] where names.text(key).isEmpty {
            errors.append(.required(path.child(key)))
        }
        for key in ["plural", "singular"] where !names.text(key).isEmpty {
            errors += Self.joined(NameRule.strictLabel.faults(names.text(key)), names.text(key), at: path.child(key))
        }
        for key in ["kind", "listKind"] where !names.text(key).isEmpty {
            let faults = NameRule.strictLabel.faults(names.text(key).lowercased())
            let text = "may have mixed case, but should otherwise match: " + faults.joined(separator: ",")
            if !faults.isEmpty { errors.append(.invalid(path.child(key), names[key], text)) }
        }
        for list in ["shortNames", "categories"] {
            for (position, name) in names.list(list).enumerated() {
                let text = name.string ?? ""
                errors += Self.joined(NameRule.strictLabel.faults(text), text, at: path.child(list).index(position))
            }
        }
        let kind = names.text("kind")
        if !kind.isEmpty, kind == names.text("listKind") {
            errors.append(
                .invalid(path.child("listKind"), .string(kind), "kind and listKind may not be the same"))
        }
        return errors
    }

    /// What all versions may have in common: the server then holds it once, above them, and names it there.
    private static let shareable = ["schema", "subresources", "additionalPrinterColumns", "selectableFields"]

    private func validateVersions(_ spec: JSONValue, before: [JSONValue]) -> [FieldError] {
        let path = FieldPath("spec", "versions")
        let versions = spec.list("versions")
        let shared = Set(Self.shareable.filter { key in versions.allSatisfy { $0[key] == versions.first?[key] } })
        var errors = validateVersionNames(spec, shared, at: path)
        for (position, version) in versions.enumerated() {
            let place = path.index(position)
            errors += validateDeprecation(version, at: place.child("deprecationWarning"))
            let isFirst = position == 0
            if version[path: "schema", "openAPIV3Schema"] == nil {
                errors.append(.required(place.child("schema", "openAPIV3Schema"), "schemas are required"))
            }
            func location(of key: String, above: String) -> FieldPath? {
                if shared.contains(key) { return isFirst ? FieldPath("spec", above) : nil }
                return place.child(key)
            }
            if let place = location(of: "schema", above: "validation") {
                let former = before.first { $0["name"] == version["name"] }
                errors += validateSchema(version, former: former, at: place.child("openAPIV3Schema"))
            }
            if let place = location(of: "additionalPrinterColumns", above: "additionalPrinterColumns") {
                errors += validateColumns(version.list("additionalPrinterColumns"), at: place)
            }
            if let place = location(of: "subresources", above: "subresources") {
                errors += validateScale(version[path: "subresources", "scale"], at: place)
            }
            if let place = location(of: "selectableFields", above: "selectableFields") {
                errors += SelectableFieldRules.validate(
                    version.list("selectableFields"), version[path: "schema", "openAPIV3Schema"] ?? [:], at: place)
            }
        }
        return errors
    }

    private func validateVersionNames(_ spec: JSONValue, _ shared: Set<String>, at path: FieldPath) -> [FieldError] {
        let versions = spec.list("versions")
        let names = versions.map { $0.text("name") }
        var errors: [FieldError] = []
        for (position, name) in names.enumerated() {
            errors += Self.joined(
                NameRule.strictLabel.faults(name), name, at: path.index(position).child("name"))
        }
        // The first version is also the version of the definition, from the time when there was one only.
        if let first = names.first, !first.isEmpty {
            errors += Self.joined(NameRule.strictLabel.faults(first), first, at: FieldPath("spec", "version"))
        }
        let shown =
            "["
            + versions.map { version in
                var own = version
                for key in shared { own[key] = nil }
                return InternalForm.text(own, as: "CustomResourceDefinitionVersion")
            }.joined(separator: ",") + "]"
        if Set(names).count != names.count {
            errors.append(.invalid(path, shown: shown, "must contain unique version names"))
        }
        if versions.count(where: { $0["storage"] == true }) != 1 {
            errors.append(
                .invalid(
                    path, shown: spec["versions"] == nil ? "null" : shown,
                    "must have exactly one version marked as storage version"))
        }
        return errors
    }

    private func validateDeprecation(_ version: JSONValue, at path: FieldPath) -> [FieldError] {
        guard let warning = version["deprecationWarning"] else { return [] }
        if version["deprecated"] != true {
            return [.invalid(path, warning, "can only be set for deprecated versions")]
        }
        let text = warning.string ?? ""
        if text.isEmpty { return [.invalid(path, warning, "must not be an empty string")] }
        return text.utf8.count > 256 ? [.invalid(path, warning, "must be <= 256 characters long")] : []
    }

    private func validateSchema(_ version: JSONValue, former: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let schema = version[path: "schema", "openAPIV3Schema"] else { return [] }
        do {
            let isNew = schema != former?[path: "schema", "openAPIV3Schema"]
            _ = try StructuralSchema(openAPIV3: schema, at: path, limitsCosts: isNew)
            return []
        } catch {
            return error.errors
        }
    }

    private func validateColumns(_ columns: [JSONValue], at path: FieldPath) -> [FieldError] {
        let types = ["boolean", "date", "integer", "number", "string"]
        let formats = ["byte", "date", "date-time", "double", "float", "int32", "int64", "password"]
        var errors: [FieldError] = []
        for (position, column) in columns.enumerated() {
            let place = path.index(position)
            if column.text("name").isEmpty { errors.append(.required(place.child("name"))) }
            let type = column.text("type")
            if type.isEmpty {
                errors.append(
                    .required(place.child("type"), "must be one of \(types.joined(separator: ","))"))
            } else if !types.contains(type) {
                errors.append(
                    .invalid(
                        place.child("type"), .string(type), "must be one of \(types.joined(separator: ","))"))
            }
            let format = column.text("format")
            if !format.isEmpty, !formats.contains(format) {
                errors.append(
                    .invalid(
                        place.child("format"), .string(format), "must be one of \(formats.joined(separator: ","))"))
            }
            errors += validatePath(column.text("jsonPath"), at: place.child("JSONPath"))
        }
        return errors
    }

    private func validatePath(_ text: String, at path: FieldPath) -> [FieldError] {
        if text.isEmpty { return [.required(path)] }
        return text.hasPrefix(".") ? [] : [.invalid(path, .string(text), "must be a simple json path starting with .")]
    }

    private func validateScale(_ scale: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let scale else { return [] }
        var errors: [FieldError] = []
        func check(_ key: String, _ roots: [String], _ words: String) {
            let text = scale.text(key)
            let place = path.child("scale", key)
            let faults = validatePath(text, at: place)
            errors += faults
            if faults.isEmpty, !roots.contains(where: text.hasPrefix) {
                errors.append(.invalid(place, .string(text), "should be a json path under \(words)"))
            }
        }
        check("specReplicasPath", [".spec."], ".spec")
        check("statusReplicasPath", [".status."], ".status")
        if !scale.text("labelSelectorPath").isEmpty {
            check("labelSelectorPath", [".spec.", ".status."], "either .spec or .status")
        }
        return errors
    }
}
