import KubeObjects
import TestSupport
import Testing

/// Runs that are over cost nothing: watches are renewed, and that is all.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct IdleTests {
    /// A thousand runs of a family, each with the status of one that went its whole way.
    @Test(arguments: SimulationCase.ofEachFamily)
    func finishedRunsAreLeftAlone(_ life: SimulationCase) async throws {
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            #expect(try await simulation.play())
            try await simulation.multiply(to: 1000)
            let transport = try await simulation.rest(for: .seconds(660))
            #expect(transport.writes == [])
            // Each resource once, a page of 500 at a time.
            let lists = Dictionary(grouping: transport.lists, by: \.self).mapValues(\.count)
            #expect(lists.allSatisfy { $0.value <= 2 }, "\(lists)")
            #expect(transport.requestCount == 0)
        }
    }
}
