public import KubeObjects

/// `Run` of `acme.com/v1`: a whole job in a few fields at the root of the object.
public struct PlainRunFamily: EditableRunFamily {
    /// Plain runs.
    public static let runs = CustomResource(
        group: "acme.com", version: "v1", kind: "Run", plural: "runs", singular: "run")

    /// The family.
    public init() {}

    /// `plain-run`.
    public var name: String { "plain-run" }
    /// Runs of `acme.com`.
    public var runResource: CustomResource { Self.runs }
    /// None: a run says everything itself.
    public var templateResource: CustomResource? { nil }
    /// None: Secrets are only named, the kubelet reads them.
    public var referencedResources: [CustomResource] { [] }
    /// `acme.com/run`.
    public var runLabel: String { LabelKey.plainRun }
    /// The definition of Run.
    public var definitions: [KubeObject] { [PlainRun.definition] }

    /// `retries` of a Job that is under way is changed in place.
    public var accessRules: [AccessRule] { [AccessRule("batch", "jobs", ["patch"])] }

    var inPlaceFields: [String] { ["backoffLimit"] }

    func givenFields(of run: KubeObject) -> [String] { run["retries"]?.integer == nil ? [] : ["backoffLimit"] }

    /// Nothing.
    public func references(of run: KubeObject) -> [RunReference] { [] }

    func desiredPlan(of run: KubeObject, settings: RunSettings) throws(RunRejection) -> RunPlan {
        let run = PlainRun(run)
        let name = run.object.name ?? ""
        let own: JSONObject = [
            LabelKey.managedBy: .string(LabelKey.managedByValue), LabelKey.plainRun: .string(LabelValue.name(name)),
            "kblock/api-version": "acme.com-v1", "kblock/kind": "Run", "kblock/name": .string(LabelValue.name(name)),
        ]
        var labels = run.object["metadata"]?["labels"]?.object ?? [:]
        for (key, value) in own { labels[key] = value }
        let spec: JSONObject = [
            "backoffLimit": .integer(run.retries),
            "template": [
                "metadata": ["labels": .object(own)],
                "spec": .object(try run.podSpec()),
            ],
        ]
        let digest = digest(of: spec)
        let job = job(
            JobName.name(run: name, uid: "\(run.object.uid ?? "")/\(digest)"), in: run.object.namespace ?? "",
            of: run.object, labels: labels, spec: spec, digest: digest)
        return RunPlan(job: job, container: PlainRun.containerName, digest: digest)
    }

    /// All fields at the root but `retries`.
    func words(of run: KubeObject) -> JSONValue {
        var words = run.json
        for field in ["apiVersion", "kind", "metadata", "status", "retries"] { words[field] = nil }
        return .object(words)
    }

    func complete(_ status: inout JSONObject, of run: KubeObject, observation: RunObservation, job: JobReference?) {
        status["jobName"] = status["jobRef"]?["name"]
    }
}
