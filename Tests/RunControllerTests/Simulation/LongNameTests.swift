import KubeClient
import KubeObjects
import KubeWire
import RunCore
import TestSupport
import Testing

/// Names as long as the API allows. Labels and Jobs' names are shorter; the server checks them.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LongNameTests {
    /// 253 characters, in parts as names of the DNS have them.
    private static let longest = String(
        [Int](repeating: 61, count: 4).map { String(repeating: "a", count: $0) }.joined(separator: ".b.").prefix(253))

    private static let lives =
        SimulationCase.ofEachFamily
        + SimulationCase.all.filter {
            [
                "KubernetesJob brings along what it needs", "one-off keeps its output", "a pod starts it",
                "JobRun is cancelled", "CustomRun of a KubernetesJob with what it brings along",
            ].contains($0.name)
        }

    /// An Event's name begins with its object's, and ends where that may have a dash or a dot.
    @Test(arguments: ["-", "."])
    func whatIsToldOfALongNameIsWritten(_ separator: String) async throws {
        var life = try #require(SimulationCase.all.first { $0.name == "JobRun is cancelled" })
        let name = "a" + String(repeating: separator + "a", count: 126)
        #expect(name.utf8.count == 253)
        life.objects[life.objects.count - 1].metadata["name"] = .string(name)
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            #expect(try await simulation.play(until: { simulation.entries.contains { $0.isEvent && $0.code == 201 } }))
            let events = try await simulation.world.client.list(.events, namespace: "default").items
            let event = try #require(events.first { $0[path: "involvedObject", "name"]?.string == name })
            #expect(event["reason"] == "Cancelled")
            // What was cut off there is not part of it.
            #expect((event.name ?? "").utf8.count == 252)
        }
    }

    @Test(arguments: lives)
    func theLongestNameIsAsGoodAsAny(_ life: SimulationCase) async throws {
        #expect(Self.longest.utf8.count == 253)
        // Tekton's own limit.
        let isTekton = life.run.apiVersion.hasPrefix("tekton.dev/")
        let name = isTekton ? String(repeating: "t", count: 63) : Self.longest
        var life = life
        for index in life.objects.indices {
            let isRun = index == life.objects.count - 1
            guard isRun || ["JobTemplate", "KubernetesJob"].contains(life.objects[index].kind) else { continue }
            life.objects[index].metadata["name"] = .string(isRun ? name : Self.longest)
        }
        for field in ["templateRef", "customRef", "ref"] {
            guard let value = life.run["spec"]?[field] else { continue }
            let path = value.object == nil ? ["spec", field] : ["spec", field, "name"]
            var run = life.run.value
            run.set(.string(Self.longest), at: path)
            life.objects[life.objects.count - 1] = KubeObject(run) ?? life.run
        }
        life.expected["outputs"] = nil
        try await Simulation.run(life) { simulation in
            try await simulation.begin()
            #expect(try await simulation.play())
            for job in try await simulation.world.client.list(.jobs).items {
                #expect((job.name ?? "").utf8.count <= JobName.maximumLength)
                #expect(job.labels.values.allSatisfy { $0.utf8.count <= LabelValue.maximumLength })
                // The whole name is still there, as a label cannot hold it.
                if !isTekton { #expect(job.annotations.values.contains(name), "\(job.annotations)") }
            }
            #expect(try await simulation.faults(deaths: 0) == [])
        }
    }
}
