import FakeCluster
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunController
import RunCore
import TestSupport
import Testing

/// A template that lets only so many of its runs be under way at once.
@Suite(.timeLimit(.minutes(5)))
struct TurnTests {
    private static let customRuns = APIResource(
        group: "tekton.dev", version: "v1beta1", plural: "customruns", kind: "CustomRun")

    private static func world(maxRuns: Int64 = 1, policy: String? = nil) async throws -> RunCluster {
        let cluster = try await RunCluster()
        var concurrency: JSONObject = ["maxRuns": .integer(maxRuns)]
        concurrency["policy"] = policy.map(JSONValue.string)
        try await cluster.makeTemplate(extras: ["concurrency": .object(concurrency)])
        return cluster
    }

    /// Makes runs of which each is a second younger than the one before.
    private static func makeRuns(_ names: [String], in cluster: RunCluster) async throws {
        for name in names {
            try await cluster.makeRun(name)
            cluster.time.advance(by: .seconds(1))
        }
    }

    /// Makes a run that goes on, and one that waits for it.
    private static func makeRunThatWaits(_ waiting: String, behind first: String, in cluster: RunCluster) async throws {
        try await cluster.makeRun(first)
        _ = try await cluster.waitForJob()
        try await cluster.makeRun(waiting)
        _ = try await cluster.wait(for: .waiting, of: waiting)
    }

    private static func job(of run: String, in cluster: RunCluster) async throws -> KubeObject {
        try await cluster.wait(.jobs) { $0.labels["cellbytes.io/job-run"] == run }
    }

    private static func unfinishedJobs(in cluster: RunCluster) async throws -> [String] {
        try await cluster.jobs().filter { ObservedJob($0).result == nil }.compactMap {
            $0.labels["cellbytes.io/job-run"]
        }
    }

    @Test func theOldestOfThoseThatWaitGoesFirst() async throws {
        let cluster = try await Self.world()
        // The names are in another order than the runs' ages.
        try await Self.makeRuns(["z", "y", "x", "a"], in: cluster)
        let order = try await cluster.withController {
            var order: [String] = []
            for _ in 0..<4 {
                let job = try await cluster.wait(.jobs) {
                    ObservedJob($0).result == nil && !order.contains($0.labels["cellbytes.io/job-run"] ?? "")
                }
                let run = job.labels["cellbytes.io/job-run"] ?? ""
                order.append(run)
                for other in ["z", "y", "x", "a"] where !order.contains(other) {
                    let waiting = try await cluster.wait(for: .waiting, of: other)
                    #expect(waiting[path: "status", "reason"] == "WaitingForTurn")
                    #expect(waiting[path: "status", "message"]?.string?.contains("allows 1 of its runs") == true)
                }
                #expect(try await Self.unfinishedJobs(in: cluster) == [run])
                try await cluster.finish(job)
                _ = try await cluster.wait(for: .succeeded, of: run)
            }
            return order
        }
        // Who asks first starts at once; those that wait then go by age.
        #expect(order.dropFirst() == ["z", "y", "x", "a"].filter { $0 != order.first }[...])
    }

    @Test func oneBeyondThemIsRefusedIfTheTemplateForbidsIt() async throws {
        let cluster = try await Self.world(policy: "Forbid")
        let refused = try await cluster.withController {
            try await cluster.makeRun("first")
            let job = try await cluster.waitForJob()
            try await cluster.makeRun("second")
            let refused = try await cluster.wait(for: .failed, of: "second")
            try await cluster.finish(job)
            _ = try await cluster.wait(for: .succeeded, of: "first")
            try await cluster.makeRun("third")
            _ = try await Self.job(of: "third", in: cluster)
            return refused
        }
        #expect(refused[path: "status", "reason"] == "TooManyRuns")
        #expect(refused[path: "status", "error"]?.string?.contains("as many are under way") == true)
    }

    @Test("another controller counts what the one before has begun, on record or not", arguments: [true, false])
    func anotherControllerCounts(isOnRecord: Bool) async throws {
        let cluster = try await Self.world()
        try await cluster.makeRun("first")
        // Without a record there is only the Job to count.
        let transport = DisturbedTransport(cluster.cluster.transport()) { _, request in
            let isRecord = request.path.contains("/jobruns/first/status")
            return isRecord && !isOnRecord ? .refused(code: 503) : nil
        }
        let job = try await cluster.withController(over: transport) {
            let job = try await cluster.waitForJob()
            if isOnRecord {
                try await cluster.start(job)
                _ = try await cluster.wait(RunCluster.jobRuns) { $0[path: "status", "jobRef"] != nil }
            }
            return job
        }
        try await cluster.makeRun("second")
        try await cluster.withController {
            _ = try await cluster.wait(for: .waiting, of: "second")
            #expect(try await Self.unfinishedJobs(in: cluster) == ["first"])
            try await cluster.finish(job)
            _ = try await Self.job(of: "second", in: cluster)
        }
    }

