import KubeObjects

extension PodTriggerRule {
    /// Reads `spec.triggers`, or what stands for it.
    /// - Parameter path: Where that is.
    /// - Throws: What is wrong with it.
    init(_ triggers: JSONValue, at path: String) throws(RunRejection) {
        let text = triggers["when"]?.string ?? ""
        guard let state = PodTrigger.State(rawValue: text) else {
            let known = PodTrigger.State.allCases.map(\.rawValue).quotedList
            throw RunRejection(
                reason: .invalidRun,
                message: text.isEmpty
                    ? "\(path).when is required: one of \(known)"
                    : "\(path).when: \"\(text)\" is none of \(known)")
        }
        do {
            self.init(state: state, selector: try LabelSelector(Self.canonical(triggers["selector"] ?? [:])))
        } catch {
            throw RunRejection(reason: .invalidRun, message: "\(path).selector: \(error)")
        }
    }

    /// The operators, whose letter case is free here.
    static let operators = ["In", "NotIn", "Exists", "DoesNotExist"]

    /// A selector whose operators are written as Kubernetes writes them.
    private static func canonical(_ selector: JSONValue) -> JSONValue {
        guard let expressions = selector["matchExpressions"]?.array else { return selector }
        var result = selector
        result["matchExpressions"] = .array(
            expressions.map { expression in
                let name = expression["operator"]?.string?.lowercased()
                guard let known = operators.first(where: { $0.lowercased() == name }) else { return expression }
                var expression = expression
                expression["operator"] = .string(known)
                return expression
            })
        return result
    }
}
