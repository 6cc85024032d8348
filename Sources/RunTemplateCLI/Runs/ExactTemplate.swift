import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// What a run is repeated from.
enum ExactTemplate {
    /// The template as it is.
    case today(JobTemplate)
    /// A template of its own, which holds what a Job ran.
    case kept(JobTemplate)

    var template: JobTemplate {
        switch self {
        case .today(let template), .kept(let template): template
        }
    }

    /// The template that has to be created; nil if it is there.
    var toCreate: KubeObject? { if case .kept(let template) = self { template.object } else { nil } }

    /// What a run ran: its template, if that has not changed since, else what its Job still says.
    /// - Parameter name: The name of the new run, which a template of its own bears, too.
    static func asItRan(_ run: FamilyRun, _ client: KubeClient, name: String) async throws -> ExactTemplate {
        let digest = run.status.template?["digest"]?.string
        if let digest, let today = try await template(of: run, client), today.snapshot.digest == digest {
            return .today(today)
        }
        guard let job = try await run.job(client) else {
            throw CommandFailure(
                "\(run.reference): the template is not what it was when the run was made, and the Job that tells what ran "
                    + "is gone; without --exact the template of today is run")
        }
        return .kept(JobTemplate(Self.template(holding: job, of: run, name: name)))
    }

    private static func template(of run: FamilyRun, _ client: KubeClient) async throws -> JobTemplate? {
        guard let name = run.family.templateName(of: run.object) else { return nil }
        do {
            return JobTemplate(try await client.get(.jobTemplates, namespace: run.namespace, name: name))
        } catch let status as KubeStatus where status.isNotFound {
            return nil
        }
    }

    private static func template(holding job: KubeObject, of run: FamilyRun, name: String) -> KubeObject {
        let resource = JobTemplateFamily.jobTemplates
        var spec = job.specToCompare
        spec.set(nil, at: ["suspend"])
        for key in [LabelKey.jobTemplate, LabelKey.managedBy] {
            spec.set(nil, at: ["template", "metadata", "labels", key])
        }
        var object = KubeObject(
            apiVersion: resource.apiVersion, kind: resource.kind, namespace: run.namespace, name: name)
        object.metadata["annotations"] = [AnnotationKey.rerunOf: .string(run.name)]
        object["overridable"] = ["labels", "annotations"]
        object["spec"] = spec
        return object
    }
}

extension RunRequest {
    /// Asks for what a template holds, and for nothing else than that.
    mutating func run(exactly template: JobTemplate) {
        name = template.object.name
        self.template = template.object.name ?? ""
        container = nil
        (command, args, parameters) = ([], [], [])
        let inTheTemplate = Set(JobOverride.allCases.map(\.rawValue)).subtracting(["labels", "annotations"])
        for field in inTheTemplate { overrides[field] = nil }
    }
}

extension RunStart {
    /// Creates a run from a template of its own, which lives as long as the run.
    func start(_ draft: RunDraft, job: KubeObject?, keeping template: KubeObject?) async throws -> Int32 {
        guard let template, creation.dryRun != .server else { return try await start(draft, job: job) }
        do {
            _ = try await client.create(
                .jobTemplates, template, options: WriteOptions(fieldManager: fieldManager))
        } catch let status as KubeStatus where status.isAlreadyExists && draft.key != nil {
            // An earlier call with the same key has made it.
            return try await start(draft, job: job)
        } catch let status as KubeStatus where status.code == 403 {
            throw CommandFailure(
                "--exact: the template has changed since, so what ran must be kept as a template of its own: "
                    + status.message.onOneLine)
        }
        return try await start(draft, job: job) { run in
            guard let owner = OwnerReference(controllerOf: run.object) else { return }
            _ = try await client.patch(
                .jobTemplates, namespace: template.namespace, name: template.name ?? "", type: .merge,
                ["metadata": ["ownerReferences": [owner.json]]], options: WriteOptions(fieldManager: fieldManager))
        } failed: {
            _ = try? await client.delete(.jobTemplates, namespace: template.namespace, name: template.name ?? "")
        }
    }
}
