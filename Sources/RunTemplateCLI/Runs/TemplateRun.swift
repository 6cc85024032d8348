import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// A run that is asked for, with everything that it takes to say what would become of it.
struct TemplateRun {
    private var request: RunRequest
    private let source: TemplateSource
    private let flags: ParameterFlags
    private let session: Session

    init(_ request: RunRequest, _ source: TemplateSource, _ flags: ParameterFlags, _ session: Session) {
        self.request = request
        self.source = source
        self.flags = flags
        self.session = session
    }

    /// The run and its Job, made by the controller's own rules.
    /// - Throws: what the controller would refuse, in its words.
    func plan() async throws -> PlannedRun {
        let template = try await source.template(request.template, session)
        var request = request
        try request.add(flags, of: template)
        let name = request.name ?? RunName.random(request.namePrefix)
        do {
            let plan = try request.plan(template: template, name: name, now: session.time.now())
            return PlannedRun(request: request, run: request.object(named: name), template: template, job: plan.job)
        } catch let rejection as RunRejection where rejection.reason == .invalidParameter {
            throw CommandFailure(
                rejection.message + unknownHint(request, template), exitCode: RunExitCode.usage)
        }
    }

    /// The nearest names for parameters that the template does not declare.
    private func unknownHint(_ request: RunRequest, _ template: JobTemplate) -> String {
        let declared = template.parameters.map(\.name)
        let unknown = request.parameters.map(\.name).first { !declared.contains($0) }
        return unknown.map { NearestName.hint(for: $0, among: declared) } ?? ""
    }
}

/// A run before it exists.
struct PlannedRun {
    /// What is asked for, parameters included.
    var request: RunRequest
    /// The JobRun under the name that it may get.
    var run: KubeObject
    /// The template.
    var template: JobTemplate
    /// The Job that the controller will make.
    var job: KubeObject

    /// How many pods must succeed; nil if the Job does not say.
    var expected: Int64? {
        job[path: "spec", "completions"]?.integer ?? job[path: "spec", "parallelism"]?.integer
    }

    /// Refuses a container that the pods will not have.
    func require(container: String?) throws(CommandFailure) {
        guard let container else { return }
        let pod = job[path: "spec", "template", "spec"]
        let all = (pod?["containers"]?.array ?? []) + (pod?["initContainers"]?.array ?? [])
        let names = all.compactMap { $0["name"]?.string }
        guard !names.contains(container) else { return }
        throw CommandFailure(
            "--exit-code-from: the template has no container \"\(container)\"; there are "
                + names.joined(separator: ", ") + NearestName.hint(for: container, among: names),
            exitCode: RunExitCode.usage)
    }

    /// What the Job has otherwise than the template, as `diff -u` shows it. Labels and annotations that every Job of
    /// ours bears are left out.
    var differences: String {
        let old = YAML.encode(["spec": .object(template.jobSpec ?? [:])], sortedKeys: true)
        var spec = job["spec"] ?? [:]
        for key in [LabelKey.jobRun, LabelKey.jobTemplate, LabelKey.managedBy] {
            spec.removeOwn(key, "labels", before: template)
        }
        for key in [AnnotationKey.jobRun, AnnotationKey.jobTemplate, AnnotationKey.defaultContainer] {
            spec.removeOwn(key, "annotations", before: template)
        }
        let new = YAML.encode(["spec": spec], sortedKeys: true)
        return UnifiedDiff.text(
            old: old, new: new, oldName: "jobtemplate/\(template.object.name ?? "")",
            newName: "job of \(OutputFormat.reference(run))")
    }
}

extension JSONValue {
    /// Removes an entry of the pod template's labels or annotations that the template itself does not have, and the map
    /// if that leaves it empty.
    fileprivate mutating func removeOwn(_ key: String, _ map: String, before template: JobTemplate) {
        let path = ["template", "metadata", map]
        guard template.object[path: "spec", "template", "metadata", map, key] == nil,
            var entries = self["template"]?["metadata"]?[map]?.object
        else { return }
        entries[key] = nil
        set(entries.isEmpty ? nil : .object(entries), at: path)
        if self["template"]?["metadata"]?.object?.isEmpty == true { set(nil, at: ["template", "metadata"]) }
    }
}

extension RunRequest {
    /// The run that a command line asks for, as far as it can be known without the template.
    init(
        _ template: String?, _ run: RunArguments, _ overrides: OverrideArguments, _ trailing: [String]
    ) throws {
        guard let template else {
            throw CommandFailure(
                "a template is missing: kubectl run-template TEMPLATE; kubectl run-template list shows what there is",
                exitCode: RunExitCode.usage)
        }
        self = try run.request(
            template: try TemplateLookup.name(template), trailing: trailing, overrides: try overrides.fields())
    }
}
