import KubeObjects
import RunCore

/// The run that a command line asks for.
struct RunRequest: Hashable {
    /// The namespace of run and template; that of the connection unless set.
    var namespace = "default"
    var template: String
    /// The run's name; nil for one that begins with ``generateName``.
    var name: String?
    /// What a generated name begins with; nil for the template's name and a dash.
    var generateName: String?
    var container: String?
    var command: [String] = []
    var args: [String] = []
    /// Parameters by name, in order.
    var parameters: [Parameter] = []
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]

    struct Parameter: Hashable {
        var name: String
        var value: JSONValue
    }

    /// Fields of the run's spec that change the template's Job otherwise.
    var overrides: JSONObject = [:]

    /// The user's word for this start: the same word never starts a second run.
    var idempotencyKey: String?

    /// What a name that is drawn begins with.
    var namePrefix: String { generateName ?? "\(template)-" }

    /// The JobRun under a name; without one the server is to draw it (`generateName`).
    func object(named name: String?) -> KubeObject {
        var metadata: JSONObject = [:]
        if let name { metadata["name"] = .string(name) } else { metadata["generateName"] = .string(namePrefix) }
        metadata["namespace"] = .string(namespace)
        if !labels.isEmpty { metadata["labels"] = Self.map(labels) }
        if !annotations.isEmpty { metadata["annotations"] = Self.map(annotations) }
        return KubeObject([
            "apiVersion": .string(JobTemplateFamily.jobRuns.apiVersion),
            "kind": .string(JobTemplateFamily.jobRuns.kind), "metadata": .object(metadata), "spec": .object(spec),
        ])
    }

    /// The name that the run gets: given, of the key, or drawn anew with each call.
    var chosenName: String {
        name ?? idempotencyKey.map { DrawnName.name(namePrefix, for: $0) } ?? DrawnName.random(namePrefix)
    }

    /// The JobRun as it is to be created.
    var draft: RunDraft {
        RunDraft(
            family: RunTypes.standard, object: object(named: nil), name: name, prefix: namePrefix, key: idempotencyKey)
    }

    private var spec: JSONObject {
        var spec: JSONObject = ["templateRef": .string(template)]
        spec["container"] = container.map { .string($0) }
        if !command.isEmpty { spec["command"] = .array(command.map { .string($0) }) }
        if !args.isEmpty { spec["args"] = .array(args.map { .string($0) }) }
        for (name, value) in overrides { spec[name] = value }
        if !parameters.isEmpty { spec["parameters"] = .array(values) }
        return spec
    }

    /// The parameters as the run gives them; a name that is given several times is a list.
    private var values: [JSONValue] {
        var names: [String] = []
        for parameter in parameters where !names.contains(parameter.name) { names.append(parameter.name) }
        return names.map { name in
            let given = parameters.filter { $0.name == name }.map(\.value)
            return ["name": .string(name), "value": given.count == 1 ? given[0] : .array(given)]
        }
    }

    /// Gives parameters values in place of those that they have.
    mutating func set(_ values: [Parameter]) {
        let names = Set(values.map(\.name))
        parameters = parameters.filter { !names.contains($0.name) } + values
    }

    private static func map(_ entries: [String: String]) -> JSONValue {
        .object(JSONObject(entries.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }
}

extension RunRequest {
    /// The Job that the controller will make of the run, planned here by the controller's own rules: what the template
    /// does not allow is refused before anything is created.
    /// - Throws: the controller's own refusal.
    func plan(template: JobTemplate, name: String, now: Timestamp) throws -> RunPlan {
        let reference = RunReference(
            resource: JobTemplateFamily.jobTemplates, key: ObjectKey(namespace: namespace, name: self.template))
        let inputs = PlanInputs(references: [reference: template.object], now: now)
        switch JobTemplateFamily().plan(object(named: name), inputs: inputs) {
        case .create(let plan): return plan
        case .reject(let rejection): throw rejection
        case .patch, .delete, .patchRun, .wait, .none: throw CommandFailure("the run cannot be planned")
        }
    }
}
