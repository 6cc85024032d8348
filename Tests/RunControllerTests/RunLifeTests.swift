import FakeCluster
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunController
import RunCore
import TestSupport
import Testing

/// The engine against the fake cluster: what becomes of a run.
@Suite(.timeLimit(.minutes(5)))
struct RunLifeTests {
    @Test func aRunMakesOneJobAndTakesOverItsEnd() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        let transport = cluster.transport()
        let (run, job) = try await cluster.withController(over: transport) {
            try await cluster.makeRun()
            let job = try await cluster.waitForJob()
            try await cluster.start(job)
            _ = try await cluster.wait(for: .pending)
            try await cluster.finish(job, message: "all is well")
            return (try await cluster.wait(for: .succeeded), job)
        }
        #expect(job.controllerReference?.uid == run.uid)
        #expect(job.labels["cellbytes.io/job-run"] == "run")
        #expect(run[path: "status", "jobRef", "uid"]?.string == job.uid)
        #expect(run[path: "status", "exitCode"] == 0)
        #expect(run[path: "status", "succeeded"] == 1)
        #expect(try await cluster.jobs().count == 1)
        // The budget: a Job and three writes of the status.
        #expect(transport.writes.count <= 4, "\(transport.writes)")
    }

    @Test func theExitCodeOfAFailureIsKept() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        let run = try await cluster.withController {
            try await cluster.makeRun()
            try await cluster.finish(try await cluster.waitForJob(), exitCode: 7, message: "disk full")
            let run = try await cluster.wait(for: .failed)
            _ = try await cluster.wait(.events) { $0[path: "involvedObject", "name"] == "run" }
            return run
        }
        #expect(run[path: "status", "exitCode"] == 7)
        #expect(run[path: "status", "reason"] == "Error")
        #expect(run[path: "status", "message"]?.string?.contains("disk full") == true)
    }

    @Test func aMissingTemplateIsWaitedForAndThenTheRunFails() async throws {
        let cluster = try await RunCluster()
        let run = try await cluster.withController {
            try await cluster.makeRun()
            _ = try await cluster.wait(for: .waiting)
            await cluster.time.waitForSleepers(dueWithin: .seconds(10))
            cluster.time.advance(by: .seconds(10))
            return try await cluster.wait(for: .failed)
        }
        #expect(run[path: "status", "failed"] == 1)
        #expect(run[path: "status", "error"] == "JobTemplate 'echo' not found")
        #expect(run[path: "status", "reason"] == "TemplateNotFound")
        #expect(try await cluster.jobs().isEmpty)
    }

    @Test func aTemplateThatComesInTimeIsUsed() async throws {
        let cluster = try await RunCluster()
        try await cluster.withController {
            try await cluster.makeRun()
            _ = try await cluster.wait(for: .waiting)
            try await cluster.makeTemplate()
            _ = try await cluster.waitForJob()
        }
    }

    @Test func aJobThatTheServerRefusesIsShownOnTheRun() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate { $0.set("Always", at: ["template", "spec", "restartPolicy"]) }
        let run = try await cluster.withController {
            try await cluster.makeRun()
            return try await cluster.wait(for: .failed)
        }
        #expect(run[path: "status", "reason"] == "InvalidTemplate")
        #expect(run[path: "status", "message"]?.string?.contains("restartPolicy") == true)
    }

    /// The Job is there and its pods are not, as when a quota is used up: only the Job's Events say why.
    @Test func podsThatTheServerRefusesAreShownOnTheRun() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        let transport = cluster.transport()
        func refusal(_ pod: String) -> String {
            "pods \"\(pod)\" is forbidden: exceeded quota: few, requested: pods=1, limited: pods=3"
        }
        try await cluster.withController(over: transport) {
            try await cluster.makeRun()
            let job = try await cluster.waitForJob()
            try await cluster.refusePods(of: job, message: refusal("\(job.name ?? "")-x7k2p"))
            await cluster.time.waitForSleepers(dueWithin: .seconds(2))
            cluster.time.advance(by: .seconds(2))
            let stuck = try await cluster.wait(RunCluster.jobRuns) {
                $0[path: "status", "reason"] == "PodCreateFailed"
            }
            #expect(stuck[path: "status", "phase"] == "Pending")
            let words = "the API server refuses the Job's pod: " + refusal("\(job.name ?? "")-…")
            #expect(stuck[path: "status", "message"]?.string == words)
            let event = try await cluster.wait(.events) { $0[path: "involvedObject", "name"] == "run" }
            #expect(event["reason"] == "PodCreateFailed")
            // Room is made.
            try await cluster.finish(try await cluster.waitForJob())
            let over = try await cluster.wait(for: .succeeded)
            #expect(over[path: "status", "message"] == nil)
        }
        // The look at the run after its own status was written asks for nothing.
        #expect(transport.entries.count { $0.path.hasSuffix("/events") && $0.method == .get } == 1)
    }

    @Test func aForeignJobOfTheNameIsAConflict() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        let run = try await cluster.makeRun()
        let name = JobName.name(run: "run", uid: run.uid ?? "")
        var foreign = KubeObject(apiVersion: "batch/v1", kind: "Job", namespace: "default", name: name)
        foreign["spec"] = [
            "template": [
                "spec": ["restartPolicy": "Never", "containers": [["name": "c", "image": "busybox"]]]
            ]
        ]
        _ = try await cluster.client.create(.jobs, foreign)
        let failed = try await cluster.withController { try await cluster.wait(for: .failed) }
        #expect(failed[path: "status", "reason"] == "NameConflict")
        #expect(try await cluster.jobs().count == 1)
    }

    @Test func aJobOnceSeenAndGoneIsNotMadeAgain() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        try await cluster.withController {
            try await cluster.makeRun()
            let job = try await cluster.waitForJob()
            try await cluster.start(job)
            _ = try await cluster.wait(for: .pending)
            try await cluster.remove(job)
            let lost = try await cluster.wait(for: .failed)
            #expect(lost[path: "status", "reason"] == "JobLost")
        }
        // Not by the next controller either.
        let transport = cluster.transport()
        try await cluster.withController(over: transport) {
            try await cluster.makeRun("other")
            _ = try await cluster.waitForJob()
        }
        #expect(try await cluster.jobs().map(\.controllerReference?.name) == ["other"])
    }

    @Test func aJobThatIsRemovedTheMomentItEndsHasEndedAllTheSame() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        let run = try await cluster.withController {
            try await cluster.makeRun()
            let job = try await cluster.waitForJob()
            try await cluster.finish(job)
            try await cluster.remove(job)
            return try await cluster.wait(for: .succeeded)
        }
        #expect(run[path: "status", "exitCode"] == 0)
        #expect(try await cluster.jobs().isEmpty)
    }

    /// Pods are watched apart from Jobs: what the last pod says may come when its Job is already gone.
    @Test func aPodThatIsSeenAfterItsJobIsGoneStillCounts() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        let (late, isLate, isInTime) = (ManualTime(), Flag(), Flag())
        let transport = DisturbedTransport(cluster.cluster.transport()) { _, request in
            guard request.path.contains("/pods"), request.path.contains("watch=true") else { return nil }
            let wait: @Sendable (Duration) async throws -> Void = {
                if isLate.isRaised, !isInTime.isRaised { try await late.source.sleep($0) }
            }
            return .late(.seconds(1), TimeSource(now: { late.now }, sleep: wait))
        }
        let run = try await cluster.withController(over: transport) {
            try await cluster.makeRun()
            let job = try await cluster.waitForJob()
            isLate.raise()
            try await cluster.finish(job, message: "last words")
            try await cluster.remove(job)
            await cluster.time.waitForSleepers(dueWithin: .seconds(2))
            isInTime.raise()
            late.advance(by: .seconds(1))
            return try await cluster.wait(for: .succeeded)
        }
        #expect(run[path: "status", "message"] == "last words")
    }

    @Test func cancellingDeletesTheJob() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        let run = try await cluster.withController {
            try await cluster.makeRun()
            let job = try await cluster.waitForJob()
            try await cluster.start(job)
            _ = try await cluster.wait(for: .pending)
            _ = try await cluster.client.patch(
                RunCluster.jobRuns, namespace: "default", name: "run", type: .merge, ["spec": ["cancel": true]])
            return try await cluster.wait(for: .cancelled)
        }
        #expect(run[path: "status", "reason"] == "Cancelled")
        #expect(try await cluster.jobs().allSatisfy(\.isBeingDeleted))
    }

    @Test func suspendingSuspendsTheJob() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        try await cluster.withController {
            try await cluster.makeRun(spec: ["templateRef": "echo", "suspend": true])
            let job = try await cluster.waitForJob()
            #expect(job[path: "spec", "suspend"] == true)
            // Nobody touches the Job here; the report waits for the Job controller a little.
            await cluster.time.waitForSleepers(dueWithin: .seconds(2))
            cluster.time.advance(by: .seconds(2))
            _ = try await cluster.wait(for: .suspended)
            _ = try await cluster.client.patch(
                RunCluster.jobRuns, namespace: "default", name: "run", type: .merge, ["spec": ["suspend": false]])
            _ = try await cluster.wait(.jobs) { $0[path: "spec", "suspend"] == false }
        }
    }

    @Test func definitionsThatAreMissingAreWaitedFor() async throws {
        let cluster = try await RunCluster(definitions: [])
        try await cluster.withController {
            await cluster.time.waitForSleepers(2, dueWithin: .seconds(5))
            try await cluster.install(Definitions.all)
            try await cluster.makeTemplate()
            try await cluster.makeRun()
            cluster.time.advance(by: .seconds(5))
            _ = try await cluster.waitForJob()
        }
    }

    /// Tekton is installed after the controller: its runs and what they refer to have come together by then.
    @Test func tektonsDefinitionsMayComeLater() async throws {
        let isTekton: (KubeObject) -> Bool = { $0[path: "spec", "group"] == "tekton.dev" }
        let cluster = try await RunCluster(definitions: Definitions.all.filter { !isTekton($0) })
        try await cluster.withController {
            try await cluster.makeTemplate()
            try await cluster.makeRun()
            // The other families do not wait for them.
            let first = try await cluster.waitForJob()
            await cluster.time.waitForSleepers(2, dueWithin: .seconds(5))
            try await cluster.install(Definitions.all.filter(isTekton))
            var task = KubeObject(
                apiVersion: "tekton.dev/v1beta1", kind: "CustomRun", namespace: "default", name: "step")
            task["spec"] = ["customRef": ["apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "name": "echo"]]
            let resource = APIResource(
                group: "tekton.dev", version: "v1beta1", plural: "customruns", kind: "CustomRun")
            _ = try await cluster.client.create(resource, task)
            cluster.time.advance(by: .seconds(5))
            let job = try await cluster.wait(.jobs) { $0.uid != first.uid }
            #expect(job.controllerReference?.kind == "CustomRun")
        }
    }

    /// The Job counts its pods one by one; a run that follows each of them would be written some two hundred times.
    @Test func theCountsOfManyPodsAreFewWrites() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate {
            $0.set(100, at: ["completions"])
            $0.set(10, at: ["parallelism"])
        }
        let transport = cluster.transport()
        let begin = cluster.time.now
        let run = try await cluster.withController(over: transport) {
            try await cluster.makeRun()
            let job = try await cluster.waitForJob()
            let pod = try await cluster.runPod(of: job)
            try await cluster.count(job, active: 10)
            _ = try await cluster.wait(for: .running)
            for number: Int64 in 1...99 {
                try await cluster.count(job, active: min(10, 100 - number), succeeded: number)
                // Each count is seen.
                try await cluster.pass(.milliseconds(100))
            }
            _ = try await cluster.wait(RunCluster.jobRuns) { ($0[path: "status", "succeeded"]?.integer ?? 0) > 40 }
            try await cluster.deletePod(pod)
            try await cluster.finish(try await cluster.waitForJob(), completions: 100)
            return try await cluster.wait(for: .succeeded)
        }
        #expect(run[path: "status", "succeeded"] == 100)
        // A Job, three steps of the run, and its counts every five seconds.
        let most = 4 + Int((cluster.time.now - begin) / .seconds(5))
        #expect(most < 20 && transport.writes.count <= most, "\(transport.writes)")
    }

    /// A run that belongs to no namespace is for the controller that watches the namespace of its Job.
    @Test func aRunForANamespaceThatIsNotWatchedIsLeftAlone() async throws {
        let cluster = try await RunCluster()
        let kubernetesJobs = APIResource(
            group: "kubernetes.project-planton.org", version: "v1", plural: "kubernetesjobs", kind: "KubernetesJob",
            isNamespaced: false)
        _ = try await cluster.client.create(
            .namespaces, KubeObject(apiVersion: "v1", kind: "Namespace", name: "other"))
        for (name, namespace) in [("elsewhere", "other"), ("here", "default")] {
            var run = KubeObject(apiVersion: "kubernetes.project-planton.org/v1", kind: "KubernetesJob", name: name)
            run["spec"] = ["namespace": ["value": .string(namespace)], "image": ["repo": "busybox"]]
            _ = try await cluster.client.create(kubernetesJobs, run)
        }
        var configuration = RunControllerConfiguration()
        configuration.namespaces = ["default"]
        configuration.families = [KubernetesJobFamily()]
        // One after the other: with the second, the first has been looked at.
        configuration.concurrency = 1
        let transport = cluster.transport()
        try await cluster.withController(over: transport, configuration: configuration) {
            let job = try await cluster.waitForJob()
            #expect(job.name == "here")
            try await cluster.start(job)
            for try await event in try await cluster.client.watch(kubernetesJobs) {
                if event.object?.name == "here", event.object?[path: "status", "phase"] == "Pending" { break }
            }
        }
        #expect(!transport.writes.contains { $0.contains("elsewhere") || $0.contains("/namespaces/other/") })
        let elsewhere = try await cluster.client.get(kubernetesJobs, name: "elsewhere")
        #expect(elsewhere["status"] == nil)
    }

    /// The watch of the Jobs is late; what the run wants to suspend has ended, and is gone. Its end is what counts, and
    /// it is not made again.
    @Test func aJobThatIsGoneWhenItIsToBeChangedHasEndedAsItDid() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        let source = cluster.time.source
        let transport = DisturbedTransport(cluster.cluster.transport()) { _, request in
            request.path.contains("/jobs?") && request.path.contains("watch=true") ? .late(.seconds(1), source) : nil
        }
        try await cluster.withController(over: transport) {
            try await cluster.makeRun()
            let job = try await cluster.waitForJob()
            try await cluster.finish(job)
            try await cluster.remove(job)
            _ = try await cluster.client.patch(
                RunCluster.jobRuns, namespace: "default", name: "run", type: .merge, ["spec": ["suspend": true]])
            let isOver = Flag()
            async let end: KubeObject = {
                defer { isOver.raise() }
                return try await cluster.wait(for: .succeeded)
            }()
            await cluster.letTimePass(until: isOver)
            _ = try await end
        }
        #expect(transport.entries.contains { $0.method == .patch && $0.path.contains("/jobs/") && $0.code == 404 })
        #expect(transport.entries.count { $0.method == .post && $0.path.hasSuffix("/jobs") } == 1)
    }
}
