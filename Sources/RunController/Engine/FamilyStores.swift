import KubeObjects
import KubeRuntime
import RunCore

/// The stores from which the runs of one family are reconciled.
struct FamilyStores: Sendable {
    /// The runs, with ``referenceIndexer(_:)``.
    var runs: Store
    /// The Jobs of the family's runs, by the uid of their controller.
    var jobs: Store
    /// The pods of these Jobs, by the uid of their controller.
    var pods: Store
    /// What runs refer to.
    var references: [CustomResource: Store]
    /// What runs refer to of the core group, as long as some run follows it.
    var followed: FollowedReferences
    /// The pods that start Jobs.
    var triggers: PodTriggers

    /// The Jobs that a run controls.
    func jobs(of run: KubeObject) -> [KubeObject] {
        run.uid.map { jobs.find(.controllerUID, $0) } ?? []
    }

    /// The pods that Jobs control.
    func pods(of jobs: [KubeObject]) -> [KubeObject] {
        jobs.flatMap { job in job.uid.map { pods.find(.controllerUID, $0) } ?? [] }
    }

    /// An object that a run refers to; nil if the store has none.
    func find(_ reference: RunReference) -> KubeObject? {
        references[reference.resource]?.get(reference.key) ?? followed.find(reference)
    }

    /// The index of runs by what they refer to.
    static func referenceIndexer(_ family: any RunFamily) -> Indexer {
        Indexer("references") { run in
            family.references(of: run).map { indexValue($0.resource, $0.key) }
        }
    }

    /// Under what the index has the runs that refer to an object.
    static func indexValue(_ resource: CustomResource, _ key: ObjectKey) -> String {
        "\(resource.definitionName)/\(key)"
    }
}
