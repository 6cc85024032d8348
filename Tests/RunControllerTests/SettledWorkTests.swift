import FakeCluster
import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import RunCore
import TestSupport
import Testing

@testable import RunController

/// Of the work of runs that are over nothing is kept, whether it was over before the controller looked or ends before
/// its eyes, and whether it leads or stands by.
@Suite(.timeLimit(.minutes(5)))
struct SettledWorkTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// The informers of JobRuns, as a controller has them.
    private func informers(_ cluster: RunCluster) -> [String: Informer] {
        let configuration = RunControllerConfiguration()
        var informers = InformerSet(
            client: cluster.client, namespaces: [], time: cluster.time.source, logger: logger)
        _ = FamilyController(
            JobTemplateFamily(), informers: &informers, pool: InformerPool(),
            recorder: EventRecorder(
                client: cluster.client, component: "test", instance: "test", time: cluster.time.source, logger: logger),
            effects: RunEffects(
                callbacks: CallbackPerformer(
                    client: cluster.client, policy: configuration.callbacks, time: cluster.time.source,
                    connect: CallbackPerformer.network),
                output: OutputPerformer(client: cluster.client, options: WriteOptions())),
            turns: RunTurns(), configuration: configuration)
        return Dictionary(uniqueKeysWithValues: informers.all.map { ($0.resource.plural, $0) })
    }

    @Test func theJobAndPodsOfARunThatIsOverAreLetGo() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        try await cluster.withController {
            try await cluster.makeRun("before")
            try await cluster.finish(try await cluster.waitForJob())
            _ = try await cluster.wait(for: .succeeded, of: "before")
            try await cluster.makeRun("after")
            let job = try await cluster.wait(.jobs) { $0.controllerReference?.name == "after" }

            let informers = informers(cluster)
            let runs = try #require(informers["jobruns"])
            let jobs = try #require(informers["jobs"])
            let pods = try #require(informers["pods"])
            let ends = Journal<String>()
            runs.addHandler { change in
                if change.object[path: "status", "phase"] == "Failed" { ends.add(change.key.name) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for informer in informers.values { group.addTask { try await informer.run() } }
                for informer in informers.values { try await informer.waitUntilSynced() }
                #expect(jobs.store.all().map(\.uid) == [job.uid])
                #expect(pods.store.count == 0)
                try await cluster.finish(job, exitCode: 1)
                #expect(await ends.next() == "after")
                #expect(jobs.store.count == 0)
                #expect(pods.store.count == 0)
                #expect(runs.store.count == 2)
                group.cancelAll()
            }
        }
    }

    /// A run may be over while its Job is still to be ended: the Job stays in view until it is.
    @Test func aJobThatIsNotOverStaysInView() async throws {
        let cluster = try await RunCluster()
        let cancelled = try await cluster.client.create(.jobs, try await job(of: cluster.makeRun("cancelled")))
        _ = try await cluster.client.patch(
            RunCluster.jobRuns, namespace: "default", name: "cancelled", type: .merge,
            ["status": ["phase": "Cancelled", "jobRef": ["name": "cancelled", "uid": .string(cancelled.uid ?? "")]]],
            subresource: "status")
        let informers = informers(cluster)
        let jobs = try #require(informers["jobs"])
        let news = Journal<String>()
        jobs.addHandler { change in news.add(change.key.name) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for informer in informers.values { group.addTask { try await informer.run() } }
            #expect(await news.next() == "cancelled")
            try await cluster.finish(cancelled, exitCode: 1)
            let other = try await cluster.client.create(.jobs, try await job(of: cluster.makeRun("other")))
            #expect(await news.next() == "other")
            #expect(jobs.store.all().map(\.uid) == [other.uid])
            group.cancelAll()
        }
    }

    private func job(of run: KubeObject) throws -> KubeObject {
        let name = run.name ?? ""
        var job = KubeObject(apiVersion: "batch/v1", kind: "Job", namespace: "default", name: name)
        job.metadata["labels"] = ["cellbytes.io/job-run": .string(name)]
        job.metadata["ownerReferences"] = [try #require(OwnerReference(controllerOf: run)).json]
        job["spec"] = [
            "template": [
                "metadata": ["labels": ["cellbytes.io/job-run": .string(name)]],
                "spec": ["restartPolicy": "Never", "containers": [["name": "main", "image": "busybox"]]],
            ]
        ]
        return job
    }

    /// Whoever sets a run back that was over has it looked at again, though its Job had been let go.
    @Test func aRunThatIsSetBackFindsItsJobAgain() async throws {
        let cluster = try await RunCluster()
        try await cluster.makeTemplate()
        try await cluster.withController {
            try await cluster.makeRun()
            try await cluster.finish(try await cluster.waitForJob())
            let run = try await cluster.wait(for: .succeeded)
            _ = try await cluster.client.patch(
                RunCluster.jobRuns, namespace: "default", name: "run", type: .merge,
                ["status": ["phase": "Running", "exitCode": .null]], subresource: "status")
            // It is looked at again after a while, which begins at a moment that nobody can see.
            var again = run
            while again[path: "status", "phase"] != "Succeeded" || again.resourceVersion == run.resourceVersion {
                cluster.time.advance(by: .milliseconds(50))
                try await Task.sleep(for: .milliseconds(1))
                again = try await cluster.client.get(RunCluster.jobRuns, namespace: "default", name: "run")
            }
            #expect(again[path: "status", "jobRef"] == run[path: "status", "jobRef"])
            #expect(again[path: "status", "succeeded"] == 1)
        }
        #expect(try await cluster.jobs().count == 1)
    }
}
