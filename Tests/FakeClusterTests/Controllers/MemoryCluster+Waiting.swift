import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

extension ClusterAccess {
    /// Waits until an object is as wanted, driven by changes.
    @discardableResult
    func object(
        _ resource: APIResource, _ key: ObjectKey, _ isWanted: @escaping @Sendable (KubeObject) -> Bool
    ) async throws -> KubeObject {
        for await change in changes(of: [resource]) where change.kind != .deleted && change.object.key == key {
            if isWanted(change.object) { return change.object }
        }
        throw CancellationError()
    }

    /// Waits until the objects of a resource are as wanted, driven by changes.
    @discardableResult
    func objects(
        _ resource: APIResource, _ isWanted: @escaping @Sendable ([KubeObject]) -> Bool
    ) async throws -> [KubeObject] {
        let stream = changes(of: [resource])
        let present = try await list(resource, namespace: nil)
        if isWanted(present) { return present }
        for await _ in stream {
            let present = try await list(resource, namespace: nil)
            if isWanted(present) { return present }
        }
        throw CancellationError()
    }
}

/// Runs a part of the cluster beside a test's body, and ends it after.
func withRunning<Result: Sendable>(
    _ parts: [@Sendable () async -> Void], _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        for part in parts {
            group.addTask {
                await part()
                return nil
            }
        }
        group.addTask { try await body() }
        defer { group.cancelAll() }
        while let result = try await group.next() {
            if let result { return result }
        }
        throw CancellationError()
    }
}
