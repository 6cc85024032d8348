import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Finds the template that a run is to be made from.
struct TemplateLookup {
    let client: KubeClient
    let namespace: String

    /// A template as it is named on the command line: `echo`, or `jt/echo` where the name is one of our verbs.
    static func name(_ argument: String) throws(CommandFailure) -> String {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        let types = ["jt", "jobtemplate", "jobtemplates", "jobtemplate.cellbytes.io", "jobtemplates.cellbytes.io"]
        switch parts.count {
        case 1 where !argument.isEmpty: return argument
        case 2 where types.contains(parts[0].lowercased()) && !parts[1].isEmpty: return String(parts[1])
        default:
            throw CommandFailure(
                "\"\(argument)\" does not name a template: NAME or jt/NAME is expected", exitCode: RunExitCode.usage)
        }
    }

    /// Reads the template: one request if it is there.
    func find(_ name: String) async throws -> JobTemplate {
        do {
            return JobTemplate(try await client.get(.jobTemplates, namespace: namespace, name: name))
        } catch let status as KubeStatus where status.isNotFound {
            guard status.details?.name == name else {
                throw CommandFailure("the server knows no JobTemplates: is the run controller installed?")
            }
            // The hint is a courtesy: who may not list gets none.
            let list = try? await client.list(.jobTemplates, namespace: namespace)
            let names = list?.items.compactMap(\.name) ?? []
            throw UnknownTemplate(name: name, namespace: namespace, known: names)
        }
    }
}

/// There is no template of a name.
struct UnknownTemplate: Error {
    var name: String
    var namespace: String
    /// The names of those that are there.
    var known: [String]
    /// The verbs that could stand in the place of the name.
    var verbs: Set<String> = []

    var failure: CommandFailure {
        CommandFailure(
            "there is no JobTemplate \"\(name)\" in the namespace \"\(namespace)\""
                + NearestName.hint(for: name, among: known, verbs: verbs))
    }
}
