/// The annotations that the engine and its families write and read.
public enum AnnotationKey {
    /// Names the container that `kubectl logs` and an exit code mean; read on pods, written for `spec.container`.
    public static let defaultContainer = "kubectl.kubernetes.io/default-container"
    /// The completion index of a pod; written by the Job controller.
    public static let completionIndex = "batch.kubernetes.io/job-completion-index"
    /// The full name of the run, if it is too long for a label; written on Jobs and pods.
    public static let jobRun = "cellbytes.io/job-run"
    /// The full name of the template, if it is too long for a label; written on Jobs and pods.
    public static let jobTemplate = "cellbytes.io/job-template"
    /// Where the end of the run is to be announced; written on Jobs. The token that goes with it is never written.
    public static let callbackURL = "cellbytes.io/callback-url"
    /// The attempt that a Job is, counted from 0; written on Jobs.
    public static let attempt = "cellbytes.io/attempt"
    /// The digest of the plan that a Job was made from; written on Jobs.
    public static let planDigest = "cellbytes.io/plan-digest"
    /// The digest of the run's own words that a Job was made from; written on Jobs of runs that may be edited.
    public static let wordsDigest = "cellbytes.io/words-digest"
    /// Those fields of a Job's spec that are changed in place and that the run gives, separated by commas; written on Jobs of
    /// runs that may be edited. What else is there is somebody else's.
    public static let givenFields = "cellbytes.io/given-fields"
    /// The generation in which a run has gone back to a Job that was to be deleted; written on Jobs of runs that may be edited,
    /// so that a request to delete it which is still under way meets another Job than it is about.
    public static let takenBack = "cellbytes.io/taken-back"
    /// Name, uid, generation and digest of the template as it was used, as JSON; written on Jobs, from where every
    /// status is made, so that a controller that was stopped in between loses nothing.
    public static let template = "cellbytes.io/template"
    /// The run that a run repeats; written on runs by `kubectl run-template rerun`.
    public static let rerunOf = "cellbytes.io/rerun-of"
    /// What tells that a request to start a run was made before; written on runs by `kubectl run-template`.
    public static let idempotencyKey = "cellbytes.io/idempotency-key"
    /// Names the affinity assistant beside whose pod a task's pods must run; written by Tekton on what it makes.
    public static let affinityAssistant = "pipeline.tekton.dev/affinity-assistant"
    /// The whole manifest as it was applied; written by `kubectl apply`. It may hold secrets and is never copied.
    public static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"
}

/// The labels that the engine and its families write and select on.
public enum LabelKey {
    /// Who manages an object; ``managedByValue`` on all of ours.
    public static let managedBy = "app.kubernetes.io/managed-by"
    /// The value of ``managedBy``.
    public static let managedByValue = "run-controller"
    /// On the controller's own Deployment, whatever that and its chart are called; its value is ``managedByValue``.
    public static let component = "cellbytes.io/component"
    /// The name of the JobRun, on its Job and pods.
    public static let jobRun = "cellbytes.io/job-run"
    /// The name of the JobTemplate, on the Jobs and pods of its runs.
    public static let jobTemplate = "cellbytes.io/job-template"
    /// The name of the plain Run, on its Job and pods.
    public static let plainRun = "acme.com/run"
    /// The name of the KubernetesJob, on its Job, pods and whatever else it brings along.
    public static let kubernetesJob = "kubernetes.project-planton.org/job"
    /// The name of the Tekton Run, on its Jobs and pods.
    public static let tektonRun = "tekton.dev/run"
    /// The name of the Tekton CustomRun, on its Jobs and pods.
    public static let tektonCustomRun = "tekton.dev/customRun"
}
