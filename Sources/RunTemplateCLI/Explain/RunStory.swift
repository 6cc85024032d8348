import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// All that can be known of a run: its object, its Jobs and pods as far as they are there, and what was reported of them.
struct RunStory: Sendable {
    let run: FamilyRun
    var jobs: [KubeObject] = []
    var pods: [KubeObject] = []
    /// Events about any of them.
    var events: [KubeObject] = []
    /// Of a run that waits for its turn, the others that are counted with it.
    var companions: [FamilyRun] = []

    /// How many pods' events are read: those of the newest.
    private static let podLimit = 20

    /// Reads it all. Whoever may not read pods or events gets the story without them.
    static func read(_ run: FamilyRun, _ client: KubeClient) async throws -> RunStory {
        var story = RunStory(run: run)
        let selector = run.family.selector(of: run.object)
        story.jobs = try await allowed {
            try await client.listAll(.jobs, namespace: run.workNamespace, selector: selector)
                .filter { run.family.isCurrent(job: $0.uid, of: run.object) }
        }
        story.pods = try await allowed { try await run.pods(client) }.sorted { $0.made < $1.made }
        for object in [run.object] + story.jobs + story.pods.suffix(podLimit) {
            // Events about what has no namespace are kept in `default`.
            let namespace = object.namespace ?? "default"
            guard let uid = object.uid else { continue }
            story.events += try await allowed {
                try await client.list(
                    .events, namespace: namespace, options: ListOptions(fieldSelector: "involvedObject.uid=\(uid)")
                ).items
            }
        }
        if run.status.reason == RunReason.waitingForTurn.rawValue,
            let group = run.family.standing(of: run.object)?.group
        {
            story.companions = try await companions(of: run, in: group, client)
        }
        return story
    }

    /// The runs of all families that are counted together. Whoever may not see some of them counts the others.
    private static func companions(
        of run: FamilyRun, in group: RunReference, _ client: KubeClient
    ) async throws -> [FamilyRun] {
        var companions: [FamilyRun] = []
        for family in RunFamilies.all
        where family.referencedResources.contains(where: { $0.definitionName == group.resource.definitionName }) {
            let runs = try await allowed {
                try await client.listAll(APIResource(family.runResource), namespace: run.namespace)
            }
            companions += runs.filter { $0.uid != run.object.uid && family.standing(of: $0)?.group == group }
                .map { FamilyRun(family: family, object: $0) }
        }
        return companions
    }

    private static func allowed(_ read: () async throws -> [KubeObject]) async throws -> [KubeObject] {
        do { return try await read() } catch let status as KubeStatus
            where status.isForbidden || status.isNotFound
        { return [] }
    }

    /// The story: how things stand, what happened when, what to do next.
    func text(now: Timestamp) -> String {
        let moments = self.moments
        let lines = [headline(now)] + (moments.isEmpty ? [] : [""] + moments.map(\.line))
        let missing = whatIsMissing.map { ["", $0] } ?? []
        return (lines + missing + [""] + NextStep(story: self).lines).map { $0 + "\n" }.joined()
    }

    private func headline(_ now: Timestamp) -> String {
        let status = run.status
        let template = run.family.templateName(of: run.object).map { " of the template \($0)" } ?? ""
        let head = "\(run.reference)\(template) "
        if let outcome = run.outcome { return head + outcome.summary }
        guard run.family.isOurs(run.object) else { return head + "is for another controller to carry out" }
        guard let phase = status.phase else {
            return head + "was not looked at by any controller yet (\(HumanDuration.text(now - run.object.made)))"
        }
        let reason = status.reason.map { ", reason=\($0)" } ?? ""
        return head + "is \(phase.rawValue.lowercased())\(reason)" + (status.message.map { ": \($0.onOneLine)" } ?? "")
    }

    /// What would be told if it were still there.
    private var whatIsMissing: String? {
        guard let job = run.status.job, run.family.isOurs(run.object) else { return nil }
        if jobs.isEmpty, pods.isEmpty {
            return
                "The Job \(job.key.name) and its pods are gone, or not yours to see: the run keeps how it ended, not its logs."
        }
        return pods.isEmpty && run.outcome != nil ? "The pods are gone, and their logs with them." : nil
    }
}

extension KubeObject {
    /// When it was created.
    var made: Timestamp { creationTimestamp ?? Timestamp(seconds: 0) }
}
