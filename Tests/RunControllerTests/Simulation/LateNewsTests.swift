import FakeCluster
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunController
import RunCore
import Synchronization
import TestSupport
import Testing

/// What the watches do not tell is asked for before it is given up, and what cannot be written is not done again.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LateNewsTests {
    /// The pods are never seen: exit code, results and output are there nevertheless, after the usual moment.
    @Test(arguments: [
        "JobRun succeeds", "JobRun fails", "one-off fails", "one-off keeps its output", "plain Run fails",
        "CustomRun succeeds",
    ])
    func podsThatAreNotSeenAreRead(_ name: String) async throws {
        let life = try #require(SimulationCase.all.first { $0.name == name })
        try await Simulation.run(life) {
            $0.settings.settleTime = RunSettings().settleTime
        } body: { simulation in
            try await simulation.begin()
            _ = try await simulation.play { _, request in
                request.method == .get && request.path.contains("/pods?") && request.path.contains("watch=true")
                    ? .refused(code: 503) : nil
            }
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    /// A server that takes no status of a run: tried again later and later, as there is nothing else to be done.
    @Test(arguments: [404, 409])
    func aStatusThatCannotBeWrittenIsTriedLaterAndLater(code: Int) async throws {
        let life = try #require(SimulationCase.all.first { $0.name == "JobRun fails" })
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let end = simulation.world.time.now + .seconds(60)
            let strikes = Strikes()
            _ = try await simulation.play { [world = simulation.world] _, request in
                guard request.method == .patch, request.path.contains("/status"), world.time.now < end else {
                    return nil
                }
                strikes.add()
                return .refused(code: code)
            }
            #expect(try await simulation.faults(deaths: 0) == [])
            // Doubled from 5 ms on that is some 14 times, and a few for what happens meanwhile.
            #expect((2...40).contains(strikes.count), "\(strikes.count)")
        }
    }

    /// Whoever was told is not told again because the server did not take note of it.
    @Test func anAnnouncementIsMadeOnceThoughItCannotBeNoted() async throws {
        let life = try #require(
            SimulationCase.all.first { $0.name == "JobRun announces its end with a token" })
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let rest = Countdown(8)
            _ = try await simulation.play { _, request in
                request.method == .patch && request.path.contains("/status")
                    && String(decoding: request.body, as: UTF8.self).contains("attempts") && rest.take()
                    ? .refused(code: 500) : nil
            }
            #expect(!rest.take())
            #expect(simulation.receiver.ids.count == 1)
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    /// What became of an effect is on the run, or not, and the answer is lost: it is told all the same, and once.
    @Test(arguments: [true, false])
    func whatBecameOfTheOutputIsToldOnceThoughAnAnswerIsLost(isDelivered: Bool) async throws {
        var life = try #require(SimulationCase.all.first { $0.name == "one-off replaces what is there" })
        let output: JSONValue = ["stdout": ["configRef": "given", "overwrite": false]]
        life.objects[life.objects.count - 1]["spec"]?["output"] = output
        life.expected = ["phase": "Succeeded", "output.reason": "OutputExists"]
        life.data = ["ConfigMap/given": ["a": "b"]]
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let rest = Countdown(1)
            let silence = Silence(simulation)
            let isTold = { @Sendable (body: [UInt8]) in String(decoding: body, as: UTF8.self).contains("OutputExists") }
            _ = try await simulation.play { _, request in
                request.method == .patch && request.path.contains("/status") && isTold(request.body) && rest.take()
                    ? .lost(isDelivered: isDelivered) : nil
            } until: {
                silence.has(begunWhen: true)
            }
            #expect(!rest.take())
            let events = simulation.entries.filter { $0.isEvent && $0.isWrite && $0.code < 300 && isTold($0.body) }
            #expect(events.count == 1)
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    /// A conflict at a deletion does not mean that the Job is gone.
    @Test(arguments: [
        "plain Run is edited", "KubernetesJob is edited", "JobRun is cancelled", "CustomRun is cancelled",
    ])
    func aDeletionThatMeetsAConflictIsTriedAgain(_ name: String) async throws {
        let life = try #require(SimulationCase.all.first { $0.name == name })
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let rest = Countdown(3)
            _ = try await simulation.play { _, request in
                request.method == .delete && request.path.contains("/jobs/") && rest.take()
                    ? .refused(code: 409) : nil
            }
            #expect(!rest.take())
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    /// A Job is made and nobody is told, neither by an answer nor by the watch, before the run is edited: once it is seen
    /// beside the next one, it goes.
    @Test func aJobThatIsSeenBesideTheNextOneIsDeleted() async throws {
        var life = try #require(SimulationCase.all.first { $0.name == "plain Run is edited" })
        life.interventions[0].phase = "Waiting"
        life.exitCodes = []
        life.isOver = { SimulationCase.fact("phase", of: $0) == "Running" }
        life.expected = ["phase": "Running"]
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let time = simulation.world.time.source
            let first = Countdown(1)
            let silence = Silence(simulation)
            _ = try await simulation.play { _, request in
                guard request.path.contains("/jobs?") else { return nil }
                if request.path.contains("watch=true") { return .late(.seconds(3), time) }
                guard request.method == .post, String(decoding: request.body, as: UTF8.self).contains("hello") else {
                    return nil
                }
                return first.take() ? .lost(isDelivered: true) : .refused(code: 403)
            } until: {
                silence.has(begunWhen: true)
            }
            let jobs = try await simulation.world.client.list(.jobs).items
            let commands = jobs.map { $0[path: "spec", "template", "spec", "containers"]?[0]?["command"]?[1] }
            #expect(commands == ["other"])
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    /// The watch still shows the Job that was deleted when its run was refused as one that goes on: whoever goes back gets
    /// another one.
    @Test func aJobThatWasDeletedIsNotTakenBackThoughItsWatchIsLate() async throws {
        let life = try #require(SimulationCase.all.first { $0.name == "plain Run is refused and mended" })
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let time = simulation.world.time.source
            _ = try await simulation.play { _, request in Self.isLate(request, time, ifHolding: "DELETED") }
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    /// The same while nobody was told that the Job is gone, neither by an answer nor by the watch.
    @Test func aJobWhoseDeletionWasNotAnsweredIsNotTakenBack() async throws {
        var life = try #require(SimulationCase.all.first { $0.name == "plain Run is edited" })
        life.interventions.append(
            SimulationCase.Intervention(phase: "Waiting", patch: ["command": ["echo", "hello"]], awaitsAbsence: true))
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let time = simulation.world.time.source
            let first = Countdown(1)
            _ = try await simulation.play { _, request in
                if request.method == .delete { return .lost(isDelivered: first.take()) }
                // The next Job is not made before the edit is taken back.
                let isOther = String(decoding: request.body, as: UTF8.self).contains("other")
                if request.method == .post, request.path.contains("/jobs?"), isOther { return .refused(code: 403) }
                return Self.isLate(request, time, ifHolding: "DELETED")
            }
            #expect(!first.take())
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    /// A request to delete the Job that was edited away comes when the edit has been taken back.
    @Test func aDeletionThatComesTooLateDeletesNothing() async throws {
        var life = try #require(SimulationCase.all.first { $0.name == "plain Run is edited" })
        life.exitCodes = []
        life.expected = ["phase": "Running"]
        life.jobs = 1
        life.isOver = { run in
            SimulationCase.fact("observedGeneration", of: run) == .integer(run.generation)
                && SimulationCase.fact("phase", of: run) == (run.generation == 3 ? "Running" : "Waiting")
        }
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let late = Mutex<WireRequest?>(nil)
            _ = try await simulation.play { _, request in
                guard request.method == .delete else { return nil }
                late.withLock { $0 = request }
                return .lost(isDelivered: false)
            } until: {
                late.withLock { $0 != nil }
            }
            try await simulation.edit(["command": ["echo", "hello"]])
            _ = try await simulation.play()
            let sent = late.withLock { $0 }
            let request = try #require(sent)
            let answer = try await simulation.world.cluster.transport().send(request)
            #expect(answer.status.code == 409)
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    private static func isLate(
        _ request: WireRequest, _ time: TimeSource, ifHolding text: String = ""
    ) -> DisturbedTransport.Fault? {
        request.method == .get && request.path.contains("/jobs?") && request.path.contains("watch=true")
            ? .late(.seconds(3), time, ifHolding: text) : nil
    }

    /// A Job is made and nobody is told, neither by an answer nor by the watch, before its run is cancelled: once it is seen,
    /// it goes.
    @Test(arguments: ["CustomRun is cancelled", "JobRun is cancelled"])
    func aJobThatIsSeenAfterItsRunWasCancelledIsDeleted(_ name: String) async throws {
        var life = try #require(SimulationCase.all.first { $0.name == name })
        life.interventions[0].phase = name.hasPrefix("Custom") ? "JobCreateFailed" : "Waiting"
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let time = simulation.world.time.source
            let first = Countdown(1)
            let silence = Silence(simulation)
            _ = try await simulation.play { _, request in
                guard request.method == .post, request.path.contains("/jobs?") else {
                    return Self.isLate(request, time)
                }
                return first.take() ? .lost(isDelivered: true) : .refused(code: 403)
            } until: {
                silence.has(begunWhen: true)
            }
            #expect(try await simulation.world.client.list(.jobs).items.isEmpty)
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    /// What the server answered of a Job that it was asked to delete counts before the watch shows it: one that is held is
    /// still there, and no other is made beside it.
    @Test(arguments: SimulationCase.all.filter { $0.name.contains("holds its Job") })
    func aJobThatIsHeldIsWaitedForThoughItsWatchIsLate(_ life: SimulationCase) async throws {
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let time = simulation.world.time.source
            _ = try await simulation.play { _, request in Self.isLate(request, time) }
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }
}
