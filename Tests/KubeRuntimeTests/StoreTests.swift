import KubeObjects
import Synchronization
import Testing

@testable import KubeRuntime

struct StoreTests {
    private func object(
        _ name: String, namespace: String = "demo", version: Int = 1, label: String? = nil, owner: String? = nil
    ) -> KubeObject {
        var object = KubeObject(apiVersion: "v1", kind: "Pod", namespace: namespace, name: name)
        object.metadata["uid"] = .string("uid-\(name)")
        object.metadata["resourceVersion"] = .string("\(version)")
        if let label { object.metadata["labels"] = ["app": .string(label)] }
        if let owner {
            let reference = OwnerReference(
                apiVersion: "batch/v1", kind: "Job", name: "job", uid: owner, controller: true)
            object.metadata["ownerReferences"] = [reference.json]
        }
        return object
    }

    @Test func changesAreToldInOrderAndOnce() {
        let writer = StoreWriter(indexers: [])
        let first = object("a")
        let second = object("a", version: 2)
        #expect(writer.changes(by: .upsert(first), namespace: nil) == [.added(first)])
        #expect(writer.changes(by: .upsert(first), namespace: nil).isEmpty)
        #expect(writer.changes(by: .upsert(second), namespace: nil) == [.updated(old: first, new: second)])
        #expect(writer.changes(by: .remove(second), namespace: nil) == [.deleted(second)])
        #expect(writer.changes(by: .remove(second), namespace: nil).isEmpty)
    }

    /// The trees of those that changed last are kept, the others are read from their JSON.
    @Test func objectsThatRestAreAsTheyWere() {
        let writer = StoreWriter(indexers: [.label("app")])
        let objects = (0..<400).map { object("o\($0)", label: "l\($0 % 7)") }
        for object in objects { writer.apply(.upsert(object), namespace: nil) { _ in } }
        for object in objects.prefix(150) {
            writer.apply(.remove(object), namespace: nil) { _ in }
            writer.apply(.upsert(object), namespace: nil) { _ in }
        }
        #expect(objects.allSatisfy { writer.store.get($0.key) == $0 })
        #expect(writer.store.all() == objects.sorted { $0.key < $1.key })
        #expect(writer.store.find(.label("app"), "l3").count == 57)
    }

    /// What an object's new version takes the place of, and what is seen from then on, is the same whether its tree was kept
    /// or had gone.
    @Test(arguments: [true, false]) func anObjectChangesWhetherItRestsOrNot(_ rests: Bool) throws {
        let byApp = Indexer.label("app")
        var table = StoreTable(indexers: [byApp])
        let objects = (0..<400).map { object("o\($0)", label: "old") }
        for object in objects { #expect(table.upsert(object) == .added(object)) }
        func resting() -> Set<ObjectKey> { Set(table.objects.filter { $0.value.tree == nil }.keys) }
        let rested = resting()
        // Else there would be nothing to tell apart.
        try #require(!rested.isEmpty && rested.count < objects.count)

        let chosen = objects.filter { rested.contains($0.key) == rests }.prefix(40)
        for old in chosen {
            let new = object(old.key.name, version: 2, label: "new")
            #expect(table.upsert(old) == nil)
            #expect(table.upsert(new) == .updated(old: old, new: new))
            #expect(table.objects[old.key]?.tree == new)
            #expect(table.objects[old.key]?.packed.object == new)
        }
        #expect(table.keys(inIndex: byApp.name, "new") == Set(chosen.map(\.key)))
        #expect(resting().count == rested.count)

        // The others change until the chosen ones rest: they are then what they became.
        for old in objects where !chosen.contains(old) {
            let new = object(old.key.name, version: 2, label: "newer")
            #expect(table.upsert(new) == .updated(old: old, new: new))
        }
        #expect(resting().isSuperset(of: chosen.map(\.key)))
        for old in chosen {
            let last = object(old.key.name, version: 2, label: "new")
            #expect(table.objects[old.key]?.object == last)
            #expect(table.remove(old.key, goneBy: nil) == .deleted(last))
        }
        #expect(table.keys(inIndex: byApp.name, "new").isEmpty)
    }

    @Test func aReplacementTellsOnlyWhatDiffers() {
        let writer = StoreWriter(indexers: [])
        let (a, b, c) = (object("a"), object("b"), object("c"))
        let newB = object("b", version: 5)
        _ = writer.changes(by: .replacing([a, b]), namespace: nil)
        #expect(
            writer.changes(by: .replacing([newB, c]), namespace: nil)
                == [.deleted(a), .updated(old: b, new: newB), .added(c)])
        #expect(writer.store.all() == [newB, c])
    }

    /// The watch said nothing of its end: it was after the last state that was seen, and not after the list.
    @Test func whatAListNoLongerHasIsGoneByTheListsVersion() {
        let writer = StoreWriter(indexers: [])
        let (seen, kept) = (object("a", version: 3), object("b"))
        var gone = seen
        gone.metadata["resourceVersion"] = "9"
        _ = writer.changes(by: .replacing([seen, kept], version: "5"), namespace: nil)
        var left: [KubeObject] = []
        let changes = writer.changes(by: .replacing([kept], version: "9"), namespace: nil) { left.append($0) }
        #expect(changes == [.deleted(gone)])
        #expect(left == [gone])
    }

