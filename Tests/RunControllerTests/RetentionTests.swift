import FakeCluster
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunController
import RunCore
import TestSupport
import Testing

/// A template that says how long its runs are kept.
@Suite(.timeLimit(.minutes(5)))
struct RetentionTests {
    /// Makes runs one after another, each a second after the one before is over, with these exit codes.
    private static func play(_ exitCodes: [Int64], in cluster: RunCluster) async throws {
        for (number, code) in exitCodes.enumerated() {
            let name = "run-\(number)"
            try await cluster.makeRun(name)
            let job = try await cluster.wait(.jobs) { $0.labels["cellbytes.io/job-run"] == name }
            try await cluster.finish(job, exitCode: code)
            _ = try await cluster.wait(for: code == 0 ? .succeeded : .failed, of: name)
            cluster.time.advance(by: .seconds(1))
        }
    }

    /// Waits until of the runs only these are left.
    static func waitUntilLeft(_ names: Set<String>, in cluster: RunCluster) async throws {
        let list = try await cluster.client.list(RunCluster.jobRuns, namespace: "default")
        var left = Set(list.items.compactMap(\.name))
        guard left != names else { return }
        let options = WatchOptions(resourceVersion: list.resourceVersion)
        for try await event in try await cluster.client.watch(
            RunCluster.jobRuns, namespace: "default", options: options)
        {
            guard case .deleted(let run) = event else { continue }
            left.remove(run.name ?? "")
            if left == names { return }
        }
        throw TransportError(.connectionLost, "the watch ended, and left are \(left.sorted())")
    }

    @Test func theLatestOfEachEndAreKept() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate(extras: ["retention": ["succeededLimit": 1, "failedLimit": 2]])
        try await cluster.withController {
            try await Self.play([0, 3, 0, 3, 3, 0], in: cluster)
            try await Self.waitUntilLeft(["run-3", "run-4", "run-5"], in: cluster)
            // One more end shows that nothing else goes.
            try await cluster.makeRun("last")
            try await cluster.finish(try await cluster.wait(.jobs) { $0.labels["cellbytes.io/job-run"] == "last" })
            try await Self.waitUntilLeft(["run-3", "run-4", "last"], in: cluster)
        }
        let left = try await cluster.client.list(RunCluster.jobRuns, namespace: "default").items.compactMap(\.name)
        #expect(left == ["last", "run-3", "run-4"])
    }

    @Test func aRunThatMayNotBeDeletedDoesNotKeepTheOthers() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate(extras: ["retention": ["succeededLimit": 0]])
        let isAllowed = Flag()
        let transport = DisturbedTransport(cluster.cluster.transport()) { _, request in
            request.method == .delete && request.path.hasSuffix("/jobruns/run-0") && !isAllowed.isRaised
                ? .refused(code: 403) : nil
        }
        try await cluster.withController(over: transport) {
            try await Self.play([0], in: cluster)
            try await cluster.makeRun("next")
            try await cluster.finish(try await cluster.wait(.jobs) { $0.labels["cellbytes.io/job-run"] == "next" })
            try await Self.waitUntilLeft(["run-0"], in: cluster)
            // And it goes when it may.
            isAllowed.raise()
            let isGone = Flag()
            async let passed: Void = cluster.letTimePass(until: isGone)
            try await Self.waitUntilLeft([], in: cluster)
            isGone.raise()
            await passed
        }
    }

    @Test func whatIsThereWhenTheTemplateIsGivenARuleGoesToo() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        try await cluster.withController {
            try await Self.play([0, 0, 3], in: cluster)
            _ = try await cluster.client.patch(
                RunCluster.jobTemplates, namespace: "default", name: "echo", type: .merge,
                ["retention": ["succeededLimit": 0]])
            try await Self.waitUntilLeft(["run-2"], in: cluster)
        }
    }

    @Test("a run goes when its time is over, whichever controller works then", arguments: [false, true])
    func aRunGoesInTime(isRestarted: Bool) async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate(
            extras: ["retention": ["ttlSecondsAfterSucceeded": 3600, "ttlSecondsAfterFailed": 7200]])
        func letTimePass() async throws {
            await cluster.time.waitForSleepers(dueWithin: .seconds(3600))
            cluster.time.advance(by: .seconds(3600))
            try await Self.waitUntilLeft(["run-1"], in: cluster)
        }
        try await cluster.withController {
            try await Self.play([0, 3], in: cluster)
            if !isRestarted { try await letTimePass() }
        }
        if isRestarted { try await cluster.withController { try await letTimePass() } }
        let runs = try await cluster.client.list(RunCluster.jobRuns, namespace: "default").items
        #expect(runs.map(\.name) == ["run-1"])
    }

    @Test func aRunWhoseEndIsStillToBeAnnouncedStays() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate(extras: ["retention": ["succeededLimit": 0]])
        let receiver = try Receiver(answers: [503, 200])
        try await cluster.withController(callbacks: receiver) {
            try await cluster.makeRun(
                "run", spec: ["templateRef": "echo", "callbackUrl": "https://hooks.example.com/done"])
            try await cluster.finish(try await cluster.waitForJob())
            let run = try await cluster.wait(RunCluster.jobRuns) { $0[path: "status", "callback", "attempts"] == 1 }
            #expect(run[path: "status", "callback", "state"] == "Pending")
            await cluster.time.waitForSleepers(dueWithin: .seconds(10))
            cluster.time.advance(by: .seconds(10))
            try await Self.waitUntilLeft([], in: cluster)
        }
        #expect(receiver.ids.count == 2)
    }
}
