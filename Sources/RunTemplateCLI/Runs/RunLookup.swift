import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// A run by the name that a user gives it: `echo-x2k4z` for a JobRun, `TYPE/NAME` for any, with the types that kubectl
/// takes.
struct RunName: Sendable {
    let family: any RunFamily
    let name: String
}

extension RunName {
    /// - Throws: a failure of usage.
    init(_ argument: String) throws(CommandFailure) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1 where !argument.isEmpty: (family, name) = (RunTypes.standard, argument)
        case 2 where !parts[0].isEmpty && !parts[1].isEmpty:
            (family, name) = (try RunTypes.family(parts[0]), parts[1])
        default:
            throw CommandFailure(
                "\"\(argument)\" does not name a run: NAME or TYPE/NAME is expected", exitCode: RunExitCode.usage)
        }
    }
}

/// Finds runs by the names that a user gives.
struct RunLookup {
    let client: KubeClient

    /// Reads a run of the client's namespace, or of none where its kind has none.
    func find(_ argument: String) async throws -> FamilyRun { try await find(try RunName(argument)) }

    /// Reads a run.
    func find(_ run: RunName) async throws -> FamilyRun {
        let resource = APIResource(run.family.runResource)
        do {
            let object = try await client.get(resource, namespace: namespace(of: run.family), name: run.name)
            return FamilyRun(family: run.family, object: object)
        } catch let status as KubeStatus where status.isNotFound {
            guard status.details?.name == run.name else {
                throw CommandFailure("the server knows no \(resource.plural).\(resource.group)")
            }
            throw await notFound(run)
        }
    }

    /// All runs of a family in the client's namespace, or in all; of a kind without namespaces those whose Jobs are
    /// there.
    func list(_ family: any RunFamily, allNamespaces: Bool, selector: String? = nil) async throws -> [FamilyRun] {
        let namespace = allNamespaces ? nil : namespace(of: family)
        let objects = try await client.listAll(
            APIResource(family.runResource), namespace: namespace, selector: selector)
        return objects.map { FamilyRun(family: family, object: $0) }.filter { run in
            guard run.family.isOurs(run.object) else { return false }
            return allNamespaces || run.namespace != nil || run.workNamespace == client.defaultNamespace
        }
    }

    private func namespace(of family: any RunFamily) -> String? {
        family.runResource.isNamespaced ? client.defaultNamespace : nil
    }

    private func notFound(_ run: RunName) async -> CommandFailure {
        let kind = RunTypes.isStandard(run.family) ? "run" : RunTypes.name(run.family)
        let place = run.family.runResource.isNamespaced ? " in the namespace \"\(client.defaultNamespace)\"" : ""
        return CommandFailure(
            "there is no \(kind) \"\(run.name)\"\(place)\(await hint(for: run))", isMissingRun: true)
    }

    /// The nearest names, or a run of that very name and of another kind. They are a courtesy: who may not list gets none.
    private func hint(for run: RunName) async -> String {
        let near = NearestName.hint(for: run.name, among: await names(of: run.family))
        guard near.isEmpty, RunTypes.isStandard(run.family) else { return near }
        for family in RunFamilies.all where !RunTypes.isStandard(family) {
            if await names(of: family).contains(run.name) {
                return "; did you mean \"\(RunTypes.shortName(run.name, of: family))\"?"
            }
        }
        return ""
    }

    private func names(of family: any RunFamily) async -> [String] {
        ((try? await list(family, allNamespaces: false)) ?? []).map(\.name)
    }
}

extension KubeClient {
    private static let pageSize = 500

    /// All objects, read page by page.
    func listAll(_ resource: APIResource, namespace: String?, selector: String? = nil) async throws -> [KubeObject] {
        var options = ListOptions(labelSelector: selector, limit: Self.pageSize)
        var items: [KubeObject] = []
        repeat {
            let page = try await list(resource, namespace: namespace, options: options)
            items += page.items
            options.continue = page.continue
        } while options.continue != nil
        return items
    }
}
