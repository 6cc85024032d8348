public import KubeObjects

/// An ExtendedJob: a Job that is run once, on demand, or whenever a pod changes, and whose output is kept.
public struct ExtendedJob: Sendable, Hashable {
    /// The whole object.
    public var object: KubeObject

    /// Reads an object as an ExtendedJob; nothing is checked.
    public init(_ object: KubeObject) { self.object = object }

    var spec: JSONValue? { object["spec"] }

    /// When an ExtendedJob starts a Job.
    public enum Start: Sendable, Hashable {
        /// Once in its life (`run: once`).
        case once
        /// Not before it is asked to (`run: manually`).
        case manually
        /// Now, and then not before it is asked to again (`run: now`).
        case now
        /// Never again: a one-off that had its run before it came here (`trigger.strategy: done`).
        case done
        /// Each time that a pod reaches a state.
        case trigger(PodTriggerRule)

        /// Whether the user starts it, each time anew.
        var isErrand: Bool { self == .now || self == .manually }
    }

    /// When a Job is started: as `run` or `triggers` says, or `trigger`, the word of later versions for both.
    /// - Throws: Why the spec does not say.
    public func start() throws(RunRejection) -> Start {
        let given = ["run", "triggers", "trigger"].filter { spec?[$0] != nil }
        guard let field = given.first else {
            throw RunRejection(
                reason: .invalidRun, message: "spec: one of run (once, manually, now) and triggers is required")
        }
        guard given.count == 1 else {
            throw RunRejection(
                reason: .invalidRun,
                message: "spec: \(given.joined(separator: " and ")) exclude each other; remove one of them")
        }
        switch field {
        case "run":
            let run = spec?["run"]?.string ?? ""
            guard let start = Self.starts.first(where: { $0.run == run })?.start else {
                throw RunRejection(
                    reason: .invalidRun, message: "spec.run: \"\(run)\" is none of \(Self.runs.quotedList)")
            }
            return start
        case "trigger": return try strategy()
        default: return .trigger(try PodTriggerRule(spec?["triggers"] ?? [:], at: "spec.triggers"))
        }
    }

    /// What `spec.trigger` says.
    private func strategy() throws(RunRejection) -> Start {
        let strategy = spec?["trigger"]?["strategy"]?.string ?? ""
        let rule = spec?["trigger"]?["podstate"]
        if strategy == Self.podState, let rule {
            return .trigger(try PodTriggerRule(rule, at: "spec.trigger.podstate"))
        }
        guard (strategy == Self.podState) == (rule != nil) else {
            throw RunRejection(
                reason: .invalidRun,
                message: "spec.trigger: podstate is required with strategy \"podstate\", and belongs to no other")
        }
        guard let start = Self.starts.first(where: { $0.strategy == strategy })?.start else {
            throw RunRejection(
                reason: .invalidRun,
                message: "spec.trigger.strategy: \"\(strategy)\" is none of \(Self.strategies.quotedList)")
        }
        return start
    }

    /// What `run` and `trigger.strategy` call each start.
    private static let starts: [(start: Start, run: String?, strategy: String)] = [
        (.once, "once", "once"), (.manually, "manually", "manual"), (.now, "now", "now"), (.done, nil, "done"),
    ]
    private static let podState = "podstate"
    /// The values of `run`.
    static let runs = starts.compactMap(\.run)
    /// The values of `trigger.strategy`.
    static let strategies = starts.map(\.strategy) + [podState]

    /// How it says, or would say, that it is started so, in the words in which it says that itself.
    func phrase(of start: Start) -> String {
        let words = Self.starts.first { $0.start == start }
        guard spec?["trigger"] == nil else { return "spec.trigger.strategy: \(words?.strategy ?? Self.podState)" }
        return words?.run.map { "spec.run: \($0)" } ?? "spec.triggers"
    }

    /// The change of an ExtendedJob that has it started so, in the words in which it says that itself.
    func patch(to start: Start) -> JSONValue {
        let words = Self.starts.first { $0.start == start }
        guard spec?["trigger"] != nil else { return ["spec": ["run": .string(words?.run ?? "")]] }
        return ["spec": ["trigger": ["strategy": .string(words?.strategy ?? "")]]]
    }

    /// The pods whose changes start a Job; nil if it is started otherwise, or the spec is wrong.
    public var triggerRule: PodTriggerRule? {
        guard case .trigger(let rule)? = try? start() else { return nil }
        return rule
    }

    /// Whether a one-off is run again when what it refers to changes.
    public var updatesOnConfigChange: Bool { spec?["updateOnConfigChange"]?.bool ?? false }

    /// The requested outputs.
    /// - Throws: Why they cannot be written.
    public func output() throws(RunRejection) -> [OutputTarget] {
        guard let output = spec?["output"] else { return [] }
        var targets: [OutputTarget] = []
        for stream in OutputTarget.Stream.allCases {
            guard let target = output[stream.rawValue], !target.isNull else { continue }
            targets.append(try OutputTarget(target, stream: stream, owner: object))
        }
        return targets
    }

    /// Whether a container's output is a flat JSON object whose members are to be kept one by one.
    public var outputIsJSON: Bool { spec?["output"]?["outputType"]?.string == "json" }
}

extension OutputTarget {
    fileprivate init(_ json: JSONValue, stream: Stream, owner: KubeObject) throws(RunRejection) {
        let path = "spec.output.\(stream.rawValue)"
        let named = [
            (Kind.configMap, "configRef"), (.configMap, "configMapRef"), (.secret, "secretRef"),
        ].compactMap { kind, field in json[field]?.string.map { (kind, field, $0) } }
        guard let (kind, field, text) = named.first, named.count == 1 else {
            throw RunRejection(
                reason: .invalidRun, message: "\(path): exactly one of configRef and secretRef is required")
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let name = String(parts.last ?? "")
        if parts.count == 2, parts[0] != owner.namespace ?? "" {
            throw RunRejection(
                reason: .crossNamespaceOutput,
                message: "\(path).\(field): \"\(text)\" is in another namespace; output is written to the namespace of "
                    + "the ExtendedJob, \"\(owner.namespace ?? "")\", only")
        }
        guard parts.count <= 2, NameValidation.dns1123Subdomain(name).isEmpty else {
            throw RunRejection(
                reason: .invalidRun,
                message: "\(path).\(field): \"\(text)\" is no name; \"NAME\" or \"NAMESPACE/NAME\" is expected")
        }
        self.init(
            stream: stream, kind: kind, name: name, overwrites: json["overwrite"]?.bool ?? true,
            writesOnFailure: json["writeOnFailure"]?.bool ?? false)
    }
}
