import HTTPTypes
import KubeObjects
import TestSupport
import Testing

/// Whatever happens to the controller: the Jobs that there must be, no other, the right end, nothing left behind.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct SimulationTests {
    /// Nothing goes wrong: the run ends as it should, and with few writes.
    @Test(arguments: SimulationCase.all)
    func undisturbed(_ life: SimulationCase) async throws {
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            let isOver = try await simulation.play()
            #expect(isOver)
            // A deletion that names a version which has passed changes nothing.
            let writes = simulation.entries.filter {
                $0.isWrite && !$0.isEvent && !($0.method == .delete && $0.code == 409)
            }
            #expect(
                writes.count <= life.writes,
                "\(writes.map { "\($0.method) \($0.path) \($0.code) \(String(decoding: $0.body, as: UTF8.self))\n" })")
            let faults = try await simulation.faults(deaths: 0)
            #expect(faults == [])
        }
    }

    /// The controller is killed at the first, second, ... last request of the run's life, before or after the server
    /// has got it, and started again.
    @Test(arguments: SimulationCase.all)
    func killedAtAnyRequest(_ life: SimulationCase) async throws {
        try await Simulation.run(life) { simulation in
            var request = 0
            var isReached = true
            while isReached {
                request += 1
                isReached = false
                for isDelivered in [true, false] {
                    let wasKilled = try await kill(simulation, at: request, isDelivered)
                    isReached = isReached || wasKilled
                }
            }
            // At the least the run was made something of.
            #expect(request > 1)
        }
    }

    /// Returns whether there was such a request.
    private func kill(_ simulation: Simulation, at number: Int, _ isDelivered: Bool) async throws -> Bool {
        try await simulation.begin()
        let isOver = try await simulation.play { count, _ in
            count == number ? .death(isDelivered: isDelivered) : nil
        }
        if !isOver { _ = try await simulation.play() }
        let faults = try await simulation.faults(deaths: isOver ? 0 : 1)
        #expect(faults == [], "killed at request \(number), delivered: \(isDelivered)")
        return !isOver
    }
}
