import KubeObjects
import KubeSchema

/// `v1` Services. Nothing routes to them; they have addresses as a real cluster's have.
struct ServiceRules: KindRules {
    static let nodePorts: ClosedRange<Int64> = 30000...32767

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
        guard subresource == nil else { return }
        object.json.edit("spec") { Self.dropWhatWentWithType(&$0, old: old["spec"] ?? [:]) }
        guard object["spec"]?["type"] != "ExternalName" else { return }
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
            // An address that is changed is changed in the list too.
            if spec["clusterIP"] != old["spec"]?["clusterIP"], spec["clusterIPs"] == old["spec"]?["clusterIPs"],
                let address = spec["clusterIP"]
            {
                spec["clusterIPs"] = .array([address] + (spec["clusterIPs"]?.array ?? []).dropFirst())
            }
            Self.allocate(&spec)
        }
    }

    /// Takes from a service what its type before had and its type now has not, if the update did not change it.
    private static func dropWhatWentWithType(_ spec: inout JSONObject, old: JSONValue) {
        func drop(_ keys: [String], if isNeeded: (JSONValue) -> Bool) {
            guard isNeeded(old), !isNeeded(.object(spec)) else { return }
            for key in keys where spec[key] == old[key] { spec[key] = nil }
        }
        if spec["clusterIP"] == old["clusterIP"], spec["clusterIPs"] == old["clusterIPs"] {
            drop(["clusterIP", "clusterIPs"]) { $0["type"] != "ExternalName" }
        }
        drop(["ipFamilies", "ipFamilyPolicy"]) { $0["type"] != "ExternalName" }
        drop(["healthCheckNodePort"], if: isCheckedForHealth)
        drop(["allocateLoadBalancerNodePorts", "loadBalancerClass"]) { $0["type"] == "LoadBalancer" }
        drop(["externalTrafficPolicy"], if: isReachedFromOutside)
    }

    /// Whether a balancer asks each node whether it has a pod of the service.
    static func isCheckedForHealth(_ spec: JSONValue) -> Bool {
        spec["type"] == "LoadBalancer" && spec["externalTrafficPolicy"] == "Local"
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
        if isCheckedForHealth(.object(spec)) {
            spec.setDefault("healthCheckNodePort", .integer(Int64.random(in: nodePorts)))
        }
        spec.editEach("ports") { port in
            if hasNodePorts, port["nodePort"]?.integer ?? 0 == 0 {
                port["nodePort"] = .integer(Int64.random(in: nodePorts))
            }
        }
    }

    /// Whether others than the cluster's own pods may come in.
    static func isReachedFromOutside(_ spec: JSONValue) -> Bool {
        switch spec.text("type") {
        case "NodePort", "LoadBalancer": true
        case "ClusterIP": !spec.list("externalIPs").isEmpty
        default: false
        }
    }
}
