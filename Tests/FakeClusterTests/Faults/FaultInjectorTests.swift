import FakeCluster
import HTTPTypes
import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

/// Faults made on purpose, in process.
@Suite(.timeLimit(.minutes(5)))
struct FaultInjectorTests {
    private static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    private static let maps = "/api/v1/namespaces/default/configmaps"

    private func cluster(_ fault: FaultPlan.Fault, _ edit: (inout FaultPlan.Rule) -> Void = { _ in }) throws
        -> FakeCluster
    {
        var rule = FaultPlan.Rule("test", fault)
        rule.match.resources = ["configmaps"]
        edit(&rule)
        var configuration = FakeCluster.Configuration(runsPods: false)
        configuration.faults = FaultPlan(seed: 7, rules: [rule])
        return try FakeCluster(configuration: configuration, logger: Self.quiet)
    }

    private func send(
        _ cluster: FakeCluster, _ method: HTTPRequest.Method, _ path: String, _ body: String = "",
        as user: UserIdentity = .admin, agent: String = "test"
    ) async throws -> (code: Int, retryAfter: String?, text: String) {
        let headers: HTTPFields = [.contentType: "application/json", .userAgent: agent]
        let response = try await cluster.transport(as: user).send(
            WireRequest(method: method, path: path, headers: headers, body: Array(body.utf8)))
        let text = String(decoding: try await response.body.collect(), as: UTF8.self)
        return (response.status.code, response.headers[.retryAfter], text)
    }

