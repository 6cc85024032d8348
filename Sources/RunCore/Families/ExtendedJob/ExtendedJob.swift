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
        /// Each time that a pod reaches a state.
        case trigger(PodTriggerRule)

        /// Whether the user starts it, each time anew.
        var isErrand: Bool { self == .now || self == .manually }
    }

    /// When a Job is started.
    /// - Throws: Why the spec does not say.
    public func start() throws(RunRejection) -> Start {
        let run = spec?["run"]?.string
        switch (run, spec?["triggers"]) {
        case (nil, nil):
            throw RunRejection(
                reason: .invalidRun, message: "spec: one of run (once, manually, now) and triggers is required")
        case (_?, _?):
            throw RunRejection(
                reason: .invalidRun, message: "spec: run and triggers exclude each other; remove one of them")
        case ("once", nil): return .once
        case ("manually", nil): return .manually
        case ("now", nil): return .now
        case (let other?, nil):
            throw RunRejection(
                reason: .invalidRun, message: "spec.run: \"\(other)\" is none of \"once\", \"manually\", \"now\"")
        case (nil, let triggers?): return .trigger(try PodTriggerRule(triggers))
        }
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
