import KubeObjects
import KubeSchema

/// `v1` Services. Nothing routes to them; they have addresses as a real cluster's have.
struct ServiceRules: KindRules {
    private static let types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
    private static let nodePorts: ClosedRange<Int64> = 30000...32767

    var nameRule: NameRule { .strictLabel }
    var createsOnUpdate: Bool { true }
    var hasStatus: Bool { true }
    var table: TableConvention { .services }

    func selectableFields(_ object: KubeObject) -> [String: String] {
        let spec = object["spec"] ?? [:]
        return ["spec.clusterIP": spec.text("clusterIP"), "spec.type": spec.text("type")]
    }

    func applyDefaults(_ object: inout JSONObject) {
        object.editOrMake("spec") { spec in
            spec.setDefault("type", "ClusterIP")
            spec.setDefault("sessionAffinity", "None")
            if spec["sessionAffinity"] == "ClientIP" {
                spec.setDefault("sessionAffinityConfig", ["clientIP": ["timeoutSeconds": 10800]])
            }
            spec.editEach("ports") { port in
                port.setDefault("protocol", "TCP")
                if let number = port["port"] { port.setDefault("targetPort", number) }
            }
            let isExternal = spec["type"] == "ExternalName"
            if !isExternal { spec.setDefault("internalTrafficPolicy", "Cluster") }
            if Self.isReachedFromOutside(.object(spec)) { spec.setDefault("externalTrafficPolicy", "Cluster") }
            if spec["type"] == "LoadBalancer" { spec.setDefault("allocateLoadBalancerNodePorts", true) }
        }
        object.editOrMake("status") { $0.setDefault("loadBalancer", [:]) }
    }

    func prepareForCreate(_ object: inout KubeObject, _ context: StrategyContext) {
        object["status"] = ["loadBalancer": [:]]
        object.json.edit("spec", Self.allocate)
    }

    func prepareForUpdate(
        _ object: inout KubeObject, old: KubeObject, subresource: String?, _ context: StrategyContext
    ) {
        guard subresource == nil, object["spec"]?["type"] != "ExternalName" else { return }
        object.json.edit("spec") { spec in
            // What was allocated stays when an update leaves it out.
            for key in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] where spec[key] == nil {
                spec[key] = old["spec"]?[key]
            }
            let before = old["spec"]?.list("ports") ?? []
            spec.editEach("ports") { port in
                guard port["nodePort"]?.integer ?? 0 == 0 else { return }
                let twin = before.first { $0["port"] == port["port"] && $0["protocol"] == port["protocol"] }
                port["nodePort"] = twin?["nodePort"]
            }
            // Ports of the nodes go with the type that needs them.
            if spec["type"] == "ClusterIP" {
                spec.editEach("ports") { port in
                    if before.contains(where: { $0["nodePort"] == port["nodePort"] }) { port["nodePort"] = nil }
                }
            }
            Self.allocate(&spec)
        }
    }

    /// Gives addresses and ports to a service that needs them and has none.
    private static func allocate(_ spec: inout JSONObject) {
        guard spec["type"] != "ExternalName" else { return }
        if spec["clusterIP"]?.string?.isEmpty ?? true {
            spec["clusterIP"] =
                spec["clusterIPs"]?[0]
                ?? .string(
                    "10.96.\(Int.random(in: 1...255)).\(Int.random(in: 1...254))")
        }
        if let address = spec["clusterIP"] { spec.setDefault("clusterIPs", [address]) }
        spec.setDefault("ipFamilies", ["IPv4"])
        spec.setDefault("ipFamilyPolicy", "SingleStack")
        let hasNodePorts =
            spec["type"] == "NodePort"
            || (spec["type"] == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] != false)
        spec.editEach("ports") { port in
            if hasNodePorts, port["nodePort"]?.integer ?? 0 == 0 {
                port["nodePort"] = .integer(Int64.random(in: nodePorts))
            }
        }
    }

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
        errors += validateReach(spec, at: path)
        for (position, address) in spec.list("clusterIPs").enumerated() where address != "None" {
            let text = address.string ?? ""
            if NetworkAddress.isIPv4(text) || NetworkAddress.isIPv6(text) { continue }
            errors.append(
                .invalid(
                    path.child("clusterIPs").index(position), address,
                    "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"))
        }
        return errors + validate(ports: ports, at: path.child("ports"))
            + validate(nodePorts: ports, type: spec.text("type"), at: path.child("ports"))
    }

    /// Whether others than the cluster's own pods may come in.
    private static func isReachedFromOutside(_ spec: JSONValue) -> Bool {
        switch spec.text("type") {
        case "NodePort", "LoadBalancer": true
        case "ClusterIP": !spec.list("externalIPs").isEmpty
        default: false
        }
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
        for (position, address) in spec.list("externalIPs").enumerated() {
            let text = address.string ?? ""
            if NetworkAddress.isIPv4(text) || NetworkAddress.isIPv6(text) { continue }
            errors.append(
                .invalid(
                    path.child("externalIPs").index(position), address,
                    "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"))
        }
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
                    FieldPath("spec", "clusterIPs").index(0), spec["clusterIP"], "may not change once set"))
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
