import KubeObjects

/// What the security levels say of one pod (`pod-security-admission/policy`).
struct PodSecurityChecks: Sendable {
    /// What a pod breaks: in a few words, and where.
    struct Violation: Sendable, Hashable {
        var reason: String
        var detail: String
    }

    /// One check: its name, which says where it comes, the version of Kubernetes 1 that it came with, and what it finds.
    typealias Check = (id: String, since: Int, find: @Sendable (PodSecurityChecks) -> Violation?)

    /// The pod's specification.
    let spec: JSONValue
    /// The pod's annotations.
    let annotations: [String: String]

    /// The first words about a pod that breaks a level; nil if it does not.
    func violation(of standard: PodSecurityPolicy.Standard) -> String? {
        let found = violations(of: standard)
        return found.isEmpty ? nil : found.map { "\($0.reason) (\($0.detail))" }.joined(separator: ", ")
    }

    /// All that a pod breaks of a level.
    func violations(of standard: PodSecurityPolicy.Standard) -> [Violation] {
        let checks: [Check] =
            switch standard.level {
            case .privileged: []
            case .baseline: (Self.baseline + Self.onlyBaseline).sorted { $0.id < $1.id }
            case .restricted: Self.baseline + Self.restricted
            }
        return checks.filter { standard.includes(since: $0.since) }.compactMap { $0.find(self) }
    }

    // MARK: - Reading

    /// All containers, in the order in which they are checked.
    var containers: [JSONValue] {
        spec.list("initContainers") + spec.list("containers") + spec.list("ephemeralContainers")
    }

    /// What the pod says for all its containers.
    var security: JSONValue { spec["securityContext"] ?? [:] }

    /// Whether the pod is one for Windows, which has no such thing as capabilities.
    var isWindows: Bool { spec["os"]?.text("name") == "windows" }

    /// The names of the containers of which something holds.
    func names(_ holds: (_ container: JSONValue, _ security: JSONValue) -> Bool) -> [String] {
        containers.filter { holds($0, $0["securityContext"] ?? [:]) }.map { $0.text("name") }
    }

    // MARK: - Words

    /// `container "a"`, `containers "a", "b"`.
    static func containers(_ names: [String]) -> String { "\(plural("container", names)) \(quoted(names))" }

    static func plural(_ word: String, _ list: [some Any]) -> String { list.count == 1 ? word : word + "s" }

    static func quoted(_ texts: [String]) -> String { texts.map { "\"\($0)\"" }.joined(separator: ", ") }

    /// Who has set something: the pod, containers, or both.
    static func setters(pod: Bool, _ names: [String]) -> String? {
        let setters = (pod ? ["pod"] : []) + (names.isEmpty ? [] : [containers(names)])
        return setters.isEmpty ? nil : setters.joined(separator: " and ")
    }
}

extension [String] {
    /// Each once, in order.
    var sortedOnce: [String] { Set(self).sorted() }
}
