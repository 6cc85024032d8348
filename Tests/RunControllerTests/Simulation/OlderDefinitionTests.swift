import KubeObjects
import RunCore
import TestSupport
import Testing

/// A definition on the server that knows less than the controller, as after an upgrade of the one without the other.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct OlderDefinitionTests {
    /// A life, and a member of the status that the server drops.
    struct Row: Sendable, CustomTestStringConvertible {
        var life: SimulationCase
        var field: String
        var testDescription: String { "\(life.name), without \(field)" }
    }

    /// What a run does and keeps beside its Job comes all the same, each member of the status dropped in turn.
    @Test(
        arguments: rows(of: "one-off keeps its output", "JobRun announces its end with a token")
            + rows(of: "plain Run is edited"))
    func whatAStatusAsksForIsDoneThoughAMemberIsDropped(_ row: Row) async throws {
        var life = row.life
        life.expected = JSONObject(
            life.expected.filter { !$0.key.hasPrefix(row.field) }.map { ($0.key, $0.value) })
        let older = Definitions.all.map { Self.dropping(row.field, from: $0, of: life.run.kind) }
        try await Simulation.run(life, definitions: older) { simulation in
            try await simulation.begin()
            let silence = Silence(simulation)
            _ = try await simulation.play(until: { silence.has(begunWhen: true) })
            #expect(try await simulation.faults(deaths: 0) == [])
            // One more for each new member that is dropped, and none again and again.
            let writes = simulation.entries.filter { $0.isWrite && !$0.isEvent }
            #expect(writes.count <= life.writes + 10, "\(writes.map { "\($0.method) \($0.path) \($0.code)" })")
        }
    }

    private static func rows(of names: String...) -> [Row] {
        SimulationCase.all.filter { names.contains($0.name) }.flatMap { life -> [Row] in
            let family = RunFamilies.family(of: life.run)
            let definition = family?.definitions.first { $0[path: "spec", "names", "kind"]?.string == life.run.kind }
            let status = definition.flatMap { schema(of: $0)?["properties"]?["status"]?["properties"]?.object } ?? [:]
            // By the phase the simulation sees the end.
            return status.keys.filter { $0 != "phase" }.map { Row(life: life, field: $0) }
        }
    }

    private static func schema(of definition: KubeObject) -> JSONValue? {
        definition[path: "spec", "versions"]?[0]?["schema"]?["openAPIV3Schema"]
    }

    private static func dropping(_ field: String, from definition: KubeObject, of kind: String) -> KubeObject {
        guard definition[path: "spec", "names", "kind"]?.string == kind, var schema = schema(of: definition),
            var version = definition[path: "spec", "versions"]?[0]
        else { return definition }
        var definition = definition
        schema.set(nil, at: ["properties", "status", "properties", field])
        version.set(schema, at: ["schema", "openAPIV3Schema"])
        definition["spec"]?.set([version], at: ["versions"])
        return definition
    }
}
