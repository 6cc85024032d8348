import KubeObjects
import KubeSchema

/// What of a pod's spec is allowed and yet probably not meant (Kubernetes v1.36, `api/pod/warnings`).
enum PodWarnings {
    private static let deprecatedVolumes: [(String, String)] = [
        ("photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+"), ("gitRepo", "deprecated in v1.11"),
        ("scaleIO", "deprecated in v1.16, non-functional in v1.22+"),
        ("flocker", "deprecated in v1.22, non-functional in v1.25+"),
        ("storageos", "deprecated in v1.22, non-functional in v1.25+"),
        ("quobyte", "deprecated in v1.22, non-functional in v1.25+"),
        ("glusterfs", "deprecated in v1.25, non-functional in v1.26+"),
        ("cephfs", "deprecated in v1.28, non-functional in v1.31+"),
        ("rbd", "deprecated in v1.28, non-functional in v1.31+"),
    ]
    /// What messages call the volumes that they do not call by their field.
    private static let volumeNames = ["storageos": "storageOS"]
    private static let deprecatedNodeLabels = [
        "beta.kubernetes.io/arch": "deprecated since v1.14; use \"kubernetes.io/arch\" instead",
        "beta.kubernetes.io/os": "deprecated since v1.14; use \"kubernetes.io/os\" instead",
        "failure-domain.beta.kubernetes.io/region":
            "deprecated since v1.17; use \"topology.kubernetes.io/region\" instead",
        "failure-domain.beta.kubernetes.io/zone":
            "deprecated since v1.17; use \"topology.kubernetes.io/zone\" instead",
        "beta.kubernetes.io/instance-type":
            "deprecated since v1.17; use \"node.kubernetes.io/instance-type\" instead",
    ]
    private static let deprecatedAnnotations: [(String, String)] = [
        (
            "scheduler.alpha.kubernetes.io/critical-pod",
            "non-functional in v1.16+; use the \"priorityClassName\" field instead"
        ),
        ("security.alpha.kubernetes.io/sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
        ("security.alpha.kubernetes.io/unsafe-sysctls", "non-functional in v1.11+; use the \"sysctls\" field instead"),
    ]

    /// The warnings of a workload with a pod template: of its name, which its pods' names and host names begin with, and
    /// of the template.
    static func workload(_ object: KubeObject, old: KubeObject?, template: [String]) -> [String] {
        func value(_ object: KubeObject) -> JSONValue? { template.reduce(object.value) { $0?[$1] } }
        let name = old == nil ? nameWarnings(object, "this is used in Pod names and hostnames") : []
        guard let new = value(object), new != old.flatMap(value) else { return name }
        let path = template.reduce(FieldPath.root) { $0.child($1) }
        return name + warnings(of: new, at: path)
    }

    /// The warnings of a pod itself.
    static func pod(_ pod: KubeObject, old: KubeObject?) -> [String] {
        guard pod["spec"] != nil, pod["spec"] != old?["spec"] else { return [] }
        let name = old == nil ? nameWarnings(pod, "this is used in the Pod's hostname") : []
        return name + warnings(of: pod.value, at: .root)
    }

    private static func nameWarnings(_ object: KubeObject, _ use: String) -> [String] {
        let faults = NameRule.label.faults(object.name ?? "")
        guard !faults.isEmpty else { return [] }
        return [
            "metadata.name: \(use), which can result in surprising behavior; a DNS label is recommended: "
                + "[\(faults.joined(separator: " "))]"
        ]
    }

    private static func warnings(of template: JSONValue, at root: FieldPath) -> [String] {
        let spec = template["spec"] ?? [:]
        let path = root.child("spec")
        var warnings = placement(spec, at: path)
        for (key, message) in deprecatedAnnotations where template[path: "metadata", "annotations"]?[key] != nil {
            warnings.append("\(root.child("metadata", "annotations").key(key)): \(message)")
        }
        for (position, volume) in spec.list("volumes").enumerated() {
            for (key, message) in deprecatedVolumes where volume[key] != nil {
                warnings.append(
                    "\(path.child("volumes").index(position).child(volumeNames[key] ?? key)): \(message)")
            }
        }
        warnings += repeated(spec.list("hostAliases"), "ip", at: path.child("hostAliases"))
        let secrets = path.child("imagePullSecrets")
        warnings += repeated(spec.list("imagePullSecrets"), "name", at: secrets)
        for (position, secret) in spec.list("imagePullSecrets").enumerated() where secret.text("name").isEmpty {
            warnings.append("\(secrets.index(position).child("name")): invalid empty name \"\"")
        }
        for list in ["initContainers", "containers"] {
            for (position, container) in spec.list(list).enumerated() {
                let place = path.child(list).index(position)
                warnings += fractionalBytes(container["resources"] ?? [:], at: place.child("resources"))
                warnings += hiddenVariables(container.list("env"), at: place.child("env"))
            }
        }
        warnings += ports(spec, at: path)
        if let period = spec["terminationGracePeriodSeconds"]?.integer, period < 0 {
            warnings.append(
                "\(path.child("terminationGracePeriodSeconds")): must be >= 0; negative values are invalid and will be "
                    + "treated as 1")
        }
        return warnings + affinities(spec["affinity"] ?? [:], at: path.child("affinity"))
    }

    private static func placement(_ spec: JSONValue, at path: FieldPath) -> [String] {
        var warnings: [String] = []
        for (key, _) in spec.map("nodeSelector") {
            if let message = deprecatedNodeLabels[key] {
                warnings.append("\(path.child("nodeSelector").key(key)): \(message)")
            }
        }
        for (position, constraint) in spec.list("topologySpreadConstraints").enumerated() {
            let place = path.child("topologySpreadConstraints").index(position)
            let key = constraint.text("topologyKey")
            if let message = deprecatedNodeLabels[key] {
                warnings.append("\(place.child("topologyKey")): \(key) is \(message)")
            }
            if constraint["labelSelector"] == nil {
                warnings.append("\(place.child("labelSelector")): a null labelSelector results in matching no pod")
            }
        }
        return warnings
    }

    private static func affinities(_ affinity: JSONValue, at path: FieldPath) -> [String] {
        var warnings: [String] = []
        for kind in ["podAffinity", "podAntiAffinity"] {
            let terms = affinity[kind] ?? [:]
            let required = "requiredDuringSchedulingIgnoredDuringExecution"
            let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
            var places: [FieldPath] = []
            for (position, term) in terms.list(required).enumerated() where term["labelSelector"] == nil {
                places.append(path.child(kind, required).index(position))
            }
            for (position, term) in terms.list(preferred).enumerated()
            where term[path: "podAffinityTerm", "labelSelector"] == nil {
                places.append(path.child(kind, preferred).index(position).child("podAffinityTerm"))
            }
            warnings += places.map {
                "\($0.child("labelSelector")): a null labelSelector results in matching no pod"
            }
        }
        return warnings
    }

    private static func repeated(_ elements: [JSONValue], _ key: String, at path: FieldPath) -> [String] {
        var seen: Set<String> = []
        return elements.enumerated().compactMap { position, element in
            let value = element.text(key)
            if seen.insert(value).inserted { return nil }
            return "\(path.index(position).child(key)): duplicate \(key) \(value.quoted)"
        }
    }

    /// Two ports of one number and protocol, in whatever containers: they share the pod's address.
    private static func ports(_ spec: JSONValue, at path: FieldPath) -> [String] {
        var warnings: [String] = []
        var seen: [String: [(place: FieldPath, port: JSONValue)]] = [:]
        for list in ["initContainers", "containers"] {
            for (position, container) in spec.list(list).enumerated() {
                for (index, port) in container.list("ports").enumerated() {
                    let place = path.child(list).index(position).child("ports").index(index)
                    let key = "\(port.number("containerPort"))/\(port.text("protocol"))"
                    for other in seen[key] ?? [] {
                        if let how = overlap(port, other.port) {
                            warnings.append("\(place): \(how) port definition with \(other.place)")
                        }
                    }
                    seen[key, default: []].append((place, port))
                }
            }
        }
        return warnings
    }

    private static func overlap(_ port: JSONValue, _ other: JSONValue) -> String? {
        let (address, otherAddress) = (port.text("hostIP"), other.text("hostIP"))
        let (hostPort, otherHostPort) = (port.number("hostPort"), other.number("hostPort"))
        if address == otherAddress, hostPort == otherHostPort { return "duplicate" }
        if hostPort == 0 || otherHostPort == 0 { return "overlapping" }
        return hostPort == otherHostPort && address.isEmpty != otherAddress.isEmpty ? "dangerously ambiguous" : nil
    }

    /// A second variable of one name hides the first, unless its value builds on it.
    private static func hiddenVariables(_ variables: [JSONValue], at path: FieldPath) -> [String] {
        var seen: Set<String> = []
        var warnings: [String] = []
        for (position, variable) in variables.enumerated() {
            let name = variable.text("name")
            let reference = "$(\(name))"
            let value = variable.text("value")
            let buildsOnIt = variable["valueFrom"] == nil && value != reference && value.contains(reference)
            if !seen.insert(name).inserted, !buildsOnIt {
                warnings.append(
                    "\(path.index(position)): hides previous definition of \(name.quoted), which may be dropped when "
                        + "using apply")
            }
        }
        return warnings
    }

    private static func fractionalBytes(_ resources: JSONValue, at path: FieldPath) -> [String] {
        var warnings: [String] = []
        for kind in ["limits", "requests"] {
            for name in ["memory", "ephemeral-storage"] {
                guard let value = resources[kind]?[name], let quantity = value.quantity,
                    Quantity(quantity.value) != quantity
                else { continue }
                warnings.append(
                    "\(path.child(kind).key(name)): fractional byte value \(value.text.quoted) is invalid, must be an "
                        + "integer")
            }
        }
        return warnings
    }
}

extension JSONValue {
    /// A text as it is, anything else as JSON.
    fileprivate var text: String { string ?? encodedString() }
}
