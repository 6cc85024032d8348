import KubeObjects
import KubeSchema

// Where a pod may run: tolerations, affinities, spread.
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
        return errors
    }

    private func validate(pods term: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for key in ["labelSelector", "namespaceSelector"] {
            guard let selector = term[key] else { continue }
            errors += LabelSelectorValidation.validate(selector, at: path.child(key))
        }
        let key = term.text("topologyKey")
        if key.isEmpty { errors.append(.required(path.child("topologyKey"), "can not be empty")) }
        return errors + NameValidation.labelName(key).map { .invalid(path.child("topologyKey"), .string(key), $0) }
    }

    func validateSpread(at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, constraint) in spec.list("topologySpreadConstraints").enumerated() {
            let place = path.index(position)
            if constraint.number("maxSkew") <= 0 {
                errors.append(
                    .invalid(
                        place.child("maxSkew"), .integer(constraint.number("maxSkew")), "must be greater than zero"))
            }
            if constraint.text("topologyKey").isEmpty {
                errors.append(.required(place.child("topologyKey"), "can not be empty"))
            }
            let choices = ["DoNotSchedule", "ScheduleAnyway"]
            if !choices.contains(constraint.text("whenUnsatisfiable")) {
                errors.append(
                    .notSupported(
                        place.child("whenUnsatisfiable"), .string(constraint.text("whenUnsatisfiable")),
                        supported: choices))
            }
            if let selector = constraint["labelSelector"] {
                errors += LabelSelectorValidation.validate(selector, at: place.child("labelSelector"))
            }
        }
        return errors + validateSpreadIsSaidOnce(at: path)
    }

    /// A key is spread in each of the two ways once.
    private func validateSpreadIsSaidOnce(at path: FieldPath) -> [FieldError] {
        let kinds = spec.list("topologySpreadConstraints").map {
            "{\($0.text("topologyKey")), \($0.text("whenUnsatisfiable"))}"
        }
        return kinds.indices.filter { kinds[($0 + 1)...].contains(kinds[$0]) }.map { position in
            .duplicate(
                path.index(position).child("{topologyKey, whenUnsatisfiable}"), .string(kinds[position]))
        }
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
