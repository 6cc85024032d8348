import KubeObjects
import KubeRuntime
import RunCore

/// The stores from which the runs of one family are reconciled.
struct FamilyStores: Sendable {
    /// The runs, with ``referenceIndexer(_:)`` and, of a family with templates, ``settledIndexer(_:)``.
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

    /// The runs that refer to an object and are not over for good.
    /// - Parameter value: what the index has the object under, ``indexValue(_:_:)``.
    func unsettledRuns(under value: String, _ family: any RunFamily) -> [KubeObject] {
        runs.find(Self.referenceIndexer(family), value)
    }

    /// The index of runs that are not over for good, by what they refer to.
    static func referenceIndexer(_ family: any RunFamily) -> Indexer {
        Indexer("references") { family.isSettled($0) ? [] : values(of: $0, family) }
    }

    /// The index of runs that are over for good, by what they refer to.
    static func settledIndexer(_ family: any RunFamily) -> Indexer {
        Indexer("settled") { family.isSettled($0) ? values(of: $0, family) : [] }
    }

    private static func values(of run: KubeObject, _ family: any RunFamily) -> [String] {
        family.references(of: run).map { indexValue($0.resource, $0.key) }
    }

    /// Under what the index has the runs that refer to an object.
    static func indexValue(_ resource: CustomResource, _ key: ObjectKey) -> String {
        "\(resource.definitionName)/\(key)"
    }
}
