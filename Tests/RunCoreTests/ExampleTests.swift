import KubeObjects
import KubeSchema
import RunCore
import TestSupport
import Testing

/// The manifests that the documentation tells people to apply.
struct ExampleTests {
    static let files = Repository.files(under: "docs/examples", endingWith: ".yaml")

    @Test(arguments: files)
    func examplesAreWhatTheDefinitionsWant(_ file: String) throws {
        let documents = try YAML.parse(Repository.text(file))
        #expect(!documents.isEmpty)
        let ours = Set(Definitions.all.compactMap { $0[path: "spec", "group"]?.string })
        for document in documents {
            var value = document.value
            let group = GroupVersion(apiVersion: value["apiVersion"]?.string ?? "").group
            guard ours.contains(group) else { continue }
            let schema = try DefinedSchema.of("\(value["kind"]?.string ?? "").\(group)")
            #expect(schema.prune(&value) == [])
            #expect(schema.validate(value, old: nil) == [])
        }
    }

    /// A run of an example's template with nothing but its name and what is required starts a Job, and so do the runs
    /// that are in the examples.
    @Test(arguments: files)
    func examplesStartJobs(_ file: String) throws {
        let objects = try YAML.parse(Repository.text(file)).compactMap { KubeObject($0.value) }
        guard let template = objects.first(where: { $0.kind == "JobTemplate" }) else { return accept(objects) }
        var run = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", name: "example")
        run["spec"] = ["templateRef": .string(template.name ?? "")]
        let required = JobTemplate(template).parameters.filter(\.isRequired)
        if !required.isEmpty {
            run["spec"]?["parameters"] = .array(
                required.map {
                    ["name": .string($0.name), "value": $0.allowed.first ?? ($0.type == .integer ? 1 : "x")]
                })
        }
        for run in [run] + objects {
            guard let family = RunFamilies.all.first(where: { $0.runResource.groupVersionKind == run.groupVersionKind })
            else { continue }
            let references = Dictionary(uniqueKeysWithValues: family.references(of: run).map { ($0, template) })
            let outcome = family.plan(
                run, inputs: PlanInputs(references: references, now: Timestamp(seconds: 0)))
            guard case .create = outcome else {
                Issue.record("\(run.name ?? "") starts nothing: \(outcome)")
                continue
            }
        }
    }

    /// What needs no template is not refused by its family.
    private func accept(_ objects: [KubeObject]) {
        for run in objects {
            guard let family = RunFamilies.all.first(where: { $0.runResource.groupVersionKind == run.groupVersionKind })
            else { continue }
            let outcome = family.plan(run, inputs: PlanInputs(triggers: [], now: Timestamp(seconds: 0)))
            if case .reject(let rejection) = outcome { Issue.record("\(run.name ?? ""): \(rejection.message)") }
        }
    }
}
