/// Why a run is in the state that it is in, as far as this controller is the one to say so.
///
/// The list is closed; `docs/reasons.md` explains each one. Reasons that come from the Job controller
/// (`BackoffLimitExceeded`, `DeadlineExceeded`) or from the kubelet (`OOMKilled`, `Error`) are passed on as they are.
public enum RunReason: String, Sendable, Hashable, CaseIterable {
    /// The template does not exist and is waited for.
    case waitingForTemplate = "WaitingForTemplate"
    /// As many runs of the template are under way as it allows at once; the run starts when one of them is over.
    case waitingForTurn = "WaitingForTurn"
    /// As many runs of the template are under way as it allows at once, and it lets none wait.
    case tooManyRuns = "TooManyRuns"
    /// The controller has no right to read what the run refers to; it is tried again.
    case referenceForbidden = "ReferenceForbidden"
    /// The template did not exist in time.
    case templateNotFound = "TemplateNotFound"
    /// No Job can be made from the template, or the API server refuses the Job and would refuse it again.
    case invalidTemplate = "InvalidTemplate"
    /// The run itself asks for something impossible.
    case invalidRun = "InvalidRun"
    /// The template has no container of the name that the run gives.
    case containerNotFound = "ContainerNotFound"
    /// A parameter is missing, unknown, or has a value that the template does not allow.
    case invalidParameter = "InvalidParameter"
    /// The run changes what the template does not let it change.
    case overrideNotAllowed = "OverrideNotAllowed"
    /// The namespace that the Job is for does not exist, and the run does not ask for it to be made.
    case namespaceNotFound = "NamespaceNotFound"
    /// A Secret that a variable is taken from does not exist. The pod starts once it does.
    case secretNotFound = "SecretNotFound"
    /// A Secret that a variable is taken from has no such key. The pod starts once it does.
    case secretKeyNotFound = "SecretKeyNotFound"
    /// The run mounts a path of the node, and the controller's operator does not allow that.
    case hostPathNotAllowed = "HostPathNotAllowed"
    /// The run asks for something that only its system of origin can do.
    case unsupported = "Unsupported"
    /// A Job of the planned name belongs to somebody else.
    case nameConflict = "NameConflict"
    /// The API server refused the Job for now, as when a quota is used up; it is tried again.
    case jobCreateFailed = "JobCreateFailed"
    /// The API server refuses the Job's pods for now; the Job controller tries again.
    case podCreateFailed = "PodCreateFailed"
    /// The API server refuses to change or delete the Job; it is tried again.
    case jobChangeFailed = "JobChangeFailed"
    /// The run was edited, and the Job made from its former words is to go before the next one is made.
    case waitingForFormerJob = "WaitingForFormerJob"
    /// The run's Job was deleted before it was over. The run is not started again.
    case jobLost = "JobLost"
    /// Another controller has made the run's Job, and the run is not its controller.
    case begunElsewhere = "BegunElsewhere"
    /// The run was asked to end by `spec.cancel`.
    case cancelled = "Cancelled"
    /// The Job is complete.
    case completed = "Completed"
    /// A ConfigMap or Secret that the pods need does not exist and is waited for.
    case waitingForReferences = "WaitingForReferences"
    /// What the pods of a one-off refer to has changed, and is about to start it again.
    case configChanged = "ConfigChanged"
    /// The controller has not seen yet the pods that may start a Job.
    case waitingForPods = "WaitingForPods"
    /// Nothing is to be done before somebody asks for it, or a pod changes.
    case idle = "Idle"
    /// The template of an ExtendedJob is neither that of a Job nor of a pod.
    case badTemplate = "BadTemplate"
    /// The output is to be written to another namespace.
    case crossNamespaceOutput = "CrossNamespaceOutput"
    /// The output is stored.
    case outputStored = "OutputStored"
    /// The Job failed, and its output is not to be stored then.
    case outputSkipped = "OutputSkipped"
    /// The output's target exists and is not to be overwritten.
    case outputExists = "OutputExists"
    /// The output is not of the form that was asked for, or its target cannot take it.
    case invalidOutput = "InvalidOutput"
    /// The output could not be stored for now; it is tried again.
    case outputFailed = "OutputFailed"
    /// The pods were gone before their output could be stored.
    case outputLost = "OutputLost"
    /// What a Tekton run refers to did not exist in time.
    case targetNotFound = "TargetNotFound"
    /// A Tekton run names a kind, and no object of it.
    case nameRequired = "NameRequired"
    /// The spec of a Tekton run is none that Tekton would allow.
    case invalidSpec = "InvalidSpec"
    /// The `podTemplate` of a Tekton Run has a field that Tekton does not know.
    case podTemplateNotSupported = "PodTemplateNotSupported"
    /// A termination message was cut that would have held the results of a Tekton run.
    case resultsTooLarge = "ResultsTooLarge"
    /// The API server refuses for now to delete the Job of a run that is to end, or one that a run has too many; it is tried
    /// again.
    case jobDeleteFailed = "JobDeleteFailed"
    /// The end of the run could not be announced to `spec.callbackUrl`, and is not tried again. It stands in an Event and
    /// in `status.callback`, not in the run's reason.
    case callbackFailed = "CallbackFailed"
    /// The run holds a token in clear text. It stands in an Event.
    case clearTextToken = "ClearTextToken"
    /// The run holds the value of a Secret in clear text. It stands in an Event.
    case clearTextSecret = "ClearTextSecret"
    /// The template of an ExtendedJob has a field that means nothing. It stands in an Event.
    case fieldIgnored = "FieldIgnored"
    /// The server cannot tell standard output from standard error. It stands in an Event.
    case streamsMerged = "StreamsMerged"
    /// The spec of an ExtendedJob can be carried out. It stands in the condition `Ready`.
    case accepted = "Accepted"
    /// The pods that may start a Job are watched. It stands in the condition `Ready`.
    case watchingPods = "WatchingPods"
    /// A Job of an ExtendedJob goes on. It stands in the condition `Running`.
    case jobStarted = "JobStarted"
}