    @Test func aReplacementIsToldOfWhileTheStoreShowsJustThatMuch() {
        let writer = StoreWriter(indexers: [])
        let store = writer.store
        let (a, b, c) = (object("a"), object("b"), object("c"))
        _ = writer.changes(by: .replacing([a]), namespace: nil)
        var seen: [[String]] = []
        writer.apply(.replacing([b, c]), namespace: nil) { _ in seen.append(store.all().map { $0.key.name }) }
        #expect(seen == [[], ["b"], ["b", "c"]])
    }

    @Test func aReplacementOfOneNamespaceLeavesTheOthers() {
        let writer = StoreWriter(indexers: [])
        let mine = object("a")
        let other = object("a", namespace: "other")
        _ = writer.changes(by: .replacing([mine]), namespace: "demo")
        _ = writer.changes(by: .replacing([other]), namespace: "other")
        #expect(writer.changes(by: .replacing([]), namespace: "demo") == [.deleted(mine)])
        #expect(writer.store.all() == [other])
    }

    @Test func indexesFollowChanges() {
        let byApp = Indexer.label("app")
        let writer = StoreWriter(indexers: [byApp, .controllerUID])
        let store = writer.store
        let before = object("a", label: "x", owner: "owner-1")
        let after = object("a", version: 2, label: "y", owner: "owner-1")
        _ = writer.changes(by: .upsert(before), namespace: nil)
        #expect(store.find(byApp, "x") == [before])
        #expect(store.find(.controllerUID, "owner-1") == [before])
        _ = writer.changes(by: .upsert(after), namespace: nil)
        #expect(store.find(byApp, "x").isEmpty)
        #expect(store.find(byApp, "y") == [after])
        #expect(store.find(.controllerUID, "owner-1") == [after])
        _ = writer.changes(by: .remove(after), namespace: nil)
        #expect(store.find(byApp, "y").isEmpty)
        #expect(store.find(.controllerUID, "owner-1").isEmpty)
    }

    @Test func objectsComeInOrderOfTheirKeys() {
        let writer = StoreWriter(indexers: [])
        let objects = [object("b"), object("a"), object("a", namespace: "aaa")]
        _ = writer.changes(by: .replacing(objects), namespace: nil)
        #expect(writer.store.all().map(\.key.description) == ["aaa/a", "demo/a", "demo/b"])
        #expect(writer.store.all(namespace: "aaa").count == 1)
    }

    /// A store that is changed in any way shows what a plain list of the same changes shows, by key and by index.
    @Test(arguments: UInt64(1)...10)
    func aRandomWalkAgreesWithAPlainList(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let byApp = Indexer.label("app")
        let writer = StoreWriter(indexers: [byApp])
        var plain: [ObjectKey: KubeObject] = [:]
        for step in 1...500 {
            let object = object(
                "n\(Int.random(in: 0..<10, using: &random))", version: step,
                label: "l\(Int.random(in: 0..<3, using: &random))")
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                plain = [object.key: object]
                _ = writer.changes(by: .replacing([object]), namespace: nil)
            case 1...3:
                plain[object.key] = nil
                _ = writer.changes(by: .remove(object), namespace: nil)
            default:
                plain[object.key] = object
                _ = writer.changes(by: .upsert(object), namespace: nil)
            }
            #expect(writer.store.all() == plain.values.sorted { $0.key < $1.key })
            let expected = plain.values.filter { $0.labels["app"] == "l1" }.sorted { $0.key < $1.key }
            #expect(writer.store.find(byApp, "l1") == expected)
        }
    }

    /// Whoever finds an object gone can have been told what it was last.
    @Test func whatLeavesIsToldBeforeTheStoreIsWithoutIt() async {
        let writer = StoreWriter(indexers: [])
        let store = writer.store
        let (a, replaced) = (object("a"), object("b"))
        var successor = object("b", version: 2)
        successor.metadata["uid"] = "other"
        var left: [KubeObject] = []
        _ = writer.changes(by: .replacing([a, replaced]), namespace: nil)
        _ = writer.changes(by: .upsert(successor), namespace: nil) { left.append($0) }
        _ = writer.changes(by: .upsert(object("a", version: 3)), namespace: nil) { left.append($0) }
        #expect(left == [replaced])
        _ = writer.changes(by: .replacing([successor]), namespace: nil) { left.append($0) }
        #expect(left == [replaced, object("a", version: 3)])

        let key = successor.key
        let told = Told()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                while store.get(key) != nil { await Task.yield() }
                return told.value.withLock { $0 }
            }
            _ = writer.changes(by: .remove(successor), namespace: nil) { _ in
                // Time enough to look into a store that can be looked into.
                for _ in 0..<100_000 { told.value.withLock { $0 = false } }
                told.value.withLock { $0 = true }
            }
            for await wasTold in group { #expect(wasTold) }
        }
    }
}

private final class Told: Sendable {
    let value = Mutex(false)
}

extension StoreWriter {
    /// Changes the store and returns what that did.
    fileprivate func changes(
        by update: StoreUpdate, namespace: String?, leaving: (KubeObject) -> Void = { _ in }
    ) -> [StoreChange] {
        var changes: [StoreChange] = []
        apply(update, namespace: namespace, leaving: leaving) { changes.append($0) }
        return changes
    }
}

extension StoreUpdate {
    /// These are all the objects there are.
    static func replacing(_ objects: [KubeObject], version: String? = nil) -> StoreUpdate {
        .replace(objects.map { PackedObject($0) }, version: version)
    }
}
