import KubeObjects

/// When a container is run again: the first of its rules that names the exit code decides (KEP-5307), then its own policy,
/// then its pod's.
struct ContainerRestart: Sendable {
    private enum Policy: Sendable { case always, onFailure, never }

    private let rules: [JSONValue]
    private let policy: Policy

    init(of container: JSONValue, in pod: KubeObject, role: ContainerRecord.Role) {
        rules = container["restartPolicyRules"]?.array ?? []
        guard role != .ephemeral else {
            policy = .never
            return
        }
        switch container["restartPolicy"]?.string ?? pod[path: "spec", "restartPolicy"]?.string ?? "Always" {
        case "Never": policy = .never
        case "OnFailure": policy = .onFailure
        default: policy = role == .initial ? .onFailure : .always
        }
    }

    /// Whether the container runs again after such an end.
    func follows(exitCode: Int) -> Bool {
        for rule in rules {
            let codes = (rule["exitCodes"]?["values"]?.array ?? []).compactMap(\.integer)
            let isNamed = codes.contains(Int64(exitCode))
            guard rule["exitCodes"]?["operator"]?.string == "NotIn" ? !isNamed : isNamed else { continue }
            return rule["action"]?.string == "Restart"
        }
        return switch policy {
        case .always: true
        case .onFailure: exitCode != 0
        case .never: false
        }
    }
}
