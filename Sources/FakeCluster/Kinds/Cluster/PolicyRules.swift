import KubeObjects
import KubeSchema

/// `networking.k8s.io/v1` NetworkPolicies. They are stored; nothing is filtered by them.
struct NetworkPolicyRules: KindRules {
    var hasGeneration: Bool { true }
    var table: TableConvention { .networkPolicies }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.setDefault("podSelector", [:])
            let hasEgress = spec["egress"]?.array?.isEmpty == false
            spec.setDefault("policyTypes", hasEgress ? ["Ingress", "Egress"] : ["Ingress"])
            for direction in ["ingress", "egress"] {
                spec.editEach(direction) { rule in rule.editEach("ports") { $0.setDefault("protocol", "TCP") } }
            }
        }
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors = LabelSelectorValidation.validate(spec["podSelector"] ?? [:], at: path.child("podSelector"))
        for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
            for (position, rule) in spec.list(rules).enumerated() {
                let place = path.child(rules).index(position)
                for (index, port) in rule.list("ports").enumerated() {
                    errors += validate(port: port, at: place.child("ports").index(index))
                }
                for (index, peer) in rule.list(peers).enumerated() {
                    errors += validate(peer: peer, at: place.child(peers).index(index))
                }
            }
        }
        if spec.list("policyTypes").count > 2 {
            return errors + [
                .invalid(
                    path.child("policyTypes"), spec["policyTypes"], "may not specify more than two policyTypes")
            ]
        }
        for (position, type) in spec.list("policyTypes").enumerated()
        where !["Ingress", "Egress"].contains(type.string ?? "") {
            errors.append(
                .notSupported(
                    path.child("policyTypes").index(position), type, supported: ["Ingress", "Egress"]))
        }
        return errors
    }
}

extension NetworkPolicyRules {
    private func validate(port: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors = ChoiceRule.check("protocol", port, in: ["TCP", "UDP", "SCTP"], at: path)
        let end = port["endPort"]
        guard let number = port["port"] else {
            if let end {
                errors.append(.invalid(path.child("endPort"), end, "may not be specified when `port` is not specified"))
            }
            return errors
        }
        if let name = number.string {
            if let end {
                errors.append(.invalid(path.child("endPort"), end, "may not be specified when `port` is non-numeric"))
            }
            return errors + NameValidation.portName(name).map { .invalid(path.child("port"), .string(name), $0) }
        }
        errors += NumberRule.port(number, at: path.child("port"))
        if let end {
            if end.integer ?? 0 < number.integer ?? 0 {
                errors.append(.invalid(path.child("endPort"), number, "must be greater than or equal to `port`"))
            }
            errors += NumberRule.port(end, at: path.child("endPort"))
        }
        return errors
    }

    private func validate(peer: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let selectors = ["podSelector", "namespaceSelector"].filter { peer[$0] != nil }
        for key in selectors { errors += LabelSelectorValidation.validate(peer[key] ?? [:], at: path.child(key)) }
        if let block = peer["ipBlock"] {
            let place = path.child("ipBlock")
            errors += validate(block: block, at: place)
            if !selectors.isEmpty {
                errors.append(.forbidden(path, "may not specify both ipBlock and another peer"))
            }
        } else if selectors.isEmpty {
            errors.append(.required(path, "must specify a peer"))
        }
        return errors
    }

    /// Addresses, and those of them that are not meant (`ValidateIPBlock`).
    private func validate(block: JSONValue, at path: FieldPath) -> [FieldError] {
        let text = block.text("cidr")
        if text.isEmpty { return [.required(path.child("cidr"))] }
        guard let network = IPNetwork(lenient: text) else { return [noNetwork(text, at: path.child("cidr"))] }
        return block.list("except").enumerated().compactMap { position, value in
            let place = path.child("except").index(position)
            guard let except = IPNetwork(lenient: value.string ?? "") else {
                return noNetwork(value.string ?? "", at: place)
            }
            if network.masked.contains(except.masked.address), network.length < except.length { return nil }
            return .invalid(place, value, "must be a strict subset of `cidr`")
        }
    }

    private func noNetwork(_ text: String, at path: FieldPath) -> FieldError {
        .invalid(path, .string(text), "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")
    }
}

/// `policy/v1` PodDisruptionBudgets.
struct PodDisruptionBudgetRules: KindRules {
    private static let counts = ["currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods"]

    var allowsUnconditionalUpdate: Bool { false }
    var hasGeneration: Bool { true }
    var hasStatus: Bool { true }
    var metadataChecks: MetadataChecks { MetadataChecks(asNew: 0, asChanged: 0) }
    var table: TableConvention { .podDisruptionBudgets }

    func applyDefaults(_ object: inout JSONObject) {
        object.setDefault("spec", [:])
        object.editOrMake("status") { status in
            for key in Self.counts { status.setDefault(key, 0) }
        }
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        object["status"] = .object(JSONObject(Self.counts.map { ($0, 0) }))
    }

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors: [FieldError] = []
        if spec["minAvailable"] != nil, spec["maxUnavailable"] != nil {
            errors.append(
                .invalid(
                    path, shown: InternalForm.text(spec, as: "PodDisruptionBudgetSpec"),
                    "minAvailable and maxUnavailable cannot be both set"))
        }
        for key in ["minAvailable", "maxUnavailable"] {
            errors += ShareRule.check(spec[key], at: path.child(key))
        }
        errors += ChoiceRule.check(
            "unhealthyPodEvictionPolicy", spec, in: ["AlwaysAllow", "IfHealthyBudget"], at: path)
        return errors + LabelSelectorValidation.validate(spec["selector"] ?? [:], at: path.child("selector"))
    }
}