    @Test("whoever gives up its place in the line lets the next one move up", arguments: ["cancel", "delete"])
    func aPlaceIsGivenUp(way: String) async throws {
        let cluster = try await Self.world()
        try await cluster.withController {
            try await cluster.makeRun("first")
            let job = try await cluster.waitForJob()
            cluster.time.advance(by: .seconds(1))
            try await Self.makeRuns(["second", "third"], in: cluster)
            for run in ["second", "third"] { _ = try await cluster.wait(for: .waiting, of: run) }
            if way == "cancel" {
                _ = try await cluster.client.patch(
                    RunCluster.jobRuns, namespace: "default", name: "second", type: .merge, ["spec": ["cancel": true]])
                _ = try await cluster.wait(for: .cancelled, of: "second")
            } else {
                try await cluster.client.delete(RunCluster.jobRuns, namespace: "default", name: "second")
            }
            try await cluster.finish(job)
            _ = try await Self.job(of: "third", in: cluster)
        }
    }

    @Test func aRunUnderWayThatIsDeletedMakesRoom() async throws {
        let cluster = try await Self.world()
        try await cluster.withController {
            try await Self.makeRunThatWaits("second", behind: "first", in: cluster)
            try await cluster.client.delete(RunCluster.jobRuns, namespace: "default", name: "first")
            _ = try await Self.job(of: "second", in: cluster)
        }
    }

    @Test("a template that allows more lets those start that wait", arguments: [["maxRuns": 2], nil] as [JSONValue?])
    func aHigherLimit(concurrency: JSONValue?) async throws {
        let cluster = try await Self.world()
        try await cluster.withController {
            try await Self.makeRunThatWaits("second", behind: "first", in: cluster)
            _ = try await cluster.client.patch(
                RunCluster.jobTemplates, namespace: "default", name: "echo", type: .merge,
                ["concurrency": concurrency ?? .null])
            _ = try await Self.job(of: "second", in: cluster)
        }
    }

    // MARK: Steps of pipelines

