import KubeObjects

/// The tables of kinds that charts bring along.
extension TableConvention {
    /// `kubectl get priorityclasses`.
    static let priorityClasses = TableConvention([
        .narrow("Value", type: "integer"), .narrow("Global-Default", type: "boolean"), .age,
        .narrow("PreemptionPolicy"),
    ]) { object, now in
        [
            .name(of: object), object["value"] ?? 0, object["globalDefault"] ?? false, .age(of: object, now),
            .string(object.value.text("preemptionPolicy")),
        ]
    }

    /// `kubectl get storageclasses`.
    static let storageClasses = TableConvention([
        .narrow("Provisioner"), .narrow("ReclaimPolicy"), .narrow("VolumeBindingMode"),
        .narrow("AllowVolumeExpansion"), .age,
    ]) { object, now in
        let isDefault = object.annotations["storageclass.kubernetes.io/is-default-class"] == "true"
        return [
            .string((object.name ?? "") + (isDefault ? " (default)" : "")), .string(object.value.text("provisioner")),
            .string(object.value.text("reclaimPolicy")), .string(object.value.text("volumeBindingMode")),
            object["allowVolumeExpansion"] ?? false, .age(of: object, now),
        ]
    }

    /// `kubectl get ingresses`.
    static let ingresses = TableConvention([
        .narrow("Class"), .narrow("Hosts"), .narrow("Address"), .narrow("Ports"), .age,
    ]) { object, now in
        let spec = object["spec"] ?? [:]
        let hosts = spec.list("rules").map { $0.text("host") }.filter { !$0.isEmpty }
        let shown = hosts.prefix(3).joined(separator: ",") + (hosts.count > 3 ? " + \(hosts.count - 3) more..." : "")
        let addresses = object[path: "status", "loadBalancer", "ingress"]?.array ?? []
        return [
            .name(of: object), .orNone(spec.text("ingressClassName")), hosts.isEmpty ? "*" : .string(shown),
            .string(addresses.map { $0["ip"]?.string ?? $0.text("hostname") }.joined(separator: ",")),
            spec.list("tls").isEmpty ? "80" : "80, 443", .age(of: object, now),
        ]
    }

    /// `kubectl get ingressclasses`.
    static let ingressClasses = TableConvention([.narrow("Controller"), .narrow("Parameters"), .age]) { object, now in
        let spec = object["spec"] ?? [:]
        var parameters = "<none>"
        if let reference = spec["parameters"] {
            let group = reference.text("apiGroup")
            parameters = reference.text("kind") + (group.isEmpty ? "" : ".\(group)") + "/" + reference.text("name")
        }
        return [.name(of: object), .string(spec.text("controller")), .string(parameters), .age(of: object, now)]
    }

    /// `kubectl get horizontalpodautoscalers`.
    static let horizontalPodAutoscalers = TableConvention([
        .narrow("Reference"), .narrow("Targets"), .narrow("MinPods"), .narrow("MaxPods"), .narrow("Replicas"), .age,
    ]) { object, now in
        let spec = object["spec"] ?? [:]
        let reference = spec["scaleTargetRef"] ?? [:]
        let metrics = spec.list("metrics").map { metric -> String in
            let resource = metric["resource"] ?? [:]
            let target = resource["target"] ?? [:]
            guard !resource.text("name").isEmpty else { return "<unknown>/<auto>" }
            let goal = target["averageUtilization"]?.integer.map { "\($0)%" } ?? target.text("averageValue")
            return "\(resource.text("name")): <unknown>/\(goal)"
        }
        let more = metrics.count > 2 ? " + \(metrics.count - 2) more..." : ""
        return [
            .name(of: object), .string("\(reference.text("kind"))/\(reference.text("name"))"),
            metrics.isEmpty ? "<none>" : .string(metrics.prefix(2).joined(separator: ", ") + more),
            spec["minReplicas"]?.integer.map { .string(String($0)) } ?? "<unset>", spec["maxReplicas"] ?? 0,
            object[path: "status", "currentReplicas"] ?? 0, .age(of: object, now),
        ]
    }

    /// `kubectl get endpoints`.
    static let endpoints = TableConvention([.narrow("Endpoints"), .age]) { object, now in
        var all: [String] = []
        for subset in object.value.list("subsets") {
            let addresses = subset.list("addresses").map { $0.text("ip") }
            let ports = subset.list("ports").compactMap { $0["port"]?.integer }
            for port in ports { all += addresses.map { "\($0):\(port)" } }
            if ports.isEmpty { all += addresses }
        }
        return [.name(of: object), shortened(all), .age(of: object, now)]
    }

    /// `kubectl get endpointslices`.
    static let endpointSlices = TableConvention([
        .narrow("AddressType"), .narrow("Ports"), .narrow("Endpoints"), .age,
    ]) { object, now in
        let ports = object.value.list("ports").map { $0["port"]?.integer.map { String($0) } ?? "*" }
        let addresses = object.value.list("endpoints").flatMap { $0.list("addresses").compactMap(\.string) }
        return [
            .name(of: object), .string(object.value.text("addressType")),
            ports.isEmpty ? "<unset>" : shortened(ports), addresses.isEmpty ? "<unset>" : shortened(addresses),
            .age(of: object, now),
        ]
    }

    /// The first three of some texts, and how many there are beside them.
    private static func shortened(_ texts: [String]) -> JSONValue {
        guard texts.count > 3 else { return .joined(texts) }
        return .string(texts.prefix(3).joined(separator: ",") + " + \(texts.count - 3) more...")
    }
}
