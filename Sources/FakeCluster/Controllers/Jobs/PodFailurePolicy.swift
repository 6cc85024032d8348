import KubeObjects

/// What a Job makes of a failed pod (KEP-3329).
struct PodFailurePolicy: Sendable {
    /// What a rule says.
    enum Action: String, Sendable {
        case failJob = "FailJob", failIndex = "FailIndex", ignore = "Ignore", count = "Count"
    }

    /// What the first rule that holds says of a pod.
    struct Verdict: Sendable {
        var action: Action
        /// What holds, in the words of the condition's message.
        var message: String
    }

    private let rules: [JSONValue]

    init(_ json: JSONValue) { rules = json["rules"]?.array ?? [] }

    /// The verdict of the first rule that holds; nil if none does, and the failure counts.
    func verdict(on pod: JobPod) -> Verdict? {
        for (index, rule) in rules.enumerated() {
            guard let action = rule["action"]?.string.flatMap(Action.init), let finding = finding(rule, pod) else {
                continue
            }
            return Verdict(action: action, message: "\(finding) matching \(action.rawValue) rule at index \(index)")
        }
        return nil
    }

    private func finding(_ rule: JSONValue, _ pod: JobPod) -> String? {
        let place = "\(pod.object.namespace ?? "")/\(pod.name)"
        if let requirement = rule["onExitCodes"] {
            return exitCode(requirement, pod).map {
                "Container \($0.container) for pod \(place) failed with exit code \($0.code)"
            }
        }
        for pattern in rule["onPodConditions"]?.array ?? [] {
            let type = pattern["type"]?.string ?? ""
            let status = pattern["status"]?.string ?? "True"
            let conditions = pod.object[path: "status", "conditions"]?.array ?? []
            if conditions.contains(where: { $0["type"]?.string == type && $0["status"]?.string == status }) {
                return "Pod \(place) has condition \(type)"
            }
        }
        return nil
    }

    /// The first failed container whose exit code the requirement names.
    private func exitCode(_ requirement: JSONValue, _ pod: JobPod) -> (container: String, code: Int64)? {
        let values = Set((requirement["values"]?.array ?? []).compactMap(\.integer))
        let isIn = requirement["operator"]?.string == "In"
        let statuses =
            (pod.object[path: "status", "containerStatuses"]?.array ?? [])
            + (pod.object[path: "status", "initContainerStatuses"]?.array ?? [])
        for status in statuses {
            guard let code = status["state"]?["terminated"]?["exitCode"]?.integer, code != 0,
                let name = status["name"]?.string,
                requirement["containerName"]?.string.map({ $0 == name }) ?? true, values.contains(code) == isIn
            else { continue }
            return (name, code)
        }
        return nil
    }
}

/// When an Indexed Job has succeeded although not all indexes have (KEP-3998).
struct SuccessPolicy: Sendable {
    private let rules: [JSONValue]

    init(_ json: JSONValue) { rules = json["rules"]?.array ?? [] }

    /// The message of the first rule that holds.
    func match(_ succeeded: IndexIntervals, completions: Int) -> String? {
        for (index, rule) in rules.enumerated() {
            let wanted = rule["succeededIndexes"]?.string.map { IndexIntervals($0, below: completions) }
            let counted: Int
            if let wanted {
                counted = wanted.count + succeeded.count - wanted.union(succeeded).count
            } else {
                counted = succeeded.count
            }
            let needed = rule["succeededCount"]?.integer.flatMap { Int(exactly: $0) } ?? wanted?.count ?? .max
            if counted >= needed { return "Matched rules at index \(index)" }
        }
        return nil
    }
}
