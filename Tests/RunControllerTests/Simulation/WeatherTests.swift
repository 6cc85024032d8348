import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import RunCore
import TestSupport
import Testing

/// Faults of the network, the server and the clock, one by one and all together.
/// They run one after the other: many worlds at once would leave no time to the tests beside them.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct WeatherTests {
    /// The kinds of requests of a run's life.
    enum RequestKind: String, Sendable, CaseIterable {
        case createJob, patchRun, read, list, watch

        func matches(_ request: WireRequest) -> Bool {
            let isReflection = request.method == .get && request.path.contains("?")
            return switch self {
            case .createJob: request.method == .post && request.path.contains("/jobs")
            case .patchRun: request.method == .patch && request.path.contains("/status")
            case .read: request.method == .get && !isReflection
            case .list: isReflection && !request.path.contains("watch=true")
            case .watch: isReflection && request.path.contains("watch=true")
            }
        }
    }

    private static let faults: [DisturbedTransport.Fault] =
        [.lost(isDelivered: true), .lost(isDelivered: false)] + [409, 410, 429, 500, 503].map { .refused(code: $0) }

    /// A life in which all kinds of requests occur.
    private static let life = SimulationCase.jobTemplate.first { $0.callbacks > 0 }

    /// Each fault at each kind of request, twice in a row: the run comes to the same end.
    @Test(arguments: RequestKind.allCases)
    func eachFaultAtEachRequest(_ kind: RequestKind) async throws {
        let life = try #require(Self.life)
        try await Simulation.run(life) { simulation in
            for fault in Self.faults {
                try await simulation.begin()
                let rest = Countdown(2)
                _ = try await simulation.play { _, request in
                    kind.matches(request) && rest.take() ? fault : nil
                }
                let faults = try await simulation.faults(deaths: 2)
                #expect(faults == [], "\(kind) with \(fault)")
            }
        }
    }

    /// Streams that repeat themselves, break off at once, or are late, so that Jobs, pods and runs are seen out of order.
    @Test(arguments: SimulationCase.jobTemplate.prefix(2))
    func disturbedStreams(_ life: SimulationCase) async throws {
        try await Simulation.run(life) { simulation in
            let time = simulation.world.time.source
            let disturbances: [(String, DisturbedTransport.Fault)] = [
                ("", .doubled), ("", .cut(afterChunks: 1)), ("/jobs", .late(.seconds(3), time)),
                ("/pods", .late(.seconds(3), time)), ("/jobruns", .late(.seconds(3), time)),
            ]
            for (path, fault) in disturbances {
                try await simulation.begin()
                _ = try await simulation.play { _, request in
                    request.path.contains("watch=true") && request.path.contains(path) ? fault : nil
                }
                let faults = try await simulation.faults(deaths: 0)
                #expect(faults == [], "\(path) \(fault)")
            }
        }
    }

    /// The server forgets what it said before a broken stream is taken up again: everything is listed anew.
    @Test func gapsInWatches() async throws {
        let life = try #require(Self.life)
        try await Simulation.run(life, historyLimit: 1) { simulation in
            try await simulation.begin()
            _ = try await simulation.play { _, request in
                request.path.contains("watch=true") ? .cut(afterChunks: 1) : nil
            }
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }

    /// Clocks an hour apart, either way. A template is still waited for.
    @Test(arguments: [Duration.seconds(3600), .seconds(-3600)])
    func clocksThatDisagree(_ skew: Duration) async throws {
        for life in SimulationCase.all where ["JobRun fails", "JobRun without template"].contains(life.name) {
            try await Simulation.run(life) { simulation in
                try await simulation.begin()
                _ = try await simulation.play(skew: skew)
                let faults = try await simulation.faults(deaths: 0)
                #expect(faults == [], "\(life.name)")
            }
        }
    }

    /// Two controllers at once without a lease: still one Job, and one end.
    @Test(arguments: SimulationCase.all)
    func twoControllers(_ life: SimulationCase) async throws {
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            try await simulation.playTwice(lease: nil) { _, _ in nil }
            #expect(try await simulation.faults(deaths: 1) == [])
        }
    }

    /// The leader is cut off from the server in the middle of a run: another one takes over when its lease has run out.
    @Test(arguments: [3, 4, 5, 6, 8])
    func aLeaderThatIsCutOffIsReplaced(_ request: Int) async throws {
        let life = try #require(SimulationCase.jobTemplate.first)
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            try await simulation.playTwice(lease: ("default", "run-controller")) { number, _ in
                number >= request ? .lost(isDelivered: false) : nil
            }
            #expect(try await simulation.faults(deaths: 1) == [])
        }
    }

    /// Everything at once. A failure is repeated with the seed that it prints: SIMULATION_SEED=... swift test.
    /// SIMULATION_ROUNDS=100 looks for one, in the lives that SIMULATION_LIFE names a part of.
    @Test(.tags(.random), arguments: stormyLives)
    func storms(_ life: SimulationCase) async throws {
        let given = ProcessEnvironment.value("SIMULATION_SEED").flatMap(UInt64.init)
        let rounds = ProcessEnvironment.value("SIMULATION_ROUNDS").flatMap { Int($0) } ?? 1
        for _ in 0..<rounds {
            let seed = given ?? .random(in: 0 ... .max)
            do {
                let faults = try await Self.storm(life, seed: seed)
                #expect(faults == [], "SIMULATION_SEED=\(seed)")
            } catch {
                Issue.record("SIMULATION_SEED=\(seed): \(error)")
            }
        }
    }

    private static let stormyLives = SimulationCase.all.filter {
        guard let part = ProcessEnvironment.value("SIMULATION_LIFE") else { return true }
        return $0.name.contains(part)
    }

    /// What is wrong in the end.
    private static func storm(_ life: SimulationCase, seed: UInt64) async throws -> [String] {
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let weather = Weather(seed: seed, time: simulation.world.time.source)
            while try await !simulation.play(faults: weather.decide) {}
            return try await simulation.faults(deaths: weather.count)
        }
    }
}
