import KubeObjects

/// Amounts by the names of resources.
typealias ResourceAmounts = [String: Quantity]

/// What a pod as a whole asks for or is limited to (`component-helpers/resource`): its containers together, but not less than
/// any init container needs while it runs.
enum PodResources {
    /// - Parameter kind: `requests` or `limits`.
    static func total(_ kind: String, of spec: JSONValue) -> ResourceAmounts {
        var running: ResourceAmounts = [:]
        for container in spec.list("containers") { running.add(amounts(kind, of: container)) }
        var sidecars: ResourceAmounts = [:]
        var starting: ResourceAmounts = [:]
        for container in spec.list("initContainers") {
            var needed = sidecars
            needed.add(amounts(kind, of: container))
            if container.text("restartPolicy") == "Always" { sidecars = needed }
            starting.merge(needed) { max($0, $1) }
        }
        running.add(sidecars)
        running.merge(starting) { max($0, $1) }
        for (name, amount) in ResourceAmounts(spec["overhead"] ?? [:]) where kind == "requests" || running[name] != nil
        {
            running.add([name: amount])
        }
        return running
    }

    /// What one container asks for or is limited to.
    static func amounts(_ kind: String, of container: JSONValue) -> ResourceAmounts {
        ResourceAmounts(container["resources"]?[kind] ?? [:])
    }
}

extension ResourceAmounts {
    /// Reads a map of quantities.
    init(_ json: JSONValue) {
        self.init()
        for (name, value) in json.object ?? [:] { self[name] = value.quantity }
    }

    /// Adds amounts, each to that of its name.
    mutating func add(_ others: ResourceAmounts) {
        for (name, amount) in others { self[name] = self[name].map { $0 + amount } ?? amount }
    }

    /// The amounts of these names.
    func only(_ names: some Sequence<String>) -> ResourceAmounts {
        var result: ResourceAmounts = [:]
        for name in names { result[name] = self[name] }
        return result
    }

    /// As messages show amounts: `cpu=1,memory=1Gi`.
    var text: String {
        sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }

    /// As objects carry them.
    var json: JSONValue {
        .object(JSONObject(sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.description)) }))
    }
}
