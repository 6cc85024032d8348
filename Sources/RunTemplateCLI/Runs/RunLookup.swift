import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Finds runs by the names that a user gives.
struct RunLookup {
    let client: KubeClient

    /// A run as it is named on the command line: `echo-x2k4z`, or `jobrun.cellbytes.io/echo-x2k4z` as it was printed.
    static func name(_ argument: String) throws(CommandFailure) -> String {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
        let types = ["jr", "jobrun", "jobruns", "jobrun.cellbytes.io", "jobruns.cellbytes.io"]
        if parts.count == 1, !argument.isEmpty { return argument }
        if parts.count == 2, types.contains(parts[0].lowercased()), !parts[1].isEmpty { return String(parts[1]) }
        throw CommandFailure(
            "\"\(argument)\" does not name a run: NAME or jr/NAME is expected", exitCode: RunExitCode.usage)
    }

    /// Reads a run of the client's namespace.
    func find(_ argument: String) async throws -> KubeObject {
        let name = try Self.name(argument)
        let namespace = client.defaultNamespace
        do {
            return try await client.get(.jobRuns, namespace: namespace, name: name)
        } catch let status as KubeStatus where status.isNotFound && status.details?.name == name {
            let names = (try? await client.list(.jobRuns, namespace: namespace))?.items.compactMap(\.name) ?? []
            throw CommandFailure(
                "there is no run \"\(name)\" in the namespace \"\(namespace)\""
                    + NearestName.hint(for: name, among: names))
        }
    }
}
