import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// A run of any family, and what the plugin does with it.
struct FamilyRun: Sendable {
    let family: any RunFamily
    var object: KubeObject

    var name: String { object.name ?? "" }
    /// The namespace of the object; nil if it is cluster-scoped.
    var namespace: String? { family.runResource.isNamespaced ? object.namespace : nil }
    /// Where its Jobs and pods are.
    var workNamespace: String { family.workNamespace(of: object) ?? "default" }
    /// What it is to the API.
    var resource: APIResource { APIResource(family.runResource) }
    /// Its status in the words that all families share.
    var status: RunStatus { family.summary(of: object) }
    /// How it ended; nil if it has not.
    var outcome: RunOutcome? { RunOutcome(status) }
    /// `extendedjob.fissile.cloudfoundry.org/report`, as kubectl names objects.
    var reference: String { OutputFormat.reference(object) }
    /// Its pods, as far as they are still there.
    func pods(_ client: KubeClient) async throws -> [KubeObject] {
        let selector = family.selector(of: object)
        return try await client.listAll(.pods, namespace: workNamespace, selector: selector)
            .filter { family.isCurrent(job: $0.controllerReference?.uid, of: object) }
    }

    /// As it is named on our command line: a JobRun by its name alone, others as `TYPE/NAME`.
    var shortName: String { RunTypes.shortName(name, of: family) }
}

/// The kinds of runs, as they are called on a command line.
enum RunTypes {
    /// The family that a name without a type means.
    static let standard: any RunFamily = JobTemplateFamily()

    /// Whether it is that one.
    static func isStandard(_ family: any RunFamily) -> Bool { family.name == standard.name }

    /// The family that a word names: `jr`, `kubernetesjobs`, `run.acme.com`.
    /// - Throws: a failure of usage with the nearest words, or with the types that a word may mean.
    static func family(_ word: String) throws(CommandFailure) -> any RunFamily {
        let found = RunFamilies.all.filter { words(for: $0).contains(word.lowercased()) }
        if found.count == 1 { return found[0] }
        guard found.isEmpty else {
            let names = found.map { "\($0.runResource.singular).\($0.runResource.group)" }
            throw CommandFailure(
                "\"\(word)\" is the type of several: say \(names.joined(separator: " or "))",
                exitCode: RunExitCode.usage)
        }
        throw CommandFailure(
            "\"\(word)\" is no type of runs; there are " + names.joined(separator: ", ")
                + NearestName.hint(for: word.lowercased(), among: RunFamilies.all.flatMap(words)),
            exitCode: RunExitCode.usage)
    }

    /// The types by the names that we use for them ourselves.
    static var names: [String] { RunFamilies.all.map(name) }

    /// A run as it is named on our command line.
    static func shortName(_ name: String, of family: any RunFamily) -> String {
        isStandard(family) ? name : "\(self.name(family))/\(name)"
    }

    /// The singular name, with its group where several have that name.
    static func name(_ family: any RunFamily) -> String {
        let resource = family.runResource
        let isUnique = RunFamilies.all.count { $0.runResource.singular == resource.singular } == 1
        return resource.singular + (isUnique ? "" : ".\(resource.group)")
    }

    private static func words(for family: any RunFamily) -> [String] { family.runResource.words + family.nicknames }
}
