import KubeObjects
import KubeSchema

/// The rules for the kernel parameters that a pod sets.
enum SysctlValidation {
    private static let maximum = 253
    private static let segment = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
    private static let message =
        "must have at most \(maximum) characters and match regex ^(\(segment)[\\./])*\(segment)$"

    /// Where the kernel keeps a parameter apart for each pod, and which of a pod's switches gives that up.
    private static let namespaces: [(prefix: String, shared: String)] = [
        ("kernel.shm", "hostIPC"), ("kernel.msg", "hostIPC"), ("fs.mqueue.", "hostIPC"), ("net.", "hostNetwork"),
    ]

    /// The faults of the parameters of a pod's spec.
    static func validate(_ spec: JSONValue, at path: FieldPath) -> [FieldError] {
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, parameter) in (spec["securityContext"] ?? [:]).list("sysctls").enumerated() {
            let place = path.index(position).child("name")
            let name = parameter.text("name")
            if name.isEmpty {
                errors.append(.required(place))
            } else if !isValid(name) {
                errors.append(.invalid(place, .string(name), message))
            } else if names.contains(name) {
                errors.append(.duplicate(place, .string(name)))
            }
            if let shared = sharedNamespace(of: name), spec[shared] == true {
                errors.append(.invalid(place, .string(name), "may not be specified when '\(shared)' is true"))
            }
            names.insert(name)
        }
        return errors
    }

    /// Whether a name is made of segments with dots or slashes between them.
    private static func isValid(_ name: String) -> Bool {
        func isAlphanumeric(_ character: Character) -> Bool {
            ("a"..."z").contains(character) || ("0"..."9").contains(character)
        }
        return name.utf8.count <= maximum
            && name.split(omittingEmptySubsequences: false) { "./".contains($0) }.allSatisfy { segment in
                segment.first.map(isAlphanumeric) ?? false && segment.last.map(isAlphanumeric) ?? false
                    && segment.allSatisfy { isAlphanumeric($0) || $0 == "-" || $0 == "_" }
            }
    }

    private static func sharedNamespace(of name: String) -> String? {
        let dotted = withDots(name)
        if dotted == "kernel.sem" { return "hostIPC" }
        return namespaces.first { dotted.hasPrefix($0.prefix) }?.shared
    }

    /// A name whose first separator is a slash has the two kinds the other way round.
    private static func withDots(_ name: String) -> String {
        guard name.first(where: { "./".contains($0) }) == "/" else { return name }
        return String(name.map { $0 == "/" ? "." : $0 == "." ? "/" : $0 })
    }
}
