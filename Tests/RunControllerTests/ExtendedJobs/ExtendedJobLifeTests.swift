import FakeCluster
import KubeClient
import KubeObjects
import KubeWire
import RunController
import RunCore
import TestSupport
import Testing

/// One-offs and errands against the fake cluster.
@Suite(.timeLimit(.minutes(5)))
struct ExtendedJobLifeTests {
    @Test func anErrandRunsEachTimeItIsAskedTo() async throws {
        let cluster = try await RunCluster()
        try await cluster.withController {
            try await cluster.makeExtendedJob(["run": "manually"])
            _ = try await cluster.waitForExtendedJob("it is not idle") { $0[path: "status", "reason"] == "Idle" }
            #expect(try await cluster.jobs().isEmpty)
            for round in 1...2 {
                try await cluster.patchExtendedJob(["spec": ["run": "now"]])
                _ = try await cluster.waitForJobs(round)
                // Asked again while it runs: nothing.
                try await cluster.patchExtendedJob(["spec": ["run": "now"]])
                try await cluster.finishJob()
                let ejob = try await cluster.waitForExtendedJob("it is not set back") {
                    $0[path: "spec", "run"] == "manually"
                        && $0[path: "status", "observedGeneration"]?.integer == $0.generation
                }
                #expect(ejob[path: "status", "phase"] == "Succeeded")
                #expect(ejob[path: "status", "runs"]?.integer == Int64(round))
            }
            try await cluster.pass(.seconds(5))
            #expect(try await cluster.jobs().count == 2)
        }
    }

    @Test func anErrandMadeWithNowRunsOnce() async throws {
        let cluster = try await RunCluster()
        try await cluster.withController {
            try await cluster.makeExtendedJob(["run": "now"])
            try await cluster.finishJob(exitCode: 3)
            let ejob = try await cluster.waitForExtendedJob("it is not set back") {
                $0[path: "spec", "run"] == "manually"
            }
            #expect(ejob[path: "status", "phase"] == "Failed")
            #expect(ejob[path: "status", "exitCode"] == 3)
        }
        #expect(try await cluster.jobs().count == 1)
    }

    /// Asks for a run, and waits until it is on record. Returns its Job.
    private func startErrand(_ cluster: RunCluster) async throws -> KubeObject {
        try await cluster.makeExtendedJob(["run": "now"])
        let job = try #require(try await cluster.waitForJobs(1).first)
        try await cluster.start(job)
        _ = try await cluster.waitForExtendedJob("the run is not recorded") { $0[path: "status", "lastRun"] != nil }
        return job
    }

    @Test func deletingTheJobCancelsAnErrand() async throws {
        let cluster = try await RunCluster()
        try await cluster.withController {
            let job = try await startErrand(cluster)
            try await cluster.client.delete(
                .jobs, namespace: "default", name: job.name ?? "",
                options: DeleteOptions(propagationPolicy: .background))
            let ejob = try await cluster.waitForExtendedJob("it is not set back") {
                $0[path: "spec", "run"] == "manually"
            }
            #expect(ejob[path: "status", "phase"] == "Cancelled")
        }
        #expect(try await cluster.jobs().isEmpty)
    }

    /// It is set back already when it ends: its Job goes on, and the next request is one.
    @Test func settingAnErrandBackDoesNotStopIt() async throws {
        let cluster = try await RunCluster()
        try await cluster.withController {
            let job = try await startErrand(cluster)
            try await cluster.patchExtendedJob(["spec": ["run": "manually"]])
            try await cluster.pass(.seconds(5))
            let going = try await cluster.jobs()
            #expect(going.map(\.uid) == [job.uid])
            try await cluster.finish(going[0])
            let ejob = try await cluster.waitForExtendedJob("it is not over") {
                $0[path: "status", "phase"] == "Succeeded"
            }
            #expect(ejob[path: "spec", "run"] == "manually" && ejob[path: "status", "errand"] == nil)
            try await cluster.patchExtendedJob(["spec": ["run": "now"]])
            _ = try await cluster.waitForJobs(2)
        }
    }

    /// The server keeps such fields, and nobody reads them.
    @Test func fieldsThatATemplateDoesNotHaveAreNamedInAnEvent() async throws {
        let cluster = try await RunCluster()
        try await cluster.withController {
            var template = Self.configured
            template["backoffLimit"] = 4
            try await cluster.makeExtendedJob(["run": "manually", "template": template])
            let event = try await cluster.wait(.events) { $0["reason"] == "FieldIgnored" }
            #expect(event["message"]?.string?.hasPrefix("spec.template.backoffLimit is not a field") == true)
        }
    }

    @Test func aOneOffRunsOnceWhoeverRestarts() async throws {
        let cluster = try await RunCluster()
        try await cluster.withController {
            try await cluster.makeExtendedJob(["run": "once"])
            try await cluster.finishJob()
            _ = try await cluster.waitForExtendedJob("it is not over") { $0[path: "status", "phase"] == "Succeeded" }
        }
        try await cluster.withController {
            _ = try await cluster.client.patch(
                RunCluster.extendedJobs, namespace: "default", name: "ejob", type: .merge,
                ["metadata": ["labels": ["a": "b"]]])
            try await cluster.pass(.seconds(3))
        }
        #expect(try await cluster.jobs().count == 1)
    }

    @Test func aChangeOfWhatAOneOffRefersToStartsItOnceMore() async throws {
        let cluster = try await RunCluster()
        func configure(_ level: String) async throws {
            _ = try await cluster.client.patch(
                .configMaps, namespace: "default", name: "cfg", type: .merge, ["data": ["level": .string(level)]])
        }
        try await cluster.withController {
            try await cluster.makeExtendedJob([
                "run": "once", "updateOnConfigChange": true, "template": Self.configured,
            ])
            let waiting = try await cluster.waitForExtendedJob("it does not wait") {
                $0[path: "status", "reason"] != nil
            }
            #expect(waiting[path: "status", "reason"] == "WaitingForReferences")
            #expect(waiting[path: "status", "message"]?.string?.contains("ConfigMap cfg") == true)
            var config = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "cfg")
            config["data"] = ["level": "1"]
            _ = try await cluster.client.create(.configMaps, config)
            try await cluster.finishJob()
            _ = try await cluster.waitForExtendedJob("it is not over") { $0[path: "status", "phase"] == "Succeeded" }
            _ = try await cluster.client.patch(
                .configMaps, namespace: "default", name: "cfg", type: .merge,
                ["metadata": ["annotations": ["a": "b"]]])
            try await cluster.pass(.seconds(5))
            #expect(try await cluster.jobs().count == 1)
            for level in ["2", "3", "4"] { try await configure(level) }
            _ = try await cluster.waitForJobs(2)
            try await cluster.finishJob()
            let ejob = try await cluster.waitForExtendedJob("it has not run again") {
                $0[path: "status", "runs"] == 2 && $0[path: "status", "phase"] == "Succeeded"
            }
            #expect(ejob[path: "status", "lastRun", "triggeredBy"] == "config change")
            try await cluster.pass(.seconds(5))
        }
        #expect(try await cluster.jobs().count == 2)
    }

    private static let configured: JSONValue = [
        "spec": [
            "restartPolicy": "Never",
            "containers": [
                [
                    "name": "main", "image": "busybox",
                    "env": [
                        ["name": "LEVEL", "valueFrom": ["configMapKeyRef": ["name": "cfg", "key": "level"]]]
                    ],
                ]
            ],
        ]
    ]
}
