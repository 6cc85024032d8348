public import KubeObjects

/// A JobRun: a template's name and what is different this time.
public struct JobRun: Sendable, Hashable {
    /// The whole object.
    public var object: KubeObject

    /// Reads an object as a JobRun; nothing is checked.
    public init(_ object: KubeObject) { self.object = object }

    private var spec: JSONValue? { object["spec"] }

    /// `spec.templateRef`: a JobTemplate in the run's own namespace; nil if absent or empty.
    public var templateRef: String? { text("templateRef") }
    /// `spec.container`: the container that command, args and the other overrides of a container are for.
    public var container: String? { text("container") }
    /// `spec.suspend`; nil leaves the template's and the Job's own value alone.
    public var suspend: Bool? { spec?["suspend"]?.bool }
    /// `spec.cancel`: whether the run is to end now.
    public var isCancelled: Bool { spec?["cancel"]?.bool ?? false }
    /// `spec.callbackUrl`: where to announce the end of the run; nil if absent or empty.
    public var callbackURL: String? { text("callbackUrl") }

    /// Whether an end in this phase is to be announced, as `spec.callbackOn` says.
    public func announces(_ phase: RunPhase) -> Bool {
        guard callbackURL != nil, phase.isFinal else { return false }
        return switch text("callbackOn").flatMap(CallbackOccasion.init) ?? .always {
        case .always: true
        case .success: phase == .succeeded
        case .failure: phase != .succeeded
        }
    }

    /// `spec.callbackToken`, or where `spec.callbackTokenSecretRef` says that the token is; nil if there is none.
    public var callbackToken: CallbackRequest.Token? {
        if let reference = spec?["callbackTokenSecretRef"], let name = reference["name"]?.string,
            let key = reference["key"]?.string
        {
            return .secret(ObjectKey(namespace: object.namespace ?? "", name: name), key: key)
        }
        return text("callbackToken").map { .text($0) }
    }

    /// `spec.parameters` by name; of a name that is there twice the last value counts.
    public var parameters: [(name: String, value: JSONValue)] {
        (spec?["parameters"]?.array ?? []).compactMap { entry in
            entry["name"]?.string.map { ($0, entry["value"] ?? .null) }
        }
    }

    /// A field of the spec that changes something of the template; nil if it is absent, null or an empty list, which
    /// all mean "as the template has it".
    func override(_ field: String) -> JSONValue? {
        guard let value = spec?[field], !value.isNull else { return nil }
        // Not a conditional expression: its nil would be the JSON value null.
        if value.array?.isEmpty == true || value.object?.isEmpty == true { return nil }
        return value
    }

    private func text(_ field: String) -> String? {
        guard let value = spec?[field]?.string, !value.isEmpty else { return nil }
        return value
    }
}

/// The ends of a run that are announced: `spec.callbackOn`.
enum CallbackOccasion: String, CaseIterable {
    /// All.
    case always = "Always"
    /// Success only.
    case success = "Success"
    /// All others only.
    case failure = "Failure"
}
