import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunCore
import TestSupport
import Testing

/// What the API server refuses is shown on the run: for now, and for good.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RefusalTests {
    /// The bodies of the statuses and Events that were written.
    private func told(_ simulation: Simulation, _ path: String) -> [String] {
        simulation.entries.filter { $0.isWrite && $0.path.contains(path) && $0.code < 300 }
            .map { String(decoding: $0.body, as: UTF8.self) }
    }

    private static func makesJob(_ request: WireRequest) -> Bool {
        request.method == .post && request.path.contains("/jobs?")
    }

    /// A refusal that passes.
    enum Passing: CaseIterable {
        case quota, webhookThatIsDown, webhookWithOtherWordsEachTime

        func refusal(_ number: Int) -> DisturbedTransport.Fault {
            switch self {
            case .quota: .refused(code: 403)
            case .webhookThatIsDown:
                .refused(
                    code: 500,
                    message:
                        "Internal error occurred: failed calling webhook \"policy.example.test\": connection refused"
                )
            case .webhookWithOtherWordsEachTime: .refused(code: 403, message: "denied by request \(number)")
            }
        }
    }

    /// A quota that is used up, or the like: shown, told once, and tried again until there is room.
    @Test(arguments: SimulationCase.ofEachFamily, Passing.allCases)
    func aJobThatIsRefusedForNowIsMadeLater(_ life: SimulationCase, _ passing: Passing) async throws {
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let begin = simulation.world.time.now
            let rest = Countdown(8)
            _ = try await simulation.play { number, request in
                Self.makesJob(request) && rest.take() ? passing.refusal(number) : nil
            }
            let elapsed = simulation.world.time.now - begin
            #expect(elapsed < .seconds(600))
            #expect(try await simulation.faults(deaths: 0) == [])
            // Other words are news after half a minute, which may pass while the machine is busy.
            let most = passing == .webhookWithOtherWordsEachTime ? 1 + Int(elapsed / .seconds(30)) : 1
            let reason = RunReason.jobCreateFailed.rawValue
            for path in ["/status", "/events"] {
                #expect((1...most).contains(told(simulation, path).count { $0.contains(reason) }))
            }
        }
    }

    /// A Job that no server would take, or that a policy denies: the run has failed, and says why.
    @Test(arguments: SimulationCase.ofEachFamily, [422, 413])
    func aJobThatIsRefusedForGoodFailsTheRun(_ life: SimulationCase, code: Int) async throws {
        try await withRefusedJob(life) { simulation in
            _ = try await simulation.play { _, request in
                Self.makesJob(request) ? .refused(code: code) : nil
            } until: {
                Self.isTold(simulation)
            }
            let run = try await simulation.readRun()
            #expect(SimulationCase.fact("message", of: run)?.string?.contains("as the test says") == true)
            let phase = SimulationCase.fact("phase", of: run) ?? SimulationCase.fact("extraFields.phase", of: run)
            #expect(phase == "Failed")
            #expect(told(simulation, "/events").count { $0.contains("InvalidTemplate") } == 1)
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    /// The status that says so is written, or not, and the answer is lost: it is told all the same, and once.
    @Test(arguments: SimulationCase.ofEachFamily, [true, false])
    func aRefusalIsToldOnceThoughAnAnswerIsLost(_ life: SimulationCase, isDelivered: Bool) async throws {
        try await withRefusedJob(life) { simulation in
            let rest = Countdown(2)
            let silence = Silence(simulation)
            _ = try await simulation.play { _, request in
                if Self.makesJob(request) { return .refused(code: 422) }
                return Self.says("InvalidTemplate", request) && rest.take() ? .lost(isDelivered: isDelivered) : nil
            } until: {
                silence.has(begunWhen: Self.isTold(simulation))
            }
            #expect(told(simulation, "/events").count { $0.contains("InvalidTemplate") } == 1)
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    /// The same of a refusal that passes and has other words each time: neither the status nor the Event comes again.
    @Test(arguments: SimulationCase.ofEachFamily, [true, false])
    func aPassingRefusalIsToldOnceThoughAnAnswerIsLost(_ life: SimulationCase, isDelivered: Bool) async throws {
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let reason = RunReason.jobCreateFailed.rawValue
            let (tries, loss) = (Countdown(8), Countdown(1))
            _ = try await simulation.play { number, request in
                if Self.makesJob(request), tries.take() {
                    return Passing.webhookWithOtherWordsEachTime.refusal(number)
                }
                return Self.says(reason, request) && loss.take() ? .lost(isDelivered: isDelivered) : nil
            }
            #expect(!loss.take())
            #expect(told(simulation, "/status").count { $0.contains(reason) } == 1)
            #expect(told(simulation, "/events").count { $0.contains(reason) } == 1)
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    private static func says(_ reason: String, _ request: WireRequest) -> Bool {
        request.method == .patch && request.path.contains("/status")
            && String(decoding: request.body, as: UTF8.self).contains(reason)
    }

    /// A life whose Job the server never takes.
    private func withRefusedJob(
        _ life: SimulationCase, _ body: @escaping @Sendable (Simulation) async throws -> Void
    ) async throws {
        var life = life
        life.jobs = 0
        life.expected = ["reason": "InvalidTemplate"]
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            try await body(simulation)
        }
    }

    private static func isTold(_ simulation: Simulation) -> Bool {
        simulation.entries.contains { $0.isEvent && $0.isWrite && $0.code < 300 }
    }

    /// A controller that is killed while it tells: the Event may be lost, the status is not, and whoever comes next does
    /// not tell it again.
    @Test(arguments: SimulationCase.ofEachFamily, [true, false])
    func anEventIsLostWithItsControllerAndNeverToldTwice(_ life: SimulationCase, isDelivered: Bool) async throws {
        try await withRefusedJob(life) { simulation in
            let isOver = try await simulation.play { _, request in
                if Self.makesJob(request) { return .refused(code: 422) }
                return request.path.contains("/events") ? .death(isDelivered: isDelivered) : nil
            } until: {
                false
            }
            #expect(!isOver)
            _ = try await simulation.play { _, request in Self.makesJob(request) ? .refused(code: 422) : nil }
            #expect(told(simulation, "/events").count { $0.contains("InvalidTemplate") } == (isDelivered ? 1 : 0))
            #expect(try await simulation.faults(deaths: 1) == [])
        }
    }

    /// A run that is edited into one that is refused: its Job does not go on unseen.
    @Test(arguments: [[], [403, 500]])
    func aRunThatIsRefusedAfterAnEditLeavesNoJobBehind(_ answers: [Int]) async throws {
        var life = try #require(SimulationCase.all.first { $0.name == "plain Run is edited" })
        life.exitCodes = []
        life.interventions[0].patch = ["env": ["A=B": "x"]]
        life.expected = ["phase": "Failed", "reason": "InvalidRun"]
        life.jobs = 1
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let rest = Countdown(answers.count)
            let silence = Silence(simulation)
            _ = try await simulation.play { number, request in
                guard request.method == .delete, request.path.contains("/jobs/"), rest.take() else { return nil }
                return .refused(code: answers[number % answers.count])
            } until: {
                silence.has(begunWhen: true)
            }
            #expect(!rest.take())
            #expect(try await simulation.world.client.list(.jobs).items.isEmpty)
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    struct ChangeCase: Sendable, CustomTestStringConvertible {
        var life: String
        var method: HTTPRequest.Method
        var reason: RunReason
        var testDescription: String { life }
    }

    /// A Job that may not be changed or deleted: shown, and tried again until it may.
    @Test(arguments: [
        ChangeCase(life: "JobRun is cancelled", method: .delete, reason: .jobChangeFailed),
        ChangeCase(life: "JobRun waits and is resumed", method: .patch, reason: .jobChangeFailed),
        ChangeCase(life: "plain Run is edited", method: .delete, reason: .jobChangeFailed),
        ChangeCase(life: "plain Run has its retries changed", method: .patch, reason: .jobChangeFailed),
        ChangeCase(life: "CustomRun is cancelled", method: .delete, reason: .jobDeleteFailed),
        ChangeCase(life: "CustomRun times out twice", method: .delete, reason: .jobDeleteFailed),
    ])
    func aChangeThatIsRefusedIsMadeLater(_ row: ChangeCase) async throws {
        let life = try #require(SimulationCase.all.first { $0.name == row.life })
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let rest = Countdown(8)
            _ = try await simulation.play { _, request in
                request.method == row.method && request.path.contains("/jobs/") && rest.take()
                    ? .refused(code: 403) : nil
            }
            #expect(try await simulation.faults(deaths: 0) == [])
            #expect(told(simulation, "/status").contains { $0.contains(row.reason.rawValue) })
            // A back-off, and no more writes than one for the refusal.
            let writes = told(simulation, "/status").count + 8
            #expect(writes <= life.writes + 10, "\(told(simulation, "/status"))")
        }
    }
}
