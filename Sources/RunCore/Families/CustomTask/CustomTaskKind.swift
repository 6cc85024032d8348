import KubeObjects

/// The two resources by which Tekton's pipelines hand a step to somebody else: the same contract in other words.
public enum CustomTaskKind: Sendable, Hashable, CaseIterable {
    /// `tekton.dev/v1alpha1` Run, which Tekton up to 0.46 makes.
    case run
    /// `tekton.dev/v1beta1` CustomRun, which Tekton from 0.44 on makes.
    case customRun
}

extension CustomTaskKind {
    /// The resource.
    public var resource: CustomResource {
        switch self {
        case .run:
            CustomResource(group: "tekton.dev", version: "v1alpha1", kind: "Run", plural: "runs", singular: "run")
        case .customRun:
            CustomResource(
                group: "tekton.dev", version: "v1beta1", kind: "CustomRun", plural: "customruns",
                singular: "customrun")
        }
    }

    /// The family's name.
    var familyName: String {
        switch self {
        case .run: "tekton-run"
        case .customRun: "tekton-custom-run"
        }
    }

    /// The field of the spec that names the kind, and maybe an object, that is to be run.
    var referenceField: String {
        switch self {
        case .run: "ref"
        case .customRun: "customRef"
        }
    }

    /// The field of the spec that holds what is to be run.
    var embeddedField: String {
        switch self {
        case .run: "spec"
        case .customRun: "customSpec"
        }
    }

    /// The label with the run's name on its Jobs and pods.
    var label: String {
        switch self {
        case .run: LabelKey.tektonRun
        case .customRun: LabelKey.tektonCustomRun
        }
    }

    /// A reason that Tekton defines for each of the two: `RunCancelled`, `CustomRunCancelled`.
    func word(_ reason: CustomTaskReason) -> String {
        reason.isPrefixed ? resource.kind + reason.rawValue : reason.rawValue
    }
}

/// The reasons of the condition `Succeeded` that Tekton defines; all others are ``RunReason``'s, the Job controller's or
/// the kubelet's.
public enum CustomTaskReason: String, Sendable, Hashable, CaseIterable {
    /// The run was seen, and no container has started.
    case started = "Started"
    /// A container has started.
    case running = "Running"
    /// An attempt has failed, and another one follows.
    case retrying = "Retrying"
    /// The Job is complete.
    case succeeded = "Succeeded"
    /// The last attempt has failed.
    case failed = "Failed"
    /// The run was asked to end.
    case cancelled = "Cancelled"
    /// The time limit has passed.
    case timedOut = "TimedOut"
    /// The Run's `podTemplate` has a field that is not supported.
    case podTemplateNotSupported = "PodTemplateNotSupported"

    /// Whether the word begins with the resource's kind.
    public var isPrefixed: Bool {
        switch self {
        case .cancelled, .timedOut, .podTemplateNotSupported: true
        case .started, .running, .retrying, .succeeded, .failed: false
        }
    }
}