    private func create(_ cluster: FakeCluster, _ name: String) async throws -> Int {
        try await send(cluster, .post, Self.maps, #"{"metadata":{"name":"\#(name)"}}"#).code
    }

    @Test(
        "errors speak as a server does",
        arguments: [
            (
                FaultPlan.ErrorAnswer.tooManyRequests(retryAfter: 3), 429, "3",
                "Too many requests, please try again later."
            ),
            (.internalError, 500, nil, "etcdserver: request timed out"),
            (.unavailable(), 503, "5", #""reason":"ServiceUnavailable""#),
            (.timeout, 504, nil, "Timeout: request did not complete within requested timeout"),
            (.expired, 410, nil, #""reason":"Expired""#),
        ] as [(FaultPlan.ErrorAnswer, Int, String?, String)])
    func errorAnswers(error: FaultPlan.ErrorAnswer, code: Int, retryAfter: String?, words: String) async throws {
        let answer = try await send(cluster(.error(error)), .get, Self.maps)
        #expect(answer.code == code)
        #expect(answer.retryAfter == retryAfter)
        #expect(answer.text.contains(words), "\(answer.text)")
    }

    @Test("a conflict befalls updates only, and what it befalls is not carried out")
    func conflict() async throws {
        let cluster = try cluster(.error(.conflict))
        #expect(try await create(cluster, "a") == 201)
        let answer = try await send(cluster, .delete, Self.maps + "/a")
        #expect(answer.code == 409)
        #expect(
            answer.text.contains(#"Operation cannot be fulfilled on configmaps \"a\": the object has been modified"#))
        #expect(try await send(cluster, .get, Self.maps + "/a").code == 200)
    }

    @Test("a connection that is cut", arguments: [false, true])
    func cut(carriedOut: Bool) async throws {
        let cluster = try cluster(.cut(carriedOut: carriedOut)) { $0.match.verbs = ["create"] }
        let error = await #expect(throws: TransportError.self) { try await create(cluster, "a") }
        #expect(error?.code == .connectionLost)
        #expect(try await send(cluster, .get, Self.maps + "/a").code == (carriedOut ? 200 : 404))
    }

    @Test("the same seed and requests meet the same faults")
    func determinism() async throws {
        var runs: [[Int]] = []
        for _ in 0..<2 {
            let cluster = try cluster(.error(.unavailable())) { $0.schedule.probability = 0.5 }
            var codes: [Int] = []
            for _ in 0..<40 { codes.append(try await send(cluster, .get, Self.maps).code) }
            runs.append(codes)
        }
        #expect(runs[0] == runs[1])
        #expect(Set(runs[0]) == [200, 503])
    }

    @Test(
        "rules strike when they say",
        arguments: [
            (schedule { $0.nth = 2 }, [200, 503, 200, 200]), (schedule { $0.every = 2 }, [200, 503, 200, 503]),
            (schedule { $0.limit = 1 }, [503, 200, 200, 200]), (schedule { $0.until = .zero }, [200, 200, 200, 200]),
            (schedule { $0.after = .seconds(3600) }, [200, 200, 200, 200]),
        ] as [(FaultPlan.Schedule, [Int])])
    func schedules(schedule: FaultPlan.Schedule, expected: [Int]) async throws {
        let cluster = try cluster(.error(.unavailable())) { $0.schedule = schedule }
        var codes: [Int] = []
        for _ in expected { codes.append(try await send(cluster, .get, Self.maps).code) }
        #expect(codes == expected)
        #expect(cluster.faults.strikes(of: "test") == expected.count { $0 == 503 })
    }

    @Test(
        "rules strike whom they say",
        arguments: [
            (match { $0.verbs = ["watch"] }, 200), (match { $0.resources = ["configmaps/status"] }, 200),
            (match { $0.resources = ["config*"] }, 503), (match { $0.resources = ["jobs.batch"] }, 200),
            (match { $0.namespaces = ["def*lt"] }, 503), (match { $0.namespaces = ["other"] }, 200),
            (match { $0.users = ["kubernetes-*"] }, 503), (match { $0.users = ["eve"] }, 200),
            (match { $0.userAgents = ["te*"] }, 503), (match { $0.userAgents = ["kubectl/*"] }, 200),
        ] as [(FaultPlan.Match, Int)])
    func matches(match: FaultPlan.Match, code: Int) async throws {
        let cluster = try cluster(.error(.unavailable())) { $0.match = match }
        #expect(try await send(cluster, .get, Self.maps).code == code)
    }

    @Test("a stale list shows what was; a fresh one what is")
    func staleList() async throws {
        let cluster = try cluster(.staleList(behind: 1)) { $0.schedule.limit = 1 }
        #expect(try await create(cluster, "a") == 201)
        #expect(try await create(cluster, "b") == 201)
        let stale = try await send(cluster, .get, Self.maps).text
        #expect(stale.contains(#""name":"a""#) && !stale.contains(#""name":"b""#))
        #expect(try await send(cluster, .get, Self.maps).text.contains(#""name":"b""#))
    }

    @Test("a watch is cut in the middle of a line")
    func cutStream() async throws {
        let cluster = try cluster(.cutStream(lines: 1))
        for name in ["a", "b"] { #expect(try await create(cluster, name) == 201) }
        let response = try await cluster.transport().send(WireRequest(method: .get, path: Self.maps + "?watch=1"))
        var text = ""
        let error = await #expect(throws: TransportError.self) {
            for try await chunk in response.body { text += String(decoding: chunk, as: UTF8.self) }
        }
        #expect(error?.code == .connectionLost)
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasSuffix("}}") == true && lines.last?.hasSuffix("}}") == false)
    }

    @Test("a watch ends with an event of code 410", arguments: [0, 1])
    func expireWatch(lines: Int) async throws {
        let cluster = try cluster(.expireWatch(lines: lines))
        for name in ["a", "b"] { #expect(try await create(cluster, name) == 201) }
        let events = try await send(cluster, .get, Self.maps + "?watch=1").text.split(separator: "\n")
        #expect(events.count == lines + 1)
        #expect(events.last?.contains(#""type":"ERROR""#) == true)
        #expect(events.last?.contains("too old resource version") == true)
    }

    @Test("a partition lets nothing through while it lasts")
    func partition() async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        let watch = try await cluster.transport().send(WireRequest(method: .get, path: Self.maps + "?watch=1"))
        var chunks = watch.body.makeAsyncIterator()
        #expect(try await create(cluster, "a") == 201)
        #expect(try await chunks.next() != nil)
        cluster.faults.isPartitioned = true
        await #expect(throws: TransportError.self) { try await create(cluster, "c") }
        // Nothing was to come along the watch: it ends all the same.
        await #expect(throws: TransportError.self) { _ = try await chunks.next() }
        cluster.faults.isPartitioned = false
        #expect(try await send(cluster, .get, Self.maps + "/c").code == 404)
    }

    @Test("a partition of one client cuts its requests and streams in its time, and nobody else's")
    func partitionOfOne() async throws {
        let time = ManualTime()
        var configuration = FakeCluster.Configuration(time: time.source, runsPods: false)
        var rule = FaultPlan.Rule("split", .partition)
        rule.match.userAgents = ["one/*"]
        rule.schedule.after = .seconds(10)
        rule.schedule.until = .seconds(20)
        configuration.faults = FaultPlan(rules: [rule])
        let cluster = try FakeCluster(configuration: configuration, logger: Self.quiet)
        let watch = try await cluster.transport().send(
            WireRequest(method: .get, path: Self.maps + "?watch=1", headers: [.userAgent: "one/1"]))
        async let end = #expect(throws: TransportError.self) { for try await _ in watch.body {} }
        #expect(try await send(cluster, .get, Self.maps, agent: "one/1").code == 200)
        await time.waitForSleepers(dueWithin: .seconds(10))
        time.advance(by: .seconds(10))
        #expect(await end?.code == .connectionLost)
        await #expect(throws: TransportError.self) { try await send(cluster, .get, Self.maps, agent: "one/1") }
        #expect(try await send(cluster, .get, Self.maps, agent: "two/1").code == 200)
        time.advance(by: .seconds(10))
        #expect(try await send(cluster, .get, Self.maps, agent: "one/1").code == 200)
    }

    @Test("what happens once a partition has begun does not come through a stream that was open")
    func partitionAtOnce() async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        var rule = FaultPlan.Rule("split", .partition)
        rule.match.userAgents = ["one/*"]
        for number in 0..<50 {
            cluster.faults.replace(with: FaultPlan())
            let watch = try await cluster.transport().send(
                WireRequest(method: .get, path: Self.maps + "?watch=1", headers: [.userAgent: "one/1"]))
            var chunks = watch.body.makeAsyncIterator()
            // A watch begins with what is there.
            for _ in 0..<min(number, 1) { _ = try await chunks.next() }
            cluster.faults.replace(with: FaultPlan(rules: [rule]))
            #expect(try await create(cluster, "map-\(number)") == 201)
            await #expect(throws: TransportError.self) { _ = try await chunks.next() }
        }
    }

    @Test("a watch ends when the cluster stops")
    func stop() async throws {
        let cluster = try FakeCluster(configuration: .init(runsPods: false), logger: Self.quiet)
        let running = Task { try await cluster.run() }
        let watch = try await cluster.transport().send(WireRequest(method: .get, path: Self.maps + "?watch=1"))
        var chunks = watch.body.makeAsyncIterator()
        #expect(try await create(cluster, "a") == 201)
        #expect(try await chunks.next() != nil)
        running.cancel()
        while try await chunks.next() != nil {}
        try await running.value
    }

    @Test("who gives up on a late answer is not answered, and nothing is carried out")
    func givingUp() async throws {
        let time = ManualTime()
        var configuration = FakeCluster.Configuration(time: time.source, runsPods: false)
        var rule = FaultPlan.Rule("late", .latency(.seconds(3600)))
        rule.match.verbs = ["create"]
        configuration.faults = FaultPlan(rules: [rule])
        let cluster = try FakeCluster(configuration: configuration, logger: Self.quiet)
        let request = Task { try await create(cluster, "a") }
        await time.waitForSleepers()
        request.cancel()
        await #expect(throws: CancellationError.self) { try await request.value }
        #expect(try await send(cluster, .get, Self.maps + "/a").code == 404)
    }

    @Test("a client that waits for less than the delay is told so then, and nothing is carried out")
    func timeLimit() async throws {
        var configuration = FakeCluster.Configuration(runsPods: false)
        let slept = Slept()
        configuration.time.sleep = { slept.add($0) }
        var rule = FaultPlan.Rule("late", .latency(.seconds(20)))
        rule.match.verbs = ["create"]
        configuration.faults = FaultPlan(rules: [rule])
        let cluster = try FakeCluster(configuration: configuration, logger: Self.quiet)
        let late = try await send(cluster, .post, Self.maps + "?timeout=2s", #"{"metadata":{"name":"a"}}"#)
        #expect(late.code == 504)
        #expect(late.text.contains("request did not complete within requested timeout"))
        #expect(slept.total == .seconds(2))
        #expect(try await send(cluster, .get, Self.maps + "/a").code == 404)
        let patient = try await send(cluster, .post, Self.maps + "?timeout=30s", #"{"metadata":{"name":"a"}}"#)
        #expect(patient.code == 201)
        #expect(slept.total == .seconds(22))
    }

    @Test("latencies add up, and the answer stays as it is")
    func latency() async throws {
        var configuration = FakeCluster.Configuration(runsPods: false)
        let slept = Slept()
        configuration.time.sleep = { slept.add($0) }
        configuration.faults = FaultPlan(
            rules: [FaultPlan.Rule("one", .latency(.seconds(20))), FaultPlan.Rule("two", .latency(.seconds(2)))])
        let cluster = try FakeCluster(configuration: configuration, logger: Self.quiet)
        #expect(try await create(cluster, "a") == 201)
        #expect(slept.total == .seconds(22))
    }
}

private func schedule(_ edit: (inout FaultPlan.Schedule) -> Void) -> FaultPlan.Schedule {
    var schedule = FaultPlan.Schedule()
    edit(&schedule)
    return schedule
}

private func match(_ edit: (inout FaultPlan.Match) -> Void) -> FaultPlan.Match {
    var match = FaultPlan.Match()
    edit(&match)
    return match
}
