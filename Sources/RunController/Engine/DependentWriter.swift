import KubeClient
import KubeObjects
import KubeWire
import RunCore

/// Makes what a Job needs before the Job is made.
struct DependentWriter: Sendable {
    let client: KubeClient
    /// Who writes.
    let options: WriteOptions

    /// The kinds that a run can bring along.
    static let resources: [APIResource] = [
        .namespaces, .secrets, .configMaps, .serviceAccounts, .persistentVolumeClaims,
    ]

    /// Makes an object what it has to be.
    /// - Returns: why this run may not have it; nil if it is there now.
    /// - Throws: what the server refuses, or what may go better the next time.
    func write(_ dependent: RunDependent, for run: KubeObject) async throws -> APIRefusal? {
        let object = dependent.object
        guard let resource = Self.resources.first(where: { $0.groupVersionKind == object.groupVersionKind }) else {
            throw KubeStatus(
                code: 400, reason: .badRequest,
                message: "a run cannot bring along objects of kind \(object.kind); it can bring "
                    + Self.resources.map(\.kind).joined(separator: ", "))
        }
        let found = try await find(resource, object.key)
        switch (dependent.policy, found) {
        case (.createIfMissing, nil): try await create(resource, object)
        case (.createIfMissing, _?): break
        case (.apply, nil):
            // Not by force: who makes an object of this name in this very moment keeps it.
            try await apply(resource, object, force: false)
        case (.apply, let found?):
            guard found.ownerReferences.contains(where: { $0.uid == run.uid }) else {
                return .nameConflict(object.key, kind: object.kind)
            }
            var object = object
            object.metadata["uid"] = found.uid.map { .string($0) }
            try await apply(resource, object, force: true)
        }
        return nil
    }

    private func find(_ resource: APIResource, _ key: ObjectKey) async throws -> KubeObject? {
        do {
            return try await client.get(resource, namespace: key.namespace, name: key.name)
        } catch let status as KubeStatus where status.isNotFound {
            return nil
        }
    }

    private func create(_ resource: APIResource, _ object: KubeObject) async throws {
        do {
            _ = try await client.create(resource, namespace: object.namespace, object, options: options)
        } catch let status as KubeStatus where status.isAlreadyExists {
            // Somebody else was quicker; it is there, and that is all that was wanted.
        }
    }

    private func apply(_ resource: APIResource, _ object: KubeObject, force: Bool) async throws {
        var options = options
        options.force = force
        _ = try await client.patch(
            resource, namespace: object.namespace, name: object.name ?? "", type: .apply, object.value,
            options: options)
    }
}
