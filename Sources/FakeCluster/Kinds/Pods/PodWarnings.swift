import KubeObjects
import KubeSchema

/// What of a pod's spec is allowed and yet probably not meant (Kubernetes v1.36, `api/pod/warnings`).
enum PodWarnings {
    /// The warnings of a workload with a pod template: of its name, which its pods' names and host names begin with, and
    /// of the template's spec.
    static func workload(_ object: KubeObject, old: KubeObject?, template: [String]) -> [String] {
        func spec(_ object: KubeObject) -> JSONValue? { template.reduce(object.value) { $0?[$1] } }
        guard let new = spec(object), new != old.flatMap(spec) else { return [] }
        let path = template.reduce(FieldPath.root) { $0.child($1) }
        let name = old == nil ? nameWarnings(object, "this is used in Pod names and hostnames") : []
        return name + warnings(of: new, at: path)
    }

    /// The warnings of a pod itself.
    static func pod(_ pod: KubeObject, old: KubeObject?) -> [String] {
        guard let spec = pod["spec"], spec != old?["spec"] else { return [] }
        let name = old == nil ? nameWarnings(pod, "this is used in the Pod's hostname") : []
        return name + warnings(of: spec, at: FieldPath("spec"))
    }

    private static func nameWarnings(_ object: KubeObject, _ use: String) -> [String] {
        let faults = NameRule.label.faults(object.name ?? "")
        guard !faults.isEmpty else { return [] }
        return [
            "metadata.name: \(use), which can result in surprising behavior; a DNS label is recommended: "
                + "[\(faults.joined(separator: " "))]"
        ]
    }

    private static func warnings(of spec: JSONValue, at path: FieldPath) -> [String] {
        var warnings: [String] = []
        if let period = spec["terminationGracePeriodSeconds"]?.integer, period < 0 {
            warnings.append(
                "\(path.child("terminationGracePeriodSeconds")): must be >= 0; negative values are invalid and will be "
                    + "treated as 1")
        }
        for list in ["initContainers", "containers"] {
            for (position, container) in spec.list(list).enumerated() {
                let place = path.child(list).index(position)
                warnings += hiddenVariables(container.list("env"), at: place.child("env"))
                warnings += fractionalBytes(container["resources"] ?? [:], at: place.child("resources"))
            }
        }
        return warnings
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