    private static func makeStep(_ name: String, in cluster: RunCluster, spec: JSONObject = [:]) async throws {
        var step = KubeObject(apiVersion: "tekton.dev/v1beta1", kind: "CustomRun", namespace: "default", name: name)
        var whole = spec
        whole["customRef"] = ["apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "name": "echo"]
        step["spec"] = .object(whole)
        _ = try await cluster.client.create(customRuns, step)
    }

    @discardableResult
    private static func wait(forReason reason: String, of step: String, in cluster: RunCluster) async throws
        -> KubeObject
    {
        try await cluster.wait(customRuns) {
            $0.name == step && $0[path: "status", "conditions"]?[0]?["reason"]?.string == reason
        }
    }

    private static func job(ofStep step: String, in cluster: RunCluster) async throws -> KubeObject {
        try await cluster.wait(.jobs) { $0.labels["tekton.dev/customRun"] == step }
    }

    @Test func stepsAreCountedWithTheOthers() async throws {
        let cluster = try await Self.world()
        try await cluster.withController {
            try await cluster.makeRun("first")
            let job = try await cluster.waitForJob()
            try await Self.makeStep("step", in: cluster)
            try await Self.wait(forReason: "WaitingForTurn", of: "step", in: cluster)
            #expect(try await cluster.jobs().count == 1)
            try await cluster.finish(job)
            _ = try await Self.job(ofStep: "step", in: cluster)
        }
    }

    @Test func aStepUnderWayIsCountedByTheNextController() async throws {
        let cluster = try await Self.world()
        let job = try await cluster.withController {
            try await Self.makeStep("step", in: cluster)
            return try await Self.job(ofStep: "step", in: cluster)
        }
        try await cluster.makeRun("second")
        try await cluster.withController {
            _ = try await cluster.wait(for: .waiting, of: "second")
            try await cluster.finish(job)
            _ = try await Self.job(of: "second", in: cluster)
        }
    }

    @Test("a template that allows more lets steps start", arguments: [["maxRuns": 2], nil] as [JSONValue?])
    func aHigherLimitForSteps(concurrency: JSONValue?) async throws {
        let cluster = try await Self.world()
        try await cluster.withController {
            try await Self.makeStep("first", in: cluster)
            _ = try await Self.job(ofStep: "first", in: cluster)
            try await Self.makeStep("second", in: cluster)
            try await Self.wait(forReason: "WaitingForTurn", of: "second", in: cluster)
            _ = try await cluster.client.patch(
                RunCluster.jobTemplates, namespace: "default", name: "echo", type: .merge,
                ["concurrency": concurrency ?? .null])
            _ = try await Self.job(ofStep: "second", in: cluster)
        }
    }

    @Test func aStepWhoseTimeIsOverWhileItWaitsGetsNoTurnByThat() async throws {
        let cluster = try await Self.world()
        try await cluster.withController {
            try await cluster.makeRun("first")
            let job = try await cluster.waitForJob()
            try await Self.makeStep("step", in: cluster, spec: ["retries": 1, "timeout": "60s"])
            try await Self.wait(forReason: "WaitingForTurn", of: "step", in: cluster)
            await cluster.time.waitForSleepers(dueWithin: .seconds(60))
            cluster.time.advance(by: .seconds(60))
            let waiting = try await cluster.wait(Self.customRuns) {
                $0[path: "status", "retriesStatus"]?.array?.count == 1
                    && $0[path: "status", "conditions"]?[0]?["reason"] == "WaitingForTurn"
            }
            #expect(waiting[path: "status", "extraFields", "phase"] == "Waiting")
            #expect(try await cluster.jobs().count == 1)
            try await cluster.finish(job)
            _ = try await Self.job(ofStep: "step", in: cluster)
        }
    }

    @Test func aStepKeepsItsTurnThoughItsNextAttemptIsRefusedForNow() async throws {
        let cluster = try await Self.world()
        let (isRefused, isOver) = (Flag(), Flag())
        let transport = DisturbedTransport(cluster.cluster.transport()) { _, request in
            let isStep =
                request.method == .post && request.path.contains("/jobs?")
                && String(decoding: request.body, as: UTF8.self).contains("tekton.dev/customRun")
            return isStep && isRefused.isRaised && !isOver.isRaised ? .refused(code: 403, message: "quota") : nil
        }
        try await cluster.withController(over: transport) {
            try await Self.makeStep("step", in: cluster, spec: ["retries": 1])
            let first = try await Self.job(ofStep: "step", in: cluster)
            try await cluster.makeRun("second")
            _ = try await cluster.wait(for: .waiting, of: "second")
            isRefused.raise()
            try await cluster.finish(first, exitCode: 3)
            try await Self.wait(forReason: "JobCreateFailed", of: "step", in: cluster)
            isOver.raise()
            let isMade = Flag()
            async let passed: Void = cluster.letTimePass(until: isMade)
            let next = try await cluster.wait(.jobs) {
                $0.labels["tekton.dev/customRun"] == "step" && $0.uid != first.uid
            }
            isMade.raise()
            await passed
            #expect(try await !cluster.jobs().contains { $0.labels["cellbytes.io/job-run"] == "second" })
            try await cluster.finish(next)
            _ = try await Self.job(of: "second", in: cluster)
        }
    }

    // MARK: What goes wrong

    @Test func aRunThatIsRefusedForNowHoldsUpNobody() async throws {
        let cluster = try await Self.world()
        let isOver = Flag()
        let transport = DisturbedTransport(cluster.cluster.transport()) { _, request in
            let isFirst =
                request.method == .post && request.path.contains("/jobs?")
                && String(decoding: request.body, as: UTF8.self).contains("first")
            return isFirst && !isOver.isRaised ? .refused(code: 403, message: "exceeded quota") : nil
        }
        try await cluster.withController(over: transport) {
            try await cluster.makeRun("first")
            _ = try await cluster.wait(RunCluster.jobRuns) { $0[path: "status", "reason"] == "JobCreateFailed" }
            try await cluster.makeRun("second")
            let job = try await Self.job(of: "second", in: cluster)
            isOver.raise()
            try await cluster.finish(job)
            let isMade = Flag()
            async let passed: Void = cluster.letTimePass(until: isMade)
            _ = try await Self.job(of: "first", in: cluster)
            isMade.raise()
            await passed
        }
    }

    /// A step may be under way that nobody knows of yet.
    @Test func nobodyStartsBeforeAllAreKnownThatCount() async throws {
        let cluster = try await Self.world()
        try await cluster.withController {
            try await Self.makeStep("step", in: cluster)
            _ = try await Self.job(ofStep: "step", in: cluster)
        }
        try await cluster.makeRun("second")
        let isServed = Flag()
        let transport = DisturbedTransport(cluster.cluster.transport()) { _, request in
            request.path.contains("/customruns?") && !isServed.isRaised ? .refused(code: 500) : nil
        }
        try await cluster.withController(over: transport) {
            // A run of a template without a limit shows that the others are looked at.
            try await cluster.makeTemplate("free")
            try await cluster.makeRun("third", spec: ["templateRef": "free"])
            try await cluster.finish(try await Self.job(of: "third", in: cluster))
            _ = try await cluster.wait(for: .succeeded, of: "third")
            #expect(try await !cluster.jobs().contains { $0.labels["cellbytes.io/job-run"] == "second" })
            isServed.raise()
            let isTold = Flag()
            async let passed: Void = cluster.letTimePass(until: isTold)
            _ = try await cluster.wait(for: .waiting, of: "second")
            isTold.raise()
            await passed
            #expect(try await !cluster.jobs().contains { $0.labels["cellbytes.io/job-run"] == "second" })
        }
    }
}
