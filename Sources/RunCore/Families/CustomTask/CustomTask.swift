public import KubeObjects

/// A Run or CustomRun: what is to be run, and how often and how long it is tried.
public struct CustomTask: Sendable, Hashable {
    /// The whole object.
    public var object: KubeObject
    /// Which of the two it is.
    public var kind: CustomTaskKind

    /// Reads an object; nothing is checked.
    public init(_ object: KubeObject, kind: CustomTaskKind) {
        self.object = object
        self.kind = kind
    }

    var spec: JSONValue? { object["spec"] }
    /// `spec.ref` or `spec.customRef`.
    var reference: JSONValue? { spec?[kind.referenceField].nonNull }
    /// `spec.spec` or `spec.customSpec`.
    var embedded: JSONValue? { spec?[kind.embeddedField].nonNull }

    /// What is to be run, if it is ours to run: apiVersion and kind are exactly those of a target. Everything else is
    /// somebody else's, and must not be touched.
    var target: CustomTaskTarget? {
        let named = reference ?? embedded
        guard let apiVersion = named?["apiVersion"]?.string, let kind = named?["kind"]?.string else { return nil }
        return CustomTaskTarget.all.first { $0.resource.apiVersion == apiVersion && $0.resource.kind == kind }
    }

    /// The object that the run refers to; nil if it names none, or one that cannot be referred to.
    var targetReference: RunReference? {
        guard embedded == nil, let target, target.isReferable, let name = reference?["name"]?.string, !name.isEmpty
        else { return nil }
        let namespace = target.resource.isNamespaced ? object.namespace ?? "" : ""
        return RunReference(resource: target.resource, key: ObjectKey(namespace: namespace, name: name))
    }

    /// The JobTemplate that is to be run, as JobRuns refer to it; nil if it is something else, or embedded.
    var jobTemplate: RunReference? {
        guard let reference = targetReference,
            reference.resource.definitionName == JobTemplateFamily.jobTemplates.definitionName
        else { return nil }
        return JobTemplateFamily.reference(to: reference.key.name, from: object)
    }

    /// The labels by which what a run makes is known.
    var ownLabels: JSONObject {
        [
            LabelKey.managedBy: .string(LabelKey.managedByValue),
            kind.label: .string(LabelValue.name(object.name ?? "")),
        ]
    }

    /// Whether the run was asked to end: `spec.status` is `RunCancelled`, for both kinds.
    public var isCancelled: Bool { statusRequest == Self.cancelRequest }

    /// The one request that `spec.status` can hold.
    static let cancelRequest = "RunCancelled"

    /// `spec.status`; nil if empty.
    var statusRequest: String? { spec?["status"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    /// `spec.statusMessage`; nil if empty.
    var statusMessage: String? { spec?["statusMessage"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    /// How often a failed attempt is repeated. Nobody lives to see more than 32 bits of them.
    var retries: Int { spec?["retries"]?.integer.map { max(0, Int(Int32(clamping: $0))) } ?? 0 }

    /// The time limit; nil if there is none. A text that is no duration counts as not there: the plan refuses it.
    func timeout(_ settings: RunSettings) -> Duration? {
        let own = spec?["timeout"]?.string.flatMap { try? GoDuration.parse($0) }.flatMap { $0 < .zero ? nil : $0 }
        let timeout = own ?? settings.customTaskTimeout
        return timeout == .zero ? nil : timeout
    }

    /// Whether the time limit is for all attempts together: Tekton's page has it so for Run, and not for CustomRun.
    func isTimeoutTotal(_ settings: RunSettings) -> Bool { kind == .run && settings.runTimeoutScope == .total }

    /// When the current attempt is over; nil if it has no limit or has not begun.
    ///
    /// A Job whose outcome is settled has a moment more to account for its pods.
    /// - Parameter job: The Job of the attempt, if there is one: it tells when the attempt began if the status does not.
    func deadline(_ status: CustomTaskStatus, job: ObservedJob?, _ settings: RunSettings) -> Timestamp? {
        guard let timeout = timeout(settings) else { return nil }
        let first = isTimeoutTotal(settings) ? status.firstStartTime : nil
        guard let start = first ?? status.startTime ?? job?.creationTimestamp else { return nil }
        return start + timeout + (job?.isEnding == true ? settings.settleTime : .zero)
    }
}

extension JSONValue? {
    /// The value, if it is there and not null.
    var nonNull: JSONValue? {
        guard let self, !self.isNull else { return Self.none }
        return self
    }
}
