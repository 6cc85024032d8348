import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunController
import RunCore
import TestSupport
import Testing

/// A run's end announced to a URL, by the whole engine.
@Suite(.timeLimit(.minutes(10)))
struct CallbackTests {
    private static let url = "https://hooks.example.test/done?job=1"

    private func finishedRun(
        _ cluster: RunCluster, _ receiver: Receiver, spec: JSONObject = [:], exitCode: Int64 = 0,
        _ body: () async throws -> Void
    ) async throws {
        try await cluster.makeTemplate()
        var whole: JSONObject = ["templateRef": "echo", "callbackUrl": .string(Self.url)]
        for (key, value) in spec { whole[key] = value }
        try await cluster.withController(callbacks: receiver) {
            try await cluster.makeRun(spec: whole)
            let job = try await cluster.waitForJob()
            try await cluster.finish(job, exitCode: exitCode)
            try await body()
        }
    }

    private func waitForCallback(_ cluster: RunCluster, _ state: EffectRecord.State) async throws -> JSONValue? {
        let run = try await cluster.wait(RunCluster.jobRuns) {
            $0[path: "status", "callback", "state"]?.string == state.rawValue
        }
        return run[path: "status", "callback"]
    }

    @Test func theEndIsAnnouncedOnceAndKept() async throws {
        let cluster = try await RunCluster()
        let receiver = try Receiver()
        try await finishedRun(cluster, receiver, spec: ["callbackToken": "s3cr3t"], exitCode: 3) {
            let delivery = try #require(await receiver.deliveries.next())
            #expect(delivery.server == "https://hooks.example.test:443")
            #expect(delivery.request.method == .post && delivery.request.path == "/done?job=1")
            #expect(delivery.body == ["name": "run", "status": "Failed"])
            #expect(delivery.header("Authorization") == "Bearer s3cr3t")
            #expect(delivery.header("Webhook-Signature")?.hasPrefix("v1,") == true)
            let record = try await waitForCallback(cluster, .done)
            #expect(record?["attempts"] == 1 && record?["lastError"] == nil)
            let run = try await cluster.wait(for: .failed)
            #expect(delivery.header("Idempotency-Key") == run.uid)
            #expect(delivery.header("Webhook-Id") == run.uid)
            let job = try #require(try await cluster.jobs().first)
            #expect(!job.value.encodedString().contains("s3cr3t"))
            #expect(job.annotations["cellbytes.io/callback-url"] == Self.url)
        }
    }

    @Test func aReceiverThatFailsIsTriedAgainLaterAndLater() async throws {
        let cluster = try await RunCluster()
        let receiver = try Receiver(answers: [503, 0, 429])
        try await finishedRun(cluster, receiver) {
            var ids: Set<String> = []
            for attempt in 1...4 {
                let delivery = try #require(await receiver.deliveries.next())
                #expect(delivery.body == ["name": "run", "status": "Complete"])
                ids.insert(delivery.header("Webhook-Id") ?? "")
                guard attempt < 4 else { break }
                let run = try await cluster.wait(RunCluster.jobRuns) {
                    $0[path: "status", "callback", "attempts"]?.integer == Int64(attempt)
                }
                #expect(run[path: "status", "callback", "state"] == "Pending")
                let wait = Duration.seconds(5 * (1 << (attempt - 1)))
                #expect(
                    run[path: "status", "callback", "nextAttempt"]?.string == (cluster.time.now + wait).rfc3339)
                await cluster.time.waitForSleepers(dueWithin: wait)
                cluster.time.advance(by: wait)
            }
            #expect(ids.count == 1)
            #expect(try await waitForCallback(cluster, .done)?["attempts"] == 4)
        }
    }

    @Test(arguments: [
        ([302], "93.184.216.34", "redirects are not followed"), ([404], "93.184.216.34", "answered 404"),
        ([], "127.0.0.1", "127.0.0.1 is not allowed"),
    ])
    func whatWillNeverDoIsGivenUp(_ answers: [Int], _ address: String, _ error: String) async throws {
        let cluster = try await RunCluster()
        try await finishedRun(cluster, try Receiver(answers: answers, address: address)) {
            let record = try await waitForCallback(cluster, .failed)
            #expect(record?["lastError"]?.string?.hasSuffix(error) == true)
            let event = try await cluster.wait(.events) { $0["reason"] == "CallbackFailed" }
            #expect(event["type"] == "Warning")
            _ = try await cluster.wait(for: .succeeded)
        }
    }

    @Test func theTokenIsReadFromItsSecretWhenItIsThere() async throws {
        let cluster = try await RunCluster()
        let receiver = try Receiver()
        let reference: JSONValue = ["name": "hook", "key": "token"]
        try await finishedRun(cluster, receiver, spec: ["callbackTokenSecretRef": reference]) {
            let run = try await cluster.wait(RunCluster.jobRuns) {
                $0[path: "status", "callback", "attempts"]?.integer == 1
            }
            #expect(
                run[path: "status", "callback", "lastError"]
                    == "callbackTokenSecretRef: there is no Secret hook")
            var secret = KubeObject(apiVersion: "v1", kind: "Secret", namespace: "default", name: "hook")
            secret["stringData"] = ["token": "t0ken\n"]
            _ = try await cluster.client.create(.secrets, secret)
            await cluster.time.waitForSleepers(dueWithin: .seconds(5))
            cluster.time.advance(by: .seconds(5))
            let delivery = try #require(await receiver.deliveries.next())
            #expect(delivery.header("Authorization") == "Bearer t0ken")
            let done = try await waitForCallback(cluster, .done)
            #expect(done?["attempts"] == 2)
        }
    }
}
