import KubeClient
import KubeObjects
import KubeWire
import RunCore
import TestSupport
import Testing

/// Tekton's runs whose Jobs or pods are held by a finalizer when their time is over.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct HeldTests {
    private static let hold: JSONValue = ["example.test/hold"]

    /// What is held.
    enum Held: CaseIterable {
        case job, pod
    }

    @Test(
        arguments: ["CustomRun times out twice", "Run times out once for all", "CustomRun is cancelled"], Held.allCases)
    func aRunEndsInItsTimeThoughWhatItMadeIsHeld(_ name: String, _ held: Held) async throws {
        var life = try #require(SimulationCase.all.first { $0.name == name })
        switch held {
        case .job:
            life.interventions.insert(
                SimulationCase.Intervention(phase: "Running", jobPatch: ["metadata": ["finalizers": Self.hold]]), at: 0)
        case .pod:
            let field = life.run.kind == "Run" ? "spec" : "customSpec"
            life.objects[life.objects.count - 1]["spec"]?.set(
                ["finalizers": Self.hold], at: [field, "spec", "template", "metadata"])
        }
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            _ = try await simulation.play()
            let client = simulation.world.client
            let resource = held == .job ? APIResource.jobs : .pods
            #expect(try await client.list(resource).items.isEmpty == false)
            let isStopped = try await simulation.settles {
                try await client.list(.pods).items.allSatisfy(\.isBeingDeleted)
            }
            #expect(isStopped)
            for object in try await client.list(resource).items {
                _ = try await client.patch(
                    resource, namespace: object.namespace, name: object.name ?? "", type: .merge,
                    ["metadata": ["finalizers": []]])
            }
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }
}
