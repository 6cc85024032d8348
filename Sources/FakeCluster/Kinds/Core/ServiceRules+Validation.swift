import KubeObjects
import KubeSchema

// What a Service may say (Kubernetes v1.36, `core` validation).
extension ServiceRules {
    private static let types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
    private static let kubeletPort: Int64 = 10250

    func validate(_ object: KubeObject, _ context: StrategyContext) -> [FieldError] {
        let spec = object["spec"] ?? [:]
        let path = FieldPath("spec")
        var errors = ChoiceRule.check("type", spec, in: Self.types, isRequired: true, at: path)
        errors += ChoiceRule.check(
            "sessionAffinity", spec, in: ["ClientIP", "None"], isRequired: true, at: path)
        errors += ObjectMetaValidation.validateLabels(spec["selector"], at: path.child("selector"))
        let ports = spec.list("ports")
        if ports.isEmpty, spec["type"] != "ExternalName", spec["clusterIP"] != "None" {
            errors.append(.required(path.child("ports")))
        }
        if spec["type"] == "ExternalName", spec.text("externalName").isEmpty {
            errors.append(.required(path.child("externalName")))
        }
        if spec["type"] == "ExternalName", !spec.text("externalName").isEmpty {
            let text = spec.text("externalName")
            let name = text.hasSuffix(".") ? String(text.dropLast()) : text
            errors += NameRule.subdomain.validate(name, at: path.child("externalName"))
        }
        errors += validateAffinity(spec, at: path)
        errors += validateFamilies(spec, at: path)
        errors += validateReach(spec, at: path)
        errors += validateBalancer(spec, at: path)
        errors += Self.validateAddresses("clusterIPs", of: spec, at: path, except: "None")
        return errors + validate(ports: ports, at: path.child("ports"))
            + validate(nodePorts: ports, type: spec.text("type"), at: path.child("ports"))
    }

