import KubeObjects
import KubeWire
import Synchronization
import Testing

@testable import FakeCluster

struct ObjectStoreTests {
    private let resource = APIResource.configMaps.groupResource

    private func object(_ name: String, _ value: Int = 0) -> KubeObject {
        var object = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: name)
        object["data"] = ["value": .string(String(value))]
        return object
    }

    private func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "demo", name: name) }

    private func put(
        _ name: String, _ value: Int = 0, expecting expectation: StoreWrite.Expectation = .absent
    ) -> StoreWrite {
        StoreWrite(
            resource: resource, key: key(name), expectation: expectation, change: .put(object(name, value)))
    }

    @Test func manyWritersAtOnceGetVersionsWithoutGapsOrRepetitions() async throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(path: folder.path + "/store.db", isDurable: false)
        let versions = await withTaskGroup(of: UInt64?.self) { group in
            for number in 0..<200 {
                group.addTask {
                    guard case .written(let stored) = await store.commit(put("o\(number)")) else { return nil }
                    return stored.version
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(versions.compactMap(\.self).sorted() == Array(2...201))
        #expect(store.objects(resource, in: "demo").objects.count == 200)
    }

    /// A power failure cannot be had in a test; SQLite's own word can.
    @Test(arguments: [true, false])
    func onlyADurableStoreWaitsForTheDisk(isDurable: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/store.db"
        let log = try RevisionLog(path: path, isDurable: isDurable)
        #expect(try log.flushesEachWrite == isDurable)
        try log.close()
        #expect(try RevisionLog(path: path, isDurable: isDurable).flushesEachWrite == isDurable, "opened again")
    }

    /// A cancelled task is locked while it is taken off the store's lists, and waking it locks it too: the one must not
    /// wait for the store while the other holds it.
    @Test(.timeLimit(.minutes(5)))
    func readersMayBeCancelledWhileThereAreWrites() async throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(path: folder.path + "/store.db", isDurable: false)
        for round in 0..<100 {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let changes = store.changes(of: nil) { _, event in event.version }
                        for await _ in changes where Task.isCancelled { break }
                    }
                    group.addTask {
                        let signal = StreamSignal()
                        store.notify(signal, of: resource) {}
                        while await signal.wait() {}
                    }
                }
                let writing = Task {
                    for number in 0..<10 { _ = await store.commit(put("o\(round)-\(number)")) }
                }
                _ = await store.commit(put("o\(round)"))
                group.cancelAll()
                await writing.value
            }
        }
        #expect(store.objects(resource, in: "demo").objects.count == 100 * 11)
    }

    @Test func oneOfTwoWritersOfAVersionLoses() async throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(path: folder.path + "/store.db", isDurable: false)
        guard case .written(let first) = await store.commit(put("one")) else { throw Failure() }
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let write = put("one", number, expecting: .version(first.version))
                    guard case .written = await store.commit(write) else { return false }
                    return true
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
    }

    @Test func anOlderVersionIsRebuiltFromTheHistory() async throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(path: folder.path + "/store.db", isDurable: false)
        guard case .written(let one) = await store.commit(put("one", 1)) else { throw Failure() }
        guard case .written(let changed) = await store.commit(put("one", 2, expecting: .version(one.version))) else {
            throw Failure()
        }
        _ = await store.commit(put("two"))
        _ = await store.commit(
            StoreWrite(
                resource: resource, key: key("one"), expectation: .version(changed.version),
                change: .delete(changed.object)))
        let past = try #require(store.objects(resource, at: one.version))
        #expect(past.map(\.key.name) == ["one"])
        #expect(past.first?.object[path: "data", "value"]?.string == "1")
        #expect(store.objects(resource, in: nil).objects.map(\.key.name) == ["two"])
    }

    /// Of old changes only the bytes are kept.
    @Test func whatIsLongPastReadsBackWhole() async throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(path: folder.path + "/store.db", isDurable: false)
        var versions: [UInt64] = []
        for number in 0..<600 {
            let expectation = versions.last.map { StoreWrite.Expectation.version($0) } ?? .absent
            guard case .written(let stored) = await store.commit(put("one", number, expecting: expectation)) else {
                throw Failure()
            }
            versions.append(stored.version)
        }
        for number in [0, 1, 299, 343, 344, 598, 599] {
            let past = try #require(store.objects(resource, at: versions[number])?.first)
            var expected = object("one", number)
            expected.metadata["resourceVersion"] = .string("\(versions[number])")
            #expect(past.object == expected, "change \(number)")
            #expect(past.object.value.encoded() == past.bytes, "change \(number)")
        }
    }

    @Test func historyAndObjectsOutliveTheProcess() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/store.db"
        var last: StoredObject?
        do {
            let store = try ObjectStore(path: path, isDurable: true, historyLimit: 8)
            for number in 0..<40 {
                let expectation = last.map { StoreWrite.Expectation.version($0.version) } ?? .absent
                guard case .written(let stored) = await store.commit(put("one", number, expecting: expectation)) else {
                    throw Failure()
                }
                last = stored
            }
            try store.log.close()
        }
        let version = try #require(last?.version)
        let store = try ObjectStore(path: path, isDurable: true, historyLimit: 8)
        #expect(store.version == version)
        #expect(store.object(resource, key("one"))?.bytes == last?.bytes)
        guard case .expired = store.events(resource, after: 3) else { throw Failure() }
        guard case .events(let events, let upTo) = store.events(resource, after: version - 5) else { throw Failure() }
        #expect(events.map(\.version) == Array((version - 4)...version))
        #expect(events.allSatisfy { $0.previous?.version == $0.version - 1 })
        #expect(upTo == version)
        // What compaction has made unneeded is gone from the file as well.
        var rows = 0
        try store.log.load { _ in rows += 1 }
        #expect(rows < 20)
    }

    @Test func aSecondProcessCannotOpenTheFile() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/store.db"
        let store = try ObjectStore(path: path, isDurable: false)
        #expect(throws: (any Error).self) { try ObjectStore(path: path, isDurable: false) }
        #expect(store.version == 1)
    }

    @Test func changesBeginWithWhatIsThereAndMissNothing() async throws {
        let folder = try TemporaryFolder()
        let store = try ObjectStore(path: folder.path + "/store.db", isDurable: false)
        _ = await store.commit(put("one"))
        let changes = store.changes(of: [resource]) { _, event in event.object.key.name }
        for number in 0..<50 { _ = await store.commit(put("o\(number)")) }
        var seen: [String] = []
        for await name in changes {
            seen.append(name)
            if seen.count == 51 { break }
        }
        #expect(seen == ["one"] + (0..<50).map { "o\($0)" })
    }

    private struct Failure: Error {}
}
