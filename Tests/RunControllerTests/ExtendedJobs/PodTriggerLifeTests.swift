import FakeCluster
import KubeClient
import KubeObjects
import KubeWire
import RunController
import RunCore
import TestSupport
import Testing

/// ExtendedJobs that pods start, against the fake cluster.
@Suite(.timeLimit(.minutes(5)))
struct PodTriggerLifeTests {
    private static func triggered(_ when: String) -> JSONObject {
        ["triggers": ["when": .string(when), "selector": ["matchLabels": ["app": "web"]]]]
    }

    private func waitUntilWatching(_ cluster: RunCluster, _ name: String = "ejob") async throws {
        _ = try await cluster.waitForExtendedJob("the pods are not watched", named: name) {
            $0[path: "status", "reason"] == "Idle"
        }
    }

    @Test func fiftyPodsAtOnceStartFiftyJobsAndNoneTwice() async throws {
        let cluster = try await RunCluster()
        try await cluster.withController {
            try await cluster.makeExtendedJob(Self.triggered("created"))
            try await waitUntilWatching(cluster)
            for number in 0..<50 { try await cluster.makePod("web-\(number)") }
            try await cluster.makePod("other", labels: ["app": "db"])
            try await cluster.makePod("job-pod", labels: ["app": "web", "job-name": "x"])
            _ = try await cluster.waitForExtendedJob("not all are counted") { $0[path: "status", "runs"] == 50 }
        }
        // Neither by the next controller.
        try await cluster.withController {
            try await cluster.makePod("late")
            _ = try await cluster.waitForExtendedJob("the late one is not counted") { $0[path: "status", "runs"] == 51 }
        }
        let jobs = try await cluster.jobs()
        #expect(jobs.count == 51)
        #expect(Set(jobs.map { $0.labels["affected-pod"] }).count == 51)
        #expect(jobs.allSatisfy { $0.labels["fissile.cloudfoundry.org/triggering-pod"] != nil })
    }

    @Test func readinessRegainedStartsAnotherJobAndNothingElseDoes() async throws {
        let cluster = try await RunCluster()
        try await cluster.withController {
            try await cluster.makeExtendedJob(Self.triggered("ready"), named: "first")
            try await cluster.makeExtendedJob(Self.triggered("ready"), named: "second")
            try await cluster.makeExtendedJob(Self.triggered("notready"), named: "lost")
            for name in ["first", "second", "lost"] { try await waitUntilWatching(cluster, name) }
            try await cluster.makePod("web-0")
            try await cluster.setReady("web-0", false)
            try await cluster.setReady("web-0", true)
            _ = try await cluster.waitForJobs(2)
            _ = try await cluster.client.patch(
                .pods, namespace: "default", name: "web-0", type: .merge, ["metadata": ["annotations": ["a": "b"]]])
            try await cluster.pass(.seconds(2))
            #expect(try await owners(cluster) == ["first": 1, "second": 1])
            try await cluster.setReady("web-0", false)
            try await cluster.pass(.seconds(2))
            #expect(try await owners(cluster) == ["first": 1, "second": 1, "lost": 1])
            try await cluster.setReady("web-0", true)
            _ = try await cluster.waitForJobs(5)
            try await cluster.pass(.seconds(2))
            #expect(try await owners(cluster) == ["first": 2, "second": 2, "lost": 1])
        }
    }

    private func owners(_ cluster: RunCluster) async throws -> [String: Int] {
        try await cluster.jobs().reduce(into: [:]) { $0[$1.controllerReference?.name ?? "", default: 0] += 1 }
    }

    @Test func podsThatAreGoneStartOneJobEach() async throws {
        let cluster = try await RunCluster()
        try await cluster.makePod("before")
        try await cluster.deletePod("before")
        for number in 0..<3 { try await cluster.makePod("web-\(number)") }
        try await cluster.withController {
            try await cluster.makeExtendedJob(Self.triggered("deleted"))
            try await waitUntilWatching(cluster)
            for number in 0..<3 { try await cluster.deletePod("web-\(number)") }
            _ = try await cluster.waitForJobs(3)
            try await cluster.pass(.seconds(2))
        }
        let pods = try await cluster.jobs().compactMap { $0.labels["affected-pod"] }
        #expect(pods.sorted() == ["web-0", "web-1", "web-2"])
    }

