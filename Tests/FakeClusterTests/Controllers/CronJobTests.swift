import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

@testable import FakeCluster

/// When Jobs are started by the clock.
@Suite(.timeLimit(.minutes(5)))
struct CronJobTests {
    struct NextCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var after = "2026-01-01T00:00:00Z"
        var next: String?

        init(_ schedule: String, after: String = "2026-01-01T00:00:00Z", next: String?) {
            testDescription = schedule
            self.after = after
            self.next = next
        }
    }

    // 2026-01-01 is a Thursday.
    static let schedules = [
        NextCase("* * * * *", next: "2026-01-01T00:01:00Z"),
        NextCase("*/15 * * * *", after: "2026-01-01T00:15:30Z", next: "2026-01-01T00:30:00Z"),
        NextCase("30 4 * * *", next: "2026-01-01T04:30:00Z"),
        NextCase("0 0 31 * *", next: "2026-01-31T00:00:00Z"),
        NextCase("0 0 29 2 *", next: "2028-02-29T00:00:00Z"),
        NextCase("0 12 * * mon-fri", after: "2026-01-02T12:00:00Z", next: "2026-01-05T12:00:00Z"),
        NextCase("0 0 * * 7", next: "2026-01-04T00:00:00Z"),
        // Given both ways, one day suffices.
        NextCase("0 0 13 * fri", next: "2026-01-02T00:00:00Z"),
        NextCase("5-10/5,20 1 * jan *", next: "2026-01-01T01:05:00Z"),
        NextCase("@weekly", next: "2026-01-04T00:00:00Z"),
        NextCase("@every 1h30m", next: "2026-01-01T01:30:00Z"),
        NextCase("0 0 31 2 *", next: nil),
    ]

    @Test(arguments: schedules)
    func aScheduleSaysItsNextTime(_ test: NextCase) throws {
        let schedule = try #require(CronSchedule(test.testDescription))
        let after = try #require(Timestamp(test.after))
        #expect(schedule.next(after: after)?.rfc3339 == test.next)
    }

    @Test(arguments: ["", "* * * *", "60 * * * *", "* 24 * * *", "a * * * *", "5-1 * * * *", "*/0 * * * *", "@every x"])
    func whatIsNoScheduleIsRefused(_ text: String) {
        #expect(CronSchedule(text) == nil)
    }

    @Test func aJobIsStartedWhenItsTimeComes() async throws {
        try await withCronJob(["schedule": "* * * * *"]) { cluster, clock in
            await clock.waitForSleepers()
            #expect(clock.nextDue == clock.now + .seconds(60))
            clock.advanceToNext()
            let jobs = try await cluster.objects(.jobs) { $0.count == 1 }
            #expect(jobs[0].name == "c-\(clock.now.seconds / 60)")
            #expect(jobs[0].controllerReference?.name == "c")
            let cron = try await cluster.object(.cronJobs, Self.key) { $0[path: "status", "active"] != nil }
            #expect(cron[path: "status", "lastScheduleTime"]?.string == clock.now.rfc3339)
        }
    }

    @Test func whatMayNotRunTwiceWaits() async throws {
        try await withCronJob(["schedule": "* * * * *", "concurrencyPolicy": "Forbid"]) { cluster, clock in
            await clock.waitForSleepers()
            clock.advanceToNext()
            var job = try await cluster.objects(.jobs) { $0.count == 1 }[0]
            await clock.waitForSleepers()
            clock.advanceToNext()
            await clock.waitForSleepers()
            #expect(try await cluster.list(.jobs, namespace: nil).count == 1)
            job["status"] = ["conditions": [["type": "Complete", "status": "True"]]]
            _ = try await cluster.updateStatus(.jobs, job)
            try await cluster.objects(.jobs) { $0.count == 2 }
        }
    }

    @Test func onlyTheLastOfManyMissedTimesIsMadeUpFor() async throws {
        let clock = ManualTime()
        clock.advance(by: .seconds(3600 * 24 * 3))
        try await withCronJob(["schedule": "0 * * * *"], clock, created: "2026-01-01T00:00:00Z") { cluster, clock in
            let jobs = try await cluster.objects(.jobs) { !$0.isEmpty }
            #expect(jobs.map(\.name) == ["c-\(clock.now.seconds / 60)"])
        }
    }

    static let key = ObjectKey(namespace: "n", name: "c")

    private func withCronJob(
        _ spec: JSONObject, _ clock: ManualTime = ManualTime(), created: String? = nil,
        _ body: @escaping @Sendable (MemoryCluster, ManualTime) async throws -> Void
    ) async throws {
        let cluster = MemoryCluster(time: clock.source)
        let logger = Logger(label: "test")
        let recorder = EventRecorder(access: cluster, time: clock.source, logger: logger)
        let controller = CronJobController(access: cluster, time: clock.source, recorder: recorder, logger: logger)
        var cron = KubeObject(apiVersion: "batch/v1", kind: "CronJob", namespace: "n", name: "c")
        var spec = spec
        spec["jobTemplate"] = ["spec": ["template": ["spec": ["containers": []]]]]
        cron["spec"] = .object(spec)
        var stored = try await cluster.create(.cronJobs, cron)
        if let created {
            stored.metadata["creationTimestamp"] = .string(created)
            _ = try await cluster.update(.cronJobs, stored)
        }
        try await withRunning([{ await controller.run() }]) { try await body(cluster, clock) }
    }
}
