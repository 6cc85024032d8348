import KubeObjects
import KubeWire
import RunCore
import Testing

/// One run's life, for the simulations to disturb. A family adds its own in a file `SimulationCase+FAMILY.swift` beside
/// this one, and their list to ``all``.
struct SimulationCase: Sendable, CustomTestStringConvertible {
    /// Every family's lives.
    static let all = jobTemplate + plainRun + kubernetesJob + extendedJob + customTask

    /// One life of each family: that of a run which succeeds.
    static let ofEachFamily = RunFamilies.all.compactMap { family in
        all.first { $0.run.groupVersionKind == family.runResource.groupVersionKind }
    }

    /// A change that somebody makes of an object in the middle of the life. Pods end only after all changes.
    struct Intervention: Sendable {
        /// When: the run says this. Empty is at once.
        var phase: String
        /// The change of the run, a merge patch; nil deletes the run's Job.
        var patch: JSONValue?
        /// The change of the run's Jobs instead, a merge patch.
        var jobPatch: JSONValue?
        /// Whether a Job must be on its way out, and the controller must have seen the change before.
        var awaitsDeletion = false
        /// Whether no Job may be left before.
        var awaitsAbsence = false
        /// What is made instead, anew if it is there.
        var object: KubeObject?
    }

    /// What it is about, in a few words.
    var name: String
    /// What there is before the run, then the run.
    var objects: [KubeObject]
    /// How the pods end, in the order in which they are made; the last holds for all that follow. Empty: they do not.
    var exitCodes: [Int64] = [0]
    /// What the containers leave behind.
    var terminationMessage = ""
    /// What is done on the way.
    var interventions: [Intervention] = []
    /// What the run's status holds at the end.
    var expected: JSONObject
    /// How many Jobs it makes in all.
    var jobs = 1
    /// Whether a time limit may pass before a Job of the run could be made, if enough goes wrong.
    var isTimed = false
    /// How many requests of ours change something, if nothing goes wrong; Events do not count.
    var writes = 4
    /// How many announcements it owes.
    var callbacks = 0
    /// What ConfigMaps and Secrets hold at the end, by `KIND/NAME`.
    var data: [String: JSONObject] = [:]
    /// Whether the run's status says all there is to say.
    var isOver: @Sendable (KubeObject) -> Bool = SimulationCase.isOver

    var testDescription: String { name }

    /// The run.
    var run: KubeObject { objects[objects.count - 1] }

    /// A case from a manifest of several documents, the run as the last.
    init(
        _ name: String, _ manifest: String, exitCodes: [Int64] = [0], terminationMessage: String = "",
        interventions: [Intervention] = [], expected: JSONObject, jobs: Int = 1, writes: Int = 4, callbacks: Int = 0,
        data: [String: JSONObject] = [:], isTimed: Bool = false
    ) {
        self.name = name
        do {
            objects = try YAML.parse(manifest).compactMap { KubeObject($0.value) }
        } catch {
            Issue.record("\(name): \(error)")
            objects = [KubeObject(JSONObject())]
        }
        self.exitCodes = exitCodes
        self.terminationMessage = terminationMessage
        self.interventions = interventions
        self.expected = expected
        self.jobs = jobs
        self.writes = writes
        self.callbacks = callbacks
        self.data = data
        self.isTimed = isTimed
    }

    /// What a run's status says: a member of it by its path, with the indexes of lists, or of its first condition, which
    /// is all that Tekton's have.
    static func fact(_ path: String, of run: KubeObject) -> JSONValue? {
        var fact = run["status"]
        for name in path.split(separator: ".").map(String.init) {
            fact = Int(name).flatMap { fact?[$0] } ?? fact?[name]
        }
        return fact ?? run["status"]?["conditions"]?[0]?[path]
    }

    /// Our own phase is a final one, or Tekton's condition is settled; and nothing is owed any more.
    private static func isOver(_ run: KubeObject) -> Bool {
        let status = run["status"]
        let succeeded = status?["conditions"]?.array?.first { $0["type"] == "Succeeded" }?["status"]?.string
        let isFinal =
            status?["phase"]?.string.flatMap(RunPhase.init)?.isFinal ?? succeeded.map { $0 != "Unknown" } ?? false
        return isFinal && status?["callback"]?["state"] != "Pending"
    }
}

extension RunFamilies {
    /// The family whose runs are of this kind.
    static func family(of run: KubeObject) -> (any RunFamily)? {
        all.first { $0.runResource.groupVersionKind == run.groupVersionKind }
    }
}
