import KubeObjects
import KubeSchema

/// What a CustomResourceDefinition must be (apiextensions-apiserver, `apis/apiextensions/validation`).
extension CustomResourceDefinitionRules {
    private static let approval = "api-approved.kubernetes.io"

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        var errors = validateName(object, spec)
        errors += validateGroup(object, spec)
        errors += ChoiceRule.check(
            "scope", spec, in: ["Cluster", "Namespaced"], isRequired: true, at: FieldPath("spec"))
        errors += validateNames(spec["names"] ?? [:], at: FieldPath("spec", "names"))
        errors += validateVersions(spec)
        if spec["preserveUnknownFields"] == true {
            errors.append(
                .invalid(
                    FieldPath("spec", "preserveUnknownFields"), true,
                    "must be false in order to use defaults in the schema"))
        }
        // Webhooks are not called, so that objects of several versions differ by their apiVersion only.
        errors += ChoiceRule.check(
            "strategy", spec["conversion"] ?? [:], in: ["None"], isRequired: true, at: FieldPath("spec", "conversion"))
        return errors
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
        let path = FieldPath("spec")
        var errors = validate(object, context)
        errors += Immutability.check("group", spec, before, at: path)
        if CustomResourceDefinitionStatus(old["status"] ?? [:], now: context.now).isEstablished {
            errors += Immutability.check("scope", spec, before, at: path)
            errors += Immutability.check(
                "kind", spec["names"] ?? [:], before["names"] ?? [:], at: path.child("names"))
        }
        errors += Immutability.check("plural", spec["names"] ?? [:], before["names"] ?? [:], at: path.child("names"))
        let versions = spec.list("versions").map { $0.text("name") }
        for (position, stored) in (object["status"]?.list("storedVersions") ?? []).enumerated()
        where !versions.contains(stored.string ?? "") {
            let name = stored.string ?? ""
            errors.append(
                .invalid(
                    FieldPath("status", "storedVersions").index(position), stored,
                    "missing from spec.versions; \(name) was previously a storage version, and must remain in "
                        + "spec.versions until a storage migration ensures no data remains persisted in \(name) and "
                        + "removes \(name) from status.storedVersions"))
        }
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
        var errors = NameRule.subdomain.validate(group, at: path)
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

    private func validateNames(_ names: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        func check(_ key: String, _ name: String, at place: FieldPath, isMixedCase: Bool = false) {
            if name.isEmpty {
                errors.append(.required(place))
                return
            }
            let faults = NameRule.strictLabel.faults(isMixedCase ? name.lowercased() : name)
            errors += faults.map {
                .invalid(
                    place, .string(name), isMixedCase ? "may have mixed case, but should otherwise match: \($0)" : $0)
            }
        }
        check("plural", names.text("plural"), at: path.child("plural"))
        if !names.text("singular").isEmpty { check("singular", names.text("singular"), at: path.child("singular")) }
        check("kind", names.text("kind"), at: path.child("kind"), isMixedCase: true)
        check("listKind", names.text("listKind"), at: path.child("listKind"), isMixedCase: true)
        for list in ["shortNames", "categories"] {
            for (position, name) in names.list(list).enumerated() {
                check(list, name.string ?? "", at: path.child(list).index(position))
            }
        }
        let kind = names.text("kind")
        if !kind.isEmpty, kind == names.text("listKind") {
            errors.append(
                .invalid(path.child("listKind"), .string(kind), "kind and listKind may not be the same"))
        }
        return errors
    }

    private func validateVersions(_ spec: JSONValue) -> [FieldError] {
        let path = FieldPath("spec", "versions")
        let versions = spec.list("versions")
        let names = versions.map { $0.text("name") }
        var errors: [FieldError] = []
        if Set(names).count != names.count {
            errors.append(.invalid(path, spec["versions"], "must contain unique version names"))
        }
        if versions.count(where: { $0["storage"] == true }) != 1 {
            errors.append(
                .invalid(path, spec["versions"] ?? .null, "must have exactly one version marked as storage version"))
        }
        // What all versions have in common the server holds once, above them, and names it there.
        func isShared(_ key: String) -> Bool { versions.allSatisfy { $0[key] == versions.first?[key] } }
        for (position, version) in versions.enumerated() {
            let place = path.index(position)
            let name = version.text("name")
            if name.isEmpty {
                errors.append(.required(place.child("name")))
            } else {
                errors += NameRule.strictLabel.validate(name, at: place.child("name"))
            }
            let isFirst = position == 0
            if isFirst || !isShared("schema") {
                let schemaPath =
                    isShared("schema")
                    ? FieldPath("spec", "validation", "openAPIV3Schema") : place.child("schema", "openAPIV3Schema")
                errors += validateSchema(version, at: schemaPath)
            }
            if isFirst || !isShared("additionalPrinterColumns") {
                let columns =
                    isShared("additionalPrinterColumns")
                    ? FieldPath("spec", "additionalPrinterColumns") : place.child("additionalPrinterColumns")
                errors += validateColumns(version.list("additionalPrinterColumns"), at: columns)
            }
            if isFirst || !isShared("subresources") {
                let subresources =
                    isShared("subresources") ? FieldPath("spec", "subresources") : place.child("subresources")
                errors += validateScale(version[path: "subresources", "scale"], at: subresources.child("scale"))
            }
        }
        return errors
    }

    private func validateSchema(_ version: JSONValue, at path: FieldPath) -> [FieldError] {
        guard let schema = version[path: "schema", "openAPIV3Schema"] else {
            return [.required(path, "schemas are required")]
        }
        do {
            _ = try StructuralSchema(openAPIV3: schema, at: path)
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
            errors += validatePath(column.text("jsonPath"), at: place.child("jsonPath"))
        }
        return errors
    }

    private func validatePath(_ text: String, at path: FieldPath) -> [FieldError] {
        if text.isEmpty { return [.required(path)] }
        do {
            _ = try SimpleJSONPath(text)
            return []
        } catch {
            return [.invalid(path, .string(text), "\(error)")]
        }
    }

    private func validateScale(_ scale: JSONValue?, at path: FieldPath) -> [FieldError] {
        guard let scale else { return [] }
        var errors: [FieldError] = []
        for (key, root) in [("specReplicasPath", ".spec."), ("statusReplicasPath", ".status.")] {
            let text = scale.text(key)
            if text.isEmpty {
                errors.append(.required(path.child(key)))
            } else if !text.hasPrefix(root) {
                errors.append(
                    .invalid(path.child(key), .string(text), "should be a json path under \(root.dropLast())"))
            }
        }
        return errors
    }
}
