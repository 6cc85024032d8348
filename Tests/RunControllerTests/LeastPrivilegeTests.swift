import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import RunController
import RunCore
import TestSupport
import Testing

/// The role that the definitions give is what the controller uses: not a verb less, not a verb more.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LeastPrivilegeTests {
    @Test(arguments: RunFamilies.all.map(\.name))
    func aFamilysRoleIsWhatItUses(_ name: String) async throws {
        let family = try #require(RunFamilies.all.first { $0.name == name })
        var uses: Set<AccessUse> = []
        let lives = SimulationCase.all.filter { $0.run.groupVersionKind == family.runResource.groupVersionKind }
        // A life in which a Job is changed while it runs may be over before the change on a busy machine: it is lived
        // again until it was not.
        let rules = AccessUse.all(of: ControllerRole.rules(for: [family]))
        for (index, life) in (lives + lives + lives).enumerated()
        where index < lives.count || !rules.isSubset(of: uses) {
            let lease = LeaderElector.Configuration(namespace: "default", name: "run-controller", identity: "one")
            let used = try await Simulation.run(life) {
                $0.lease = lease
            } body: { simulation in
                try await simulation.begin()
                _ = try await simulation.play()
                return simulation.entries.flatMap(AccessUse.uses)
            }
            uses.formUnion(used)
        }
        uses.formUnion(try await repeatedEvent())
        uses.formUnion(try await refusedPods())
        if family.templateResource != nil { uses.formUnion(try await keptRuns()) }
        if name == ExtendedJobFamily().name { uses.formUnion(try await PodTriggerLifeTests.oldJobsGo()) }
        let lease = AccessUse.all(of: ControllerRole.leaseRules)
        var allowed = AccessUse.all(of: ControllerRole.rules(for: [family]))
        #expect(uses.subtracting(allowed.union(lease)).sorted() == [], "used and not allowed")
        // A lease is renewed only in lives that take longer than others: a missing template is waited for.
        if family.templateResource != nil { allowed.formUnion(lease) }
        #expect(allowed.subtracting(uses).sorted() == [], "allowed and not used")
    }

    /// The same Event twice is counted, which no life here needs.
    private func repeatedEvent() async throws -> [AccessUse] {
        let world = try await RunCluster()
        let transport = world.transport()
        let recorder = EventRecorder(
            client: KubeClient(transport: transport), component: "test", instance: "", time: world.time.source,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let run = try await world.makeRun()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await recorder.run() }
            for _ in 1...2 { recorder.record(EventNote(.normal, reason: "Test", message: "again"), about: run) }
            _ = try await world.wait(.events) { $0["count"] == 2 }
            group.cancelAll()
        }
        return transport.entries.flatMap(AccessUse.uses)
    }

    /// Why a Job has no pods stands in its Events, which no life here needs either.
    private func refusedPods() async throws -> [AccessUse] {
        let world = try await RunCluster()
        let transport = world.transport()
        var configuration = RunControllerConfiguration()
        configuration.families = [JobTemplateFamily()]
        try await world.makeTemplate()
        try await world.withController(over: transport, configuration: configuration) {
            try await world.makeRun()
            try await world.refusePods(of: try await world.waitForJob(), message: "quota")
            await world.time.waitForSleepers(dueWithin: .seconds(2))
            world.time.advance(by: .seconds(2))
            _ = try await world.wait(RunCluster.jobRuns) { $0[path: "status", "reason"] == "PodCreateFailed" }
        }
        return transport.entries.flatMap(AccessUse.uses).filter { $0.resource == "events" }
    }

    /// A template that keeps none of its runs.
    private func keptRuns() async throws -> [AccessUse] {
        let world = try await RunCluster()
        let transport = world.transport()
        try await world.makeTemplate(extras: ["retention": ["succeededLimit": 0]])
        try await world.withController(over: transport) {
            try await world.makeRun()
            try await world.finish(try await world.waitForJob())
            try await RetentionTests.waitUntilLeft([], in: world)
        }
        return transport.entries.filter { $0.path.contains("/jobruns/") }.flatMap(AccessUse.uses)
    }

    @Test func rulesOfSeveralFamiliesAreOneForEachResource() {
        let rules = ControllerRole.rules(for: RunFamilies.all)
        #expect(Set(rules.map { "\($0.group)/\($0.resource)" }).count == rules.count)
        #expect(!rules.contains { $0.verbs.contains("*") || $0.resource.contains("*") })
    }
}
