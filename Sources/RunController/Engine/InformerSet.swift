import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import Logging
import RunCore

/// The informers of all families; what several families refer to is watched once.
struct InformerSet {
    private(set) var all: [Informer] = []
    private var references: [CustomResource: Informer] = [:]

    let client: KubeClient
    let namespaces: [String]
    let time: TimeSource
    let logger: Logger

    init(client: KubeClient, namespaces: [String], time: TimeSource, logger: Logger) {
        self.client = client
        self.namespaces = namespaces
        self.time = time
        self.logger = logger
    }

    /// The informer of a family's runs.
    mutating func runs(of family: any RunFamily) -> Informer {
        var indexers = [FamilyStores.referenceIndexer(family)]
        if family.templateResource != nil { indexers.append(FamilyStores.settledIndexer(family)) }
        return add(APIResource(family.runResource), indexers: indexers) { run in
            if family.isSettled(run) { return Trimming.settledRun(run) }
            var run = run
            run.metadata.removeValue(forKey: "managedFields")
            return run
        }
    }

    /// An informer for one family alone.
    /// - Parameters:
    ///   - predecessor: the informer whose store `keep` looks into.
    ///   - keep: what of an object is kept; by default all but its managed fields.
    mutating func add(
        _ resource: APIResource, labelSelector: String? = nil, indexers: [Indexer] = [],
        after predecessor: Informer? = nil,
        keep: (@Sendable (KubeObject) -> KubeObject?)? = nil
    ) -> Informer {
        var configuration = Informer.Configuration(resource: resource)
        configuration.namespaces = resource.isNamespaced ? namespaces : []
        configuration.labelSelector = labelSelector
        configuration.indexers = indexers
        configuration.predecessor = predecessor
        if let keep { configuration.keep = keep }
        let informer = Informer(configuration, client: client, time: time, logger: logger)
        all.append(informer)
        return informer
    }

    /// An informer of one namespace that runs in a pool and not with the others.
    func informer(
        _ resource: APIResource, namespace: String, keep: @escaping @Sendable (KubeObject) -> KubeObject
    ) -> Informer {
        var configuration = Informer.Configuration(resource: resource)
        configuration.namespaces = [namespace]
        configuration.keep = keep
        return Informer(configuration, client: client, time: time, logger: logger)
    }

    /// The informer for what runs refer to.
    mutating func reference(_ resource: CustomResource) -> Informer {
        if let known = references[resource] { return known }
        let informer = add(APIResource(resource))
        references[resource] = informer
        return informer
    }
}
