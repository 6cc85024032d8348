import KubeObjects

extension CustomTask {
    /// What Tekton's webhook refuses, and what nobody can run. A cluster without the webhook stores it all the same.
    /// - Throws: What is wrong, for good.
    func check() throws(RunRejection) {
        try checkTarget()
        if let retries = spec?["retries"].nonNull, (retries.integer ?? -1) < 0 {
            throw Self.invalid("spec.retries: \(retries.encodedString()) is no number of retries; 0 or more is")
        }
        if let timeout = spec?["timeout"].nonNull { try Self.check(timeout: timeout) }
        if statusMessage != nil, statusRequest == nil {
            throw Self.invalid("spec.statusMessage: must be empty while spec.status is empty")
        }
        if kind == .customRun, spec?["podTemplate"].nonNull != nil {
            throw Self.invalid("spec.podTemplate: a CustomRun has none; put it into spec.customSpec.spec")
        }
    }

    private func checkTarget() throws(RunRejection) {
        let (reference, embedded) = ("spec.\(kind.referenceField)", "spec.\(kind.embeddedField)")
        if let named = self.reference {
            guard self.embedded == nil else {
                throw Self.invalid("expected exactly one, got both: \(reference), \(embedded)")
            }
            for field in ["resolver", "bundle"] where named[field].nonNull != nil {
                throw Self.invalid("\(reference).\(field): not supported; name an object of the run's namespace")
            }
            if let namespace = named["namespace"].nonNull?.string, namespace != object.namespace {
                throw Self.invalid(
                    "\(reference).namespace: \"\(namespace)\" is not the run's namespace; only objects of that are used"
                )
            }
            guard let target, target.isReferable else {
                throw Self.invalid(
                    "\(reference).kind: a \(target?.resource.kind ?? "") cannot be referred to, as it would be the run "
                        + "of somebody else; put its spec into \(embedded)")
            }
            guard named["name"]?.string?.isEmpty == false else {
                throw RunRejection(
                    reason: .nameRequired,
                    message: "\(reference).name: the name of a \(target.resource.kind) is required")
            }
        } else if let spec = self.embedded?["spec"].nonNull, spec.object == nil {
            throw Self.invalid("\(embedded).spec: must be an object, not \(spec.typeName)")
        }
    }

    private static func check(timeout: JSONValue) throws(RunRejection) {
        guard let text = timeout.string else {
            throw invalid("spec.timeout: must be a text such as \"10m\", not \(timeout.encodedString())")
        }
        let duration: Duration
        do {
            duration = try GoDuration.parse(text)
        } catch {
            throw invalid("spec.timeout: \(error); \"90s\" or \"1h30m\" would be right")
        }
        if duration < .zero { throw invalid("spec.timeout: \"\(text)\" is negative; 0 stands for no limit") }
    }

    static func invalid(_ message: String) -> RunRejection { RunRejection(reason: .invalidSpec, message: message) }

    /// `spec.params`, each name once.
    /// - Throws: `InvalidSpec` for what Tekton's webhook refuses.
    func parameters() throws(RunRejection) -> [(name: String, value: JSONValue)] {
        var names: Set<String> = []
        var parameters: [(name: String, value: JSONValue)] = []
        for (index, entry) in try entries("params").enumerated() {
            guard let name = entry["name"]?.string, !name.isEmpty else {
                throw Self.invalid("spec.params[\(index)].name: required")
            }
            guard names.insert(name).inserted else {
                throw Self.invalid("spec.params[\(name)].name: the name is there twice")
            }
            guard let value = entry["value"].nonNull else {
                throw Self.invalid("spec.params[\(name)].value: required")
            }
            parameters.append((name, value.tektonParameter))
        }
        return parameters
    }

    /// The elements of a list in the spec.
    func entries(_ field: String) throws(RunRejection) -> [JSONValue] {
        guard let value = spec?[field].nonNull else { return [] }
        guard let entries = value.array else {
            throw Self.invalid("spec.\(field): must be a list, not \(value.typeName)")
        }
        return entries
    }
}

extension JSONValue {
    /// A parameter's value as Tekton reads it: a text, a list of texts, a map of texts; everything else is the text of
    /// its JSON.
    fileprivate var tektonParameter: JSONValue {
        switch self {
        case .array(let elements) where elements.allSatisfy { $0.string != nil }: self
        case .object(let members) where members.values.allSatisfy { $0.string != nil }: self
        default: .string(parameterText)
        }
    }
}
