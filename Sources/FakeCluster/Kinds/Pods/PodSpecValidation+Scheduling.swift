import KubeObjects
import KubeSchema

// Where a pod may run: tolerations, affinities, gates.
extension PodSpecValidation {
    func validateTolerations(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, toleration) in spec.list("tolerations").enumerated() {
            let place = path.index(position)
            let key = toleration.text("key")
            if !key.isEmpty {
                errors += NameValidation.labelName(key).map { .invalid(place.child("key"), .string(key), $0) }
            } else if toleration.text("operator") != "Exists" {
                errors.append(
                    .invalid(
                        place.child("operator"), .string(toleration.text("operator")),
                        "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
            }
            if toleration["tolerationSeconds"] != nil, toleration.text("effect") != "NoExecute" {
                errors.append(
                    .invalid(
                        place.child("effect"), .string(toleration.text("effect")),
                        "effect must be 'NoExecute' when `tolerationSeconds` is set"))
            }
            switch toleration.text("operator") {
            case "Equal", "":
                let faults = NameValidation.labelValue(toleration.text("value"))
                if !faults.isEmpty {
                    errors.append(
                        .invalid(
                            place.child("operator"), .string(toleration.text("value")), faults.joined(separator: ";")))
                }
            case "Exists":
                if !toleration.text("value").isEmpty {
                    errors.append(
                        .invalid(
                            place.child("operator"), shown: InternalForm.text(toleration, as: "Toleration"),
                            "value must be empty when `operator` is 'Exists'"))
                }
            default:
                errors.append(
                    .notSupported(
                        place.child("operator"), toleration["operator"], supported: ["Equal", "Exists"]))
            }
            errors += ChoiceRule.check(
                "effect", toleration, in: ["NoSchedule", "PreferNoSchedule", "NoExecute"], at: place)
        }
        return errors
    }

    func validateAffinity(at path: FieldPath) -> [FieldError] {
        let affinity = spec["affinity"] ?? [:]
        let required = "requiredDuringSchedulingIgnoredDuringExecution"
        let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
        let nodes = path.child("nodeAffinity")
        var errors: [FieldError] = []
        if let selector = affinity["nodeAffinity"]?[required] {
            let place = nodes.child(required, "nodeSelectorTerms")
            let terms = selector.list("nodeSelectorTerms")
            if terms.isEmpty { errors.append(.required(place, "must have at least one node selector term")) }
            for (position, term) in terms.enumerated() { errors += validate(nodes: term, at: place.index(position)) }
        }
        for (position, term) in (affinity["nodeAffinity"]?.list(preferred) ?? []).enumerated() {
            let place = nodes.child(preferred).index(position)
            errors += weight(of: term, at: place)
            errors += validate(nodes: term["preference"] ?? [:], at: place.child("preference"))
        }
        for kind in ["podAffinity", "podAntiAffinity"] {
            for (position, term) in (affinity[kind]?.list(required) ?? []).enumerated() {
                errors += validate(pods: term, at: path.child(kind, required).index(position))
            }
            for (position, term) in (affinity[kind]?.list(preferred) ?? []).enumerated() {
                let place = path.child(kind, preferred).index(position)
                errors += weight(of: term, at: place)
                errors += validate(pods: term["podAffinityTerm"] ?? [:], at: place.child("podAffinityTerm"))
            }
        }
        return errors
    }

    private func weight(of term: JSONValue, at path: FieldPath) -> [FieldError] {
        let weight = term.number("weight")
        if (1...100).contains(weight) { return [] }
        return [.invalid(path.child("weight"), .integer(weight), "must be in the range 1-100")]
    }

    private func validate(nodes term: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, requirement) in term.list("matchExpressions").enumerated() {
            let place = path.child("matchExpressions").index(position)
            let values = requirement.list("values")
            switch requirement.text("operator") {
            case "In", "NotIn":
                if values.isEmpty {
                    errors.append(
                        .required(place.child("values"), "must be specified when `operator` is 'In' or 'NotIn'"))
                }
            case "Exists", "DoesNotExist":
                if !values.isEmpty {
                    errors.append(
                        .forbidden(
                            place.child("values"),
                            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
                }
            case "Gt", "Lt":
                if values.count != 1 {
                    errors.append(
                        .required(
                            place.child("values"),
                            "must be specified single value when `operator` is 'Lt' or 'Gt'"))
                }
            case let unknown:
                errors.append(
                    .invalid(place.child("operator"), .string(unknown), "not a valid selector operator"))
            }
            let key = requirement.text("key")
            errors += NameValidation.labelName(key).map { .invalid(place.child("key"), .string(key), $0) }
        }
        for (position, requirement) in term.list("matchFields").enumerated() {
            errors += validate(nodeField: requirement, at: path.child("matchFields").index(position))
        }
        return errors
    }

    /// A node is chosen by one field of its own, its name.
    private func validate(nodeField requirement: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let values = requirement.list("values")
        if !["In", "NotIn"].contains(requirement.text("operator")) {
            errors.append(
                .invalid(
                    path.child("operator"), .string(requirement.text("operator")), "not a valid selector operator"))
        } else if values.count != 1 {
            errors.append(
                .required(
                    path.child("values"),
                    "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
        }
        guard requirement.text("key") == "metadata.name" else {
            return errors + [
                .invalid(path.child("key"), .string(requirement.text("key")), "not a valid field selector key")
            ]
        }
        for (position, value) in values.enumerated() {
            errors += NameRule.subdomain.validate(value.string ?? "", at: path.child("values").index(position))
        }
        return errors
    }

    private func validate(pods term: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for key in ["labelSelector", "namespaceSelector"] {
            guard let selector = term[key] else { continue }
            errors += LabelSelectorValidation.validate(selector, at: path.child(key))
        }
        for namespace in term.list("namespaces") {
            errors += NameRule.label.validate(namespace.string ?? "", at: path.child("namespace"))
        }
        errors += validateLabelKeys(of: term, at: path)
        let key = term.text("topologyKey")
        if key.isEmpty { errors.append(.required(path.child("topologyKey"), "can not be empty")) }
        return errors + NameValidation.labelName(key).map { .invalid(path.child("topologyKey"), .string(key), $0) }
    }

    /// The labels whose values a pod shares, or does not share, with those that a term chooses.
    private func validateLabelKeys(of term: JSONValue, at path: FieldPath) -> [FieldError] {
        let lists = ["matchLabelKeys", "mismatchLabelKeys"].map { term.list($0).map { $0.string ?? "" } }
        var errors: [FieldError] = []
        for (name, keys) in zip(["matchLabelKeys", "mismatchLabelKeys"], lists) where !keys.isEmpty {
            if term["labelSelector"] == nil {
                errors.append(.forbidden(path.child(name), "must not be specified when labelSelector is not set"))
                continue
            }
            for (position, key) in keys.enumerated() {
                errors += NameValidation.labelName(key).map {
                    .invalid(path.child(name).index(position), .string(key), $0)
                }
            }
        }
        for (position, key) in lists[0].enumerated() where lists[1].contains(key) {
            errors.append(
                .invalid(
                    path.child("matchLabelKeys").index(position), .string(key),
                    "exists in both matchLabelKeys and mismatchLabelKeys"))
        }
        return errors
    }

    /// What a pod waits for before it is scheduled, and before it is ready.
    func validateGates(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, gate) in spec.list("readinessGates").enumerated() {
            let place = path.child("readinessGates").index(position).child("conditionType")
            errors += NameValidation.qualifiedName(gate.text("conditionType")).map {
                .invalid(place, .string(gate.text("conditionType")), $0)
            }
        }
        var names: Set<String> = []
        for (position, gate) in spec.list("schedulingGates").enumerated() {
            let place = path.child("schedulingGates").index(position)
            let name = gate.text("name")
            errors += NameValidation.qualifiedName(name).map { .invalid(place, .string(name), $0) }
            if !names.insert(name).inserted { errors.append(.duplicate(place, .string(name))) }
        }
        return errors
    }
}
