import KubeObjects

extension TableConvention {
    /// `kubectl get nodes`.
    static let nodes = TableConvention([
        .narrow("Status"), .narrow("Roles"), .age, .narrow("Version"), .wide("Internal-IP"), .wide("External-IP"),
        .wide("OS-Image"), .wide("Kernel-Version"), .wide("Container-Runtime"),
    ]) { object, now in
        let status = object["status"] ?? [:]
        let info = status["nodeInfo"] ?? [:]
        func address(_ type: String) -> JSONValue {
            .orNone(status.list("addresses").first { $0.text("type") == type }?.text("address") ?? "")
        }
        func detail(_ key: String) -> JSONValue { info.text(key).isEmpty ? "<unknown>" : .string(info.text(key)) }
        return [
            .name(of: object), .string(nodeState(object)), .joined(roles(object)), .age(of: object, now),
            .string(info.text("kubeletVersion")), address("InternalIP"), address("ExternalIP"), detail("osImage"),
            detail("kernelVersion"), detail("containerRuntimeVersion"),
        ]
    }

    private static func nodeState(_ node: KubeObject) -> String {
        let ready = node["status"]?.list("conditions").first { $0.text("type") == "Ready" }
        let word = ready.map { $0.text("status") == "True" ? "Ready" : "NotReady" } ?? "Unknown"
        return node["spec"]?["unschedulable"] == true ? word + ",SchedulingDisabled" : word
    }

    private static func roles(_ node: KubeObject) -> [String] {
        let prefix = "node-role.kubernetes.io/"
        return Set(
            node.labels.compactMap { key, value in
                if key.hasPrefix(prefix), key.count > prefix.count { return String(key.dropFirst(prefix.count)) }
                return key == "kubernetes.io/role" && !value.isEmpty ? value : nil
            }
        ).sorted()
    }

    /// `kubectl get services`.
    static let services = TableConvention([
        .narrow("Type"), .narrow("Cluster-IP"), .narrow("External-IP"), .narrow("Port(s)"), .age, .wide("Selector"),
    ]) { object, now in
        let spec = object["spec"] ?? [:]
        let clusterIP = spec.list("clusterIPs").first?.string ?? spec.text("clusterIP")
        let ports = spec.list("ports").map { port in
            let node = port.number("nodePort")
            return "\(port.number("port"))\(node == 0 ? "" : ":\(node)")/\(port.text("protocol"))"
        }
        return [
            .name(of: object), .string(spec.text("type")), .orNone(clusterIP), .string(externalAddress(object)),
            .joined(ports), .age(of: object, now), .orNone(labels(spec["selector"])),
        ]
    }

    private static func externalAddress(_ service: KubeObject) -> String {
        let spec = service["spec"] ?? [:]
        let fixed = spec.list("externalIPs").compactMap(\.string)
        switch spec.text("type") {
        case "ExternalName": return spec.text("externalName")
        case "LoadBalancer":
            let ingress = service["status"]?["loadBalancer"]?.list("ingress") ?? []
            let addresses = ingress.map { $0.text("ip").isEmpty ? $0.text("hostname") : $0.text("ip") }
            let all = addresses.filter { !$0.isEmpty } + fixed
            return all.isEmpty ? "<pending>" : all.joined(separator: ",")
        default: return fixed.isEmpty ? "<none>" : fixed.joined(separator: ",")
        }
    }

    /// `kubectl get persistentvolumeclaims`.
    static let persistentVolumeClaims = TableConvention([
        .narrow("Status"), .narrow("Volume"), .narrow("Capacity"), .narrow("Access Modes"), .narrow("StorageClass"),
        .narrow("VolumeAttributesClass"), .age, .wide("VolumeMode"),
    ]) { object, now in
        let spec = object["spec"] ?? [:]
        let status = object["status"] ?? [:]
        let isBound = !spec.text("volumeName").isEmpty
        let abbreviations = [
            "ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP",
        ]
        let modes = isBound ? status.list("accessModes").compactMap { abbreviations[$0.string ?? ""] } : []
        return [
            .name(of: object),
            .string(object.isBeingDeleted ? "Terminating" : status.text("phase")), .string(spec.text("volumeName")),
            .string(isBound ? status["capacity"]?.text("storage") ?? "" : ""),
            .string(modes.joined(separator: ",")), .string(spec.text("storageClassName")),
            spec["volumeAttributesClassName"] ?? "<unset>", .age(of: object, now), spec["volumeMode"] ?? "<unset>",
        ]
    }

    /// `kubectl get networkpolicies`.
    static let networkPolicies = TableConvention([.narrow("Pod-Selector"), .age]) { object, now in
        [.name(of: object), selector(object["spec"]?["podSelector"]), .age(of: object, now)]
    }

    /// `kubectl get poddisruptionbudgets`.
    static let podDisruptionBudgets = TableConvention([
        .narrow("Min Available"), .narrow("Max Unavailable"), .narrow("Allowed Disruptions", type: "integer"), .age,
    ]) { object, now in
        func limit(_ key: String) -> JSONValue {
            let value = object["spec"]?[key]
            return value?.string.map { .string($0) } ?? value?.integer.map { .string(String($0)) } ?? "N/A"
        }
        return [
            .name(of: object), limit("minAvailable"), limit("maxUnavailable"),
            .integer(object["status"]?.number("disruptionsAllowed") ?? 0), .age(of: object, now),
        ]
    }

    /// `kubectl get roles` and `clusterroles`.
    static let roles = TableConvention([.narrow("Created At")]) { object, _ in
        [.name(of: object), .creation(of: object)]
    }

    /// `kubectl get rolebindings` and `clusterrolebindings`.
    static let roleBindings = TableConvention([
        .narrow("Role"), .age, .wide("Users"), .wide("Groups"), .wide("ServiceAccounts"),
    ]) { object, now in
        let subjects = object["subjects"]?.array ?? []
        func names(_ kind: String, _ text: (JSONValue) -> String) -> JSONValue {
            .string(subjects.filter { $0.text("kind") == kind }.map(text).joined(separator: ", "))
        }
        let role = object["roleRef"] ?? [:]
        return [
            .name(of: object), .string("\(role.text("kind"))/\(role.text("name"))"), .age(of: object, now),
            names("User") { $0.text("name") }, names("Group") { $0.text("name") },
            names("ServiceAccount") { "\($0.text("namespace"))/\($0.text("name"))" },
        ]
    }

    /// `kubectl get validatingadmissionpolicies`.
    static let admissionPolicies = TableConvention([
        .narrow("Validations", type: "integer"), .narrow("ParamKind"), .age,
    ]) { object, now in
        let spec = object["spec"] ?? [:]
        let kind = spec["paramKind"].map { "\($0.text("apiVersion"))/\($0.text("kind"))" } ?? "<unset>"
        return [
            .name(of: object), .integer(Int64(spec.list("validations").count)), .string(kind), .age(of: object, now),
        ]
    }

    /// `kubectl get validatingadmissionpolicybindings`.
    static let admissionPolicyBindings = TableConvention([.narrow("PolicyName"), .narrow("ParamRef"), .age]) {
        object, now in
        let spec = object["spec"] ?? [:]
        let parameters = spec["paramRef"].map { reference -> String in
            let place = [reference.text("namespace"), reference.text("name")].filter { !$0.isEmpty }
            return place.isEmpty ? "<selector>" : place.joined(separator: "/")
        }
        return [
            .name(of: object), .string(spec.text("policyName")), .string(parameters ?? "<unset>"),
            .age(of: object, now),
        ]
    }
}