    /// The watch breaks off, pods go meanwhile, and the server has forgotten where it broke off: that the pods are gone
    /// shows in a list only, which says of one nothing at all, and of another that its name is a new pod's.
    @Test func podsThatGoUnseenStartOneJobEachAsWell() async throws {
        let cluster = try await RunCluster(historyLimit: 20)
        let transport = cluster.transport()
        for name in ["before", "web-0", "web-1"] { try await cluster.makePod(name) }
        try await cluster.makePod("other", labels: ["app": "db"])
        try await cluster.deletePod("before")
        try await cluster.withController(over: transport) {
            try await cluster.makeExtendedJob(Self.triggered("deleted"))
            try await waitUntilWatching(cluster)
            var match = FaultPlan.Match()
            match.resources = ["pods"]
            match.userAgents = ["run-controller/*"]
            cluster.cluster.faults.replace(with: FaultPlan(rules: [FaultPlan.Rule("gap", .partition, match: match)]))
            for name in ["web-0", "web-1"] { try await cluster.deletePod(name) }
            try await cluster.makePod("web-1")
            for number in 0..<30 {
                _ = try await cluster.client.patch(
                    .pods, namespace: "default", name: "other", type: .merge,
                    ["metadata": ["annotations": ["number": .string("\(number)")]]])
            }
            cluster.cluster.faults.replace(with: FaultPlan())
            _ = try await cluster.waitForJobs(2)
            try await cluster.pass(.seconds(2))
            #expect(transport.lists.count { $0.contains("/namespaces/default/pods") } > 1)
        }
        let pods = try await cluster.jobs().compactMap { $0.labels["affected-pod"] }
        #expect(pods.sorted() == ["web-0", "web-1"])
    }

    @Test func whatHappenedBeforeOrWhileNobodyLookedIsKnown() async throws {
        let cluster = try await RunCluster()
        try await cluster.makePod("old")
        try await cluster.setReady("old", true)
        cluster.time.advance(by: .seconds(5))
        try await cluster.makeExtendedJob(Self.triggered("ready"))
        cluster.time.advance(by: .seconds(5))
        try await cluster.makePod("new")
        try await cluster.setReady("new", true)
        for _ in 0..<2 {
            try await cluster.withController {
                _ = try await cluster.waitForJobs(1)
                try await cluster.pass(.seconds(3))
            }
        }
        #expect(try await cluster.jobs().map { $0.labels["affected-pod"] } == ["new"])
    }

    @Test func podsAreWatchedOnlyAsLongAsSomebodyNeedsThem() async throws {
        let cluster = try await RunCluster()
        let transport = cluster.transport()
        try await cluster.withController(over: transport) {
            try await cluster.makeExtendedJob(["run": "manually"], named: "errand")
            try await waitUntilWatching(cluster, "errand")
            #expect(!transport.lists.contains { $0.contains("/namespaces/default/pods") })
            try await cluster.makeExtendedJob(Self.triggered("created"))
            try await waitUntilWatching(cluster)
            #expect(transport.lists.count { $0.contains("/namespaces/default/pods") } == 1)
            try await cluster.client.delete(RunCluster.extendedJobs, namespace: "default", name: "ejob")
            try await cluster.makeExtendedJob(Self.triggered("created"), named: "again")
            try await waitUntilWatching(cluster, "again")
            #expect(transport.lists.count { $0.contains("/namespaces/default/pods") } == 2)
        }
    }

    @Test func ofManyJobsTheOldestGo() async throws {
        let uses = try await Self.oldJobsGo()
        #expect(uses.contains(AccessUse(group: "batch", resource: "jobs", verb: "delete")))
    }

    /// A life in which one Job that is over is one too many.
    /// - Returns: what the controller used its rights for.
    static func oldJobsGo() async throws -> [AccessUse] {
        let cluster = try await RunCluster()
        let transport = cluster.transport()
        var configuration = RunControllerConfiguration()
        configuration.settings.jobHistory = 1
        configuration.families = [ExtendedJobFamily()]
        try await cluster.withController(over: transport, configuration: configuration) {
            try await cluster.makeExtendedJob(triggered("created"))
            for round in 1...2 {
                try await cluster.makePod("web-\(round)")
                try await cluster.finishJob()
                _ = try await cluster.waitForExtendedJob("it is not over") {
                    $0[path: "status", "phase"] == "Succeeded" && $0[path: "status", "runs"]?.integer == Int64(round)
                }
            }
            _ = try await cluster.eventually("the older Job is kept") {
                try await cluster.jobs().count { !$0.isBeingDeleted } == 1 ? true : nil
            }
        }
        return transport.entries.flatMap(AccessUse.uses)
    }

    @Test func theEndsOfTriggeredJobsAreReported() async throws {
        let cluster = try await RunCluster()
        let ejob = try await cluster.withController {
            try await cluster.makeExtendedJob(Self.triggered("created"))
            try await waitUntilWatching(cluster)
            for number in 0..<3 { try await cluster.makePod("web-\(number)") }
            _ = try await cluster.waitForJobs(3)
            for _ in 0..<3 { try await cluster.finishJob() }
            return try await cluster.waitForExtendedJob("they are not over") {
                $0[path: "status", "phase"] == "Succeeded" && $0[path: "status", "runs"] == 3
            }
        }
        #expect(ejob[path: "status", "active"] == nil)
        #expect(ejob[path: "status", "handledTriggers", "keys"]?.array?.count == 3)
    }
}
