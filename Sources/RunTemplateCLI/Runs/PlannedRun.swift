import KubeObjects
import RunCore

extension RunRequest {
    /// The run and its Job, made by the controller's own rules.
    /// - Parameter flags: Parameters that were given as flags of their own.
    /// - Throws: what the controller would refuse, in its words.
    func planned(from template: JobTemplate, _ flags: ParameterFlags, now: Timestamp) throws -> PlannedRun {
        var request = self
        request.set(try flags.parameters(of: template))
        try request.refuseUnknownParameters(template.parameters)
        let name = request.chosenName
        let plan = try request.plan(template: template, name: name, now: now)
        return PlannedRun(request: request, run: request.object(named: name), template: template, job: plan.job)
    }

    /// Refuses a parameter that is not declared, with the nearest names, before all else: a value that is missing then
    /// is most likely its own.
    private func refuseUnknownParameters(_ declared: [JobParameter]) throws(CommandFailure) {
        let names = declared.map(\.name)
        guard let unknown = parameters.map(\.name).first(where: { !names.contains($0) }) else { return }
        throw CommandFailure(
            JobParameter.unknown(unknown, among: declared) + NearestName.hint(for: unknown, among: names),
            exitCode: RunExitCode.usage)
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

    /// Refuses a container that the pods will not have.
    func require(container: String?) throws(CommandFailure) {
        guard let container, let pod = job[path: "spec", "template", "spec"] else { return }
        try pod.require(container: container, "--exit-code-from: the template has")
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
    /// Refuses a container that a pod of this spec does not have.
    /// - Parameter owner: The flag that names it, and who ought to have it.
    func require(container: String, _ owner: String) throws(CommandFailure) {
        let all = (self["containers"]?.array ?? []) + (self["initContainers"]?.array ?? [])
        let names = all.compactMap { $0["name"]?.string }
        guard !names.contains(container) else { return }
        throw CommandFailure(
            "\(owner) no container \"\(container)\"; there are "
                + names.joined(separator: ", ") + NearestName.hint(for: container, among: names),
            exitCode: RunExitCode.usage)
    }

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
