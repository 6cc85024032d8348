import KubeObjects
import KubeWire
import Synchronization

/// The resources that the server serves at this moment: the built-in ones and those that CustomResourceDefinitions add.
///
/// Readers take a ``Snapshot``, which never changes, so that one request sees one set of resources; a change replaces
/// the snapshot.
final class ResourceRegistry: Sendable {
    private let current: Mutex<Snapshot>

    /// A registry of these definitions.
    init(_ definitions: [ResourceDefinition] = []) {
        var snapshot = Snapshot()
        snapshot.add(definitions)
        current = Mutex(snapshot)
    }

    /// What is served now.
    var snapshot: Snapshot { current.withLock { $0 } }

    /// Serves all versions of one resource; what was served under the same group and plural name before is replaced.
    func replace(_ groupResource: GroupResource, with definitions: [ResourceDefinition]) {
        current.withLock { $0.replace(groupResource, with: definitions) }
    }

    /// Serves a resource no more. Its stored objects stay; whoever removes it has deleted them before.
    func remove(_ groupResource: GroupResource) {
        current.withLock { $0.replace(groupResource, with: []) }
    }

    /// The definition that serves a group, version and plural name.
    func definition(_ groupVersion: GroupVersion, plural: String) -> ResourceDefinition? {
        snapshot.definition(groupVersion, plural: plural)
    }

    /// The definition of a kind.
    func definition(of kind: GroupVersionKind) -> ResourceDefinition? {
        snapshot.definition(of: kind)
    }

    /// The definition of the version in which a resource is stored.
    func storageDefinition(of groupResource: GroupResource) -> ResourceDefinition? {
        snapshot.storageDefinition(of: groupResource)
    }
}

extension ResourceRegistry {
    /// Tells a definition that watches over its objects of a change.
    func didChange(_ resource: GroupResource, _ event: StoreEvent) {
        guard let definition = storageDefinition(of: resource), let onChange = definition.onChange else { return }
        onChange(
            ObjectChange(
                kind: event.isDeletion ? .deleted : event.previous == nil ? .added : .modified,
                resource: definition.resource, object: event.object.object))
    }

    /// Tells the definitions that watch over their objects of everything that is stored.
    func didLoad(_ store: ObjectStore) {
        for definition in snapshot.definitions where definition.onChange != nil && definition.isStorageVersion {
            for stored in store.objects(definition.storageResource, in: nil).objects {
                didChange(
                    definition.storageResource, StoreEvent(object: stored, previous: nil, isDeletion: false))
            }
        }
    }

    /// What is served at one moment.
    struct Snapshot: Sendable {
        /// All definitions, in the order in which their resources were first added.
        private(set) var definitions: [ResourceDefinition] = []
        /// Grows with every change, so that what is made from a snapshot (discovery documents) can be kept.
        private(set) var generation = 0
        private var byPath: [GroupVersion: [String: Int]] = [:]
        private var byKind: [GroupVersionKind: Int] = [:]
        private var byResource: [GroupResource: [Int]] = [:]

        /// The definition that serves a group, version and plural name.
        func definition(_ groupVersion: GroupVersion, plural: String) -> ResourceDefinition? {
            byPath[groupVersion]?[plural].map { definitions[$0] }
        }

        /// The definition of a kind.
        func definition(of kind: GroupVersionKind) -> ResourceDefinition? {
            byKind[kind].map { definitions[$0] }
        }

        /// All served versions of a resource, in the order in which they were given.
        func versions(of groupResource: GroupResource) -> [ResourceDefinition] {
            byResource[groupResource]?.map { definitions[$0] } ?? []
        }

        /// The definition of the version in which a resource is stored.
        func storageDefinition(of groupResource: GroupResource) -> ResourceDefinition? {
            let versions = versions(of: groupResource)
            return versions.first(where: \.isStorageVersion) ?? versions.first
        }

        /// Whether anything is served under a group and version.
        func serves(_ groupVersion: GroupVersion) -> Bool { byPath[groupVersion] != nil }

        /// Whether anything is served under a group.
        func serves(group: String) -> Bool { byPath.keys.contains { $0.group == group } }

        fileprivate mutating func add(_ added: [ResourceDefinition]) {
            definitions += added
            reindex()
        }

        fileprivate mutating func replace(_ groupResource: GroupResource, with replacement: [ResourceDefinition]) {
            let place = definitions.firstIndex { $0.resource.groupResource == groupResource } ?? definitions.endIndex
            definitions.removeAll { $0.resource.groupResource == groupResource }
            definitions.insert(contentsOf: replacement, at: min(place, definitions.endIndex))
            reindex()
        }

        private mutating func reindex() {
            generation += 1
            byPath = [:]
            byKind = [:]
            byResource = [:]
            for (position, definition) in definitions.enumerated() {
                let resource = definition.resource
                byPath[GroupVersion(group: resource.group, version: resource.version), default: [:]][resource.plural] =
                    position
                byKind[resource.groupVersionKind] = position
                byResource[resource.groupResource, default: []].append(position)
            }
        }
    }
}
