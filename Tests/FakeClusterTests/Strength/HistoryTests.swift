import HTTPTypes
import KubeObjects
import KubeWire
import TestSupport
import Testing

@testable import FakeCluster

/// The history does not grow for ever.
struct HistoryTests {
    private let resource = APIResource.configMaps.groupResource

    private func put(_ store: ObjectStore, _ name: String, after version: UInt64? = nil) async throws -> UInt64 {
        let object = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: name)
        let outcome = await store.commit(
            StoreWrite(
                resource: resource, key: object.key, expectation: version.map { .version($0) } ?? .absent,
                change: .put(object)))
        guard case .written(let stored) = outcome else { throw StoreError(message: "\(outcome)") }
        return stored.version
    }

    private func isTooOld(_ store: ObjectStore, _ version: UInt64) -> Bool {
        if case .expired = store.events(resource, after: version) { true } else { false }
    }

    @Test func changesAreForgottenByAge() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/store.db"
        let time = ManualTime()
        let store = try ObjectStore(path: path, isDurable: false)
        let compactor = HistoryCompactor(store: store, time: time.source, interval: .seconds(300))
        let running = Task { await compactor.run() }
        await time.waitForSleepers()
        let first = try await put(store, "a")
        let second = try await put(store, "a", after: first)
        time.advance(by: .seconds(300))
        await time.waitForSleepers()
        let third = try await put(store, "b")
        #expect(!isTooOld(store, first))
        time.advance(by: .seconds(300))
        await time.waitForSleepers()
        #expect(isTooOld(store, first))
        // A watch that has seen all is not old, however long it was silent.
        #expect(!isTooOld(store, second))
        #expect(store.objects(resource, in: nil).objects.map(\.version) == [second, third])
        running.cancel()
        await running.value

        _ = try await put(store, "c")
        try store.log.close()
        let reopened = try ObjectStore(path: path, isDurable: false)
        #expect(isTooOld(reopened, first))
        #expect(!isTooOld(reopened, second))
        #expect(reopened.objects(resource, in: nil).objects.map(\.object.name) == ["a", "b", "c"])
        var revisions: [UInt64] = []
        try reopened.log.load { revisions.append($0.version) }
        #expect(!revisions.contains(first))
    }

    @Test func anObjectThatIsTooLargeIsRefusedInTheWordsOfEtcd() async throws {
        let server = try TestServer()
        try await server.makeNamespace("demo")
        let answer = try await server.send(
            .post, "/api/v1/namespaces/demo/configmaps",
            TestServer.configMap("large", value: String(repeating: "x", count: ObjectStore.objectSizeLimit)))
        #expect(answer.status == 500)
        #expect(answer.json["message"] == "etcdserver: request is too large")
        #expect(answer.json["reason"] == nil)
        _ = try await server.makeConfigMap("small", in: "demo")
    }
}