    /// Which clients always come to the same pod.
    private static func validateAddresses(
        _ field: String, of spec: JSONValue, at path: FieldPath, except word: JSONValue? = nil
    ) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, address) in spec.list(field).enumerated() where address != word {
            let text = address.string ?? ""
            if NetworkAddress.isIPv4(text) || NetworkAddress.isIPv6(text) { continue }
            errors.append(
                .invalid(
                    path.child(field).index(position), address,
                    "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"))
        }
        return errors
    }

    private func validateAffinity(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        let place = path.child("sessionAffinityConfig")
        let config = spec["sessionAffinityConfig"]
        switch spec.text("sessionAffinity") {
        case "None" where config != nil:
            return [.forbidden(place, "must not be set when session affinity is None")]
        case "ClientIP":
            let required = "when session affinity type is ClientIP"
            guard let config else { return [.required(place, required)] }
            guard let client = config["clientIP"] else { return [.required(place.child("clientIP"), required)] }
            let timeout = place.child("clientIP", "timeoutSeconds")
            guard let seconds = client["timeoutSeconds"] else { return [.required(timeout, required)] }
            if (1...86400).contains(client.number("timeoutSeconds")) { return [] }
            return [.invalid(timeout, seconds, "must be greater than 0 and less than 86400")]
        default: return []
        }
    }

    /// The kinds of addresses, and where a service's traffic may go.
    private func validateFamilies(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        if spec["type"] == "ExternalName" {
            return ["clusterIPs", "ipFamilies", "ipFamilyPolicy"].filter { ![nil, []].contains(spec[$0]) }
                .map { .forbidden(path.child($0), "may not be set for ExternalName services") }
        }
        var errors: [FieldError] = []
        var seen: [JSONValue] = []
        for (position, family) in spec.list("ipFamilies").enumerated() {
            let place = path.child("ipFamilies").index(position)
            if !["IPv4", "IPv6"].contains(family) {
                errors.append(.notSupported(place, family, supported: ["IPv4", "IPv6"]))
            }
            if seen.contains(family) { errors.append(.duplicate(place, family)) }
            seen.append(family)
        }
        errors += ChoiceRule.check(
            "ipFamilyPolicy", spec, in: ["PreferDualStack", "RequireDualStack", "SingleStack"], at: path)
        let addresses = spec.list("clusterIPs")
        if let first = addresses.first, first != spec["clusterIP"] {
            errors.append(
                .invalid(path.child("clusterIPs"), spec["clusterIPs"], "first value must match `clusterIP`"))
        }
        if addresses.count > 2 {
            errors.append(.invalid(path.child("clusterIPs"), spec["clusterIPs"], "may only hold up to 2 values"))
        }
        errors += ChoiceRule.check("internalTrafficPolicy", spec, in: ["Cluster", "Local"], at: path)
        return errors
            + ChoiceRule.check(
                "trafficDistribution", spec, in: ["PreferClose", "PreferSameNode", "PreferSameZone"], at: path)
    }

    /// What only a service with a balancer before it has.
    private func validateBalancer(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let refusal = "may only be used when `type` is 'LoadBalancer'"
        let isBalanced = spec["type"] == "LoadBalancer"
        if isBalanced {
            for (position, port) in spec.list("ports").enumerated() where port["port"] == .integer(Self.kubeletPort) {
                errors.append(
                    .invalid(
                        path.child("ports").index(position), port["port"],
                        "may not expose port \(Self.kubeletPort) externally since it is used by kubelet"))
            }
        } else {
            errors += ["allocateLoadBalancerNodePorts", "loadBalancerClass"].filter { spec[$0] != nil }
                .map { .forbidden(path.child($0), refusal) }
        }
        let ranges = path.child("LoadBalancerSourceRanges")
        if !isBalanced, !spec.list("loadBalancerSourceRanges").isEmpty { errors.append(.forbidden(ranges, refusal)) }
        for (position, range) in spec.list("loadBalancerSourceRanges").enumerated() {
            // Blanks around a range do not count.
            let text = (range.string ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if NetworkAddress.isCIDR(text) { continue }
            errors.append(
                .invalid(
                    ranges.index(position), .string(text),
                    "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"))
        }
        if isBalanced, let name = spec["loadBalancerClass"]?.string {
            errors += NameValidation.qualifiedName(name).map {
                .invalid(path.child("loadBalancerClass"), .string(name), $0)
            }
        }
        if !Self.isCheckedForHealth(spec), spec.number("healthCheckNodePort") != 0 {
            errors.append(
                .invalid(
                    path.child("healthCheckNodePort"), spec["healthCheckNodePort"],
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"))
        }
        return errors
    }

    /// What goes with the ways in from outside.
    private func validateReach(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        let type = spec.text("type")
        if ["NodePort", "LoadBalancer"].contains(type), spec.list("clusterIPs").first == "None" {
            errors.append(
                .invalid(
                    path.child("clusterIPs").index(0), "None", "may not be set to 'None' for \(type) services"))
        }
        errors += Self.validateAddresses("externalIPs", of: spec, at: path)
        if Self.isReachedFromOutside(spec) {
            errors += ChoiceRule.check(
                "externalTrafficPolicy", spec, in: ["Cluster", "Local"], isRequired: true, at: path)
        } else if let policy = spec["externalTrafficPolicy"]?.string, !policy.isEmpty {
            errors.append(
                .invalid(
                    path.child("externalTrafficPolicy"), .string(policy),
                    "may only be set for externally-accessible services"))
        }
        return errors
    }

    private func validate(nodePorts ports: [JSONValue], type: String, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var seen: [JSONValue] = []
        var taken: [JSONValue] = []
        for (index, port) in ports.enumerated() {
            let place = path.index(index)
            if let number = port["nodePort"]?.integer, number != 0 {
                if type == "ClusterIP" {
                    errors.append(
                        .forbidden(place.child("nodePort"), "may not be used when `type` is 'ClusterIP'"))
                } else if !Self.nodePorts.contains(number) {
                    errors.append(
                        .invalid(
                            place.child("nodePort"), .integer(number),
                            "provided port is not in the valid range. The range of valid ports is 30000-32767"))
                }
                let way: JSONValue = [port["protocol"] ?? "", .integer(number)]
                if taken.contains(way) { errors.append(.duplicate(place.child("nodePort"), .integer(number))) }
                taken.append(way)
            }
            let key: JSONValue = [
                "Name": "", "Protocol": port["protocol"] ?? "", "AppProtocol": .null, "Port": port["port"] ?? 0,
                "TargetPort": 0, "NodePort": 0,
            ]
            if seen.contains(key) {
                errors.append(
                    .init(.duplicate, field: place.description, message: "Duplicate value: \(key.encodedString())"))
            }
            seen.append(key)
        }
        return errors
    }

    func validateUpdate(_ object: KubeObject, old: KubeObject, _ context: StrategyContext) -> [FieldError] {
        var errors = validate(object, context)
        let (spec, before) = (object["spec"] ?? [:], old["spec"] ?? [:])
        if before["type"] != "ExternalName", spec["type"] != "ExternalName",
            spec["clusterIP"] != before["clusterIP"]
        {
            errors.append(
                .invalid(
                    FieldPath("spec", "clusterIPs").index(0), spec["clusterIPs"], "may not change once set"))
        }
        let loadBalancer: JSONValue = "LoadBalancer"
        if before["type"] == loadBalancer, spec["type"] == loadBalancer,
            spec["loadBalancerClass"] != before["loadBalancerClass"]
        {
            errors.append(
                .invalid(
                    FieldPath("spec", "loadBalancerClass"), spec["loadBalancerClass"] ?? .null,
                    "may not change once set"))
        }
        return errors
    }

    private func validate(ports: [JSONValue], at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, port) in ports.enumerated() {
            let place = path.index(position)
            let name = port.text("name")
            if name.isEmpty {
                if ports.count > 1 { errors.append(.required(place.child("name"))) }
            } else {
                errors += NameRule.label.validate(name, at: place.child("name"))
                if !names.insert(name).inserted { errors.append(.duplicate(place.child("name"), .string(name))) }
            }
            if let application = port["appProtocol"]?.string {
                errors += NameValidation.qualifiedName(application).map {
                    .invalid(place.child("appProtocol"), .string(application), $0)
                }
            }
            errors += NumberRule.port(port["port"] ?? 0, at: place.child("port"))
            errors += ChoiceRule.check("protocol", port, in: ["SCTP", "TCP", "UDP"], isRequired: true, at: place)
            if let target = port["targetPort"] {
                if let text = target.string {
                    errors += NameValidation.portName(text).map {
                        .invalid(place.child("targetPort"), .string(text), $0)
                    }
                } else {
                    errors += NumberRule.port(target, at: place.child("targetPort"))
                }
            }
        }
        return errors
    }
}
