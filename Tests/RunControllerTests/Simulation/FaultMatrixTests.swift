import FakeCluster
import KubeObjects
import KubeRuntime
import RunController
import RunCore
import TestSupport
import Testing

/// Each fault that the fake cluster can make, at each kind of request: the run comes to the same end.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct FaultMatrixTests {
    /// A kind of request, and a life in which it occurs.
    struct Target: Sendable, CustomTestStringConvertible {
        var name: String
        var verbs: [String]
        var resources: [String]
        var life: String
        /// Whether the run may be over before the request is made, so that it is waited for.
        var isLate = false
        var testDescription: String { name }

        var match: FaultPlan.Match {
            var match = FaultPlan.Match()
            match.verbs = verbs
            match.resources = resources
            // Nobody else in this world is disturbed.
            match.userAgents = ["run-controller/*"]
            return match
        }
    }

    private static let targets = [
        Target(name: "lists", verbs: ["list"], resources: [], life: "JobRun fails"),
        Target(name: "watches", verbs: ["watch"], resources: [], life: "JobRun fails"),
        Target(name: "reading a Secret", verbs: ["get"], resources: ["secrets"], life: token),
        Target(name: "reading the run", verbs: ["get"], resources: ["jobruns.cellbytes.io"], life: token),
        Target(name: "making a Job", verbs: ["create"], resources: ["jobs.batch"], life: "JobRun fails"),
        Target(name: "writing a status", verbs: ["patch"], resources: ["*/status"], life: "JobRun fails"),
        Target(
            name: "changing a Job", verbs: ["patch"], resources: ["jobs.batch"], life: "JobRun waits and is resumed"),
        Target(name: "deleting a Job", verbs: ["delete"], resources: ["jobs.batch"], life: "JobRun is cancelled"),
        Target(
            name: "making what a Job needs", verbs: ["patch", "create", "get"],
            resources: ["secrets", "configmaps", "namespaces"], life: "KubernetesJob brings along what it needs"),
        Target(name: "changing the run", verbs: ["patch"], resources: ["extendedjobs*"], life: "errand is set back"),
        Target(
            name: "reading output", verbs: ["get"], resources: ["pods", "pods/log"], life: "one-off keeps its output"),
        Target(
            name: "keeping output", verbs: ["create", "update", "get"], resources: ["secrets", "configmaps"],
            life: "one-off replaces what is there"),
        Target(name: "an Event", verbs: [], resources: ["events"], life: "JobRun fails", isLate: true),
        Target(name: "the lease", verbs: [], resources: ["leases*"], life: "JobRun fails"),
    ]
    private static let token = "JobRun announces its end with a token"

    private static let faults: [FaultPlan.Fault] =
        [.cut(carriedOut: false), .cut(carriedOut: true), .latency(.seconds(3), jitter: .seconds(2))]
        + [FaultPlan.ErrorAnswer.tooManyRequests(), .internalError, .unavailable(), .timeout, .conflict, .expired]
        .flatMap { [.error($0), .error($0, carriedOut: true)] }
        + [0, 2].flatMap { [.cutStream(lines: $0), .expireWatch(lines: $0)] } + [.staleList(behind: 4)]

    /// Whether a request of these verbs can meet a fault.
    private static func applies(_ fault: FaultPlan.Fault, to target: Target) -> Bool {
        switch fault {
        case .error(.conflict, _): !Set(target.verbs).isDisjoint(with: ["patch", "update", "delete"])
        case .error(.expired, _): !Set(target.verbs).isDisjoint(with: ["list", "watch"])
        case .cutStream: target.verbs == ["watch"] || target.resources.contains("pods/log")
        case .expireWatch: target.verbs == ["watch"]
        case .staleList: target.verbs == ["list"]
        default: true
        }
    }

    /// The first two requests of the kind meet it.
    @Test(arguments: targets)
    func eachFault(_ target: Target) async throws {
        let life = try #require(SimulationCase.all.first { $0.name == target.life })
        let lease = LeaderElector.Configuration(namespace: "default", name: "run-controller", identity: "one")
        try await Simulation.run(life) {
            if target.name == "the lease" { $0.lease = lease }
        } body: { simulation in
            let injector = simulation.world.cluster.faults
            for fault in Self.faults where Self.applies(fault, to: target) {
                var rule = FaultPlan.Rule("matrix", fault, match: target.match)
                rule.schedule.limit = 2
                try await simulation.begin()
                injector.replace(with: FaultPlan(rules: [rule]))
                _ = try await simulation.play(until: { !target.isLate || injector.strikes(of: "matrix") > 0 })
                #expect(injector.strikes(of: "matrix") > 0, "\(fault) did not occur")
                injector.replace(with: FaultPlan())
                let faults = try await simulation.faults(deaths: 2)
                #expect(faults == [], "\(fault)")
            }
        }
    }

    /// Nothing gets through for half a minute, again and again: requests and streams break off together.
    @Test(arguments: SimulationCase.ofEachFamily)
    func partitions(_ life: SimulationCase) async throws {
        try await Simulation.run(life) { simulation in
            let injector = simulation.world.cluster.faults
            for begin in [Duration.zero, .milliseconds(50), .seconds(1)] {
                var match = FaultPlan.Match()
                match.userAgents = ["run-controller/*"]
                var rule = FaultPlan.Rule("partition", .partition, match: match)
                rule.schedule.after = begin
                rule.schedule.until = begin + .seconds(30)
                try await simulation.begin()
                injector.replace(with: FaultPlan(rules: [rule]))
                _ = try await simulation.play()
                injector.replace(with: FaultPlan())
                let faults = try await simulation.faults(deaths: 1)
                #expect(faults == [], "from \(begin) on")
            }
        }
    }

    /// A leader that loses its lease again and again, and another one beside it: one Job, one end.
    @Test(arguments: SimulationCase.ofEachFamily)
    func leadersThatFailOver(_ life: SimulationCase) async throws {
        try await Simulation.run(life) { simulation in
            var match = FaultPlan.Match()
            match.verbs = ["update"]
            match.resources = ["leases*"]
            var rule = FaultPlan.Rule("lease", .error(.unavailable(), carriedOut: true), match: match)
            rule.schedule.probability = 0.7
            rule.schedule.limit = 40
            try await simulation.begin()
            simulation.world.cluster.faults.replace(with: FaultPlan(seed: 7, rules: [rule]))
            try await simulation.playTwice(lease: ("default", "run-controller")) { _, _ in nil }
            #expect(try await simulation.faults(deaths: 2) == [])
        }
    }
}
