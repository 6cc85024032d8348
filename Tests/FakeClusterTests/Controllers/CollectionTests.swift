import KubeObjects
import KubeWire
import Logging
import TestSupport
import Testing

@testable import FakeCluster

/// What becomes of objects whose owners or namespaces go.
@Suite(.timeLimit(.minutes(5)))
struct CollectionTests {
    @Test func dependentsFollowTheirOwnerInTheBackground() async throws {
        try await withControllers { cluster in
            let owner = try await cluster.make("owner")
            _ = try await cluster.make("child", owners: [owner])
            try await cluster.delete(.configMaps, owner.key, DeletionOptions(propagationPolicy: .background))
            try await cluster.objects(.configMaps) { $0.isEmpty }
        }
    }

    @Test func aDependentOfAnAbsentOwnerGoes() async throws {
        try await withControllers { cluster in
            var gone = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "n", name: "gone")
            gone.metadata["uid"] = "33333333-3333-3333-3333-333333333333"
            _ = try await cluster.make("child", owners: [gone])
            try await cluster.objects(.configMaps) { $0.isEmpty }
        }
    }

    @Test func anOwnerOfAnUnknownKindCountsAsPresent() async throws {
        try await withControllers { cluster in
            var foreign = KubeObject(apiVersion: "example.com/v1", kind: "Thing", namespace: "n", name: "x")
            foreign.metadata["uid"] = "u"
            _ = try await cluster.make("child", owners: [foreign])
            let owner = try await cluster.make("owner")
            _ = try await cluster.make("other", owners: [owner])
            try await cluster.delete(.configMaps, owner.key, DeletionOptions(propagationPolicy: .background))
            // The other one is collected after the child was looked at.
            let left = try await cluster.objects(.configMaps) { $0.count == 1 }
            #expect(left.first?.name == "child")
        }
    }

    @Test func orphansLoseTheirOwnerAndStay() async throws {
        try await withControllers { cluster in
            let owner = try await cluster.make("owner")
            let child = try await cluster.make("child", owners: [owner])
            try await cluster.delete(.configMaps, owner.key, DeletionOptions(propagationPolicy: .orphan))
            let left = try await cluster.objects(.configMaps) { $0.count == 1 }
            #expect(left.first?.uid == child.uid && left.first?.ownerReferences.isEmpty == true)
        }
    }

    @Test func aForegroundDeletionEndsWithTheOwner() async throws {
        try await withControllers { cluster in
            let owner = try await cluster.make("owner")
            let child = try await cluster.make("child", owners: [owner])
            _ = try await cluster.make("grandchild", owners: [child])
            let changes = cluster.changes(of: [.configMaps])
            try await cluster.delete(.configMaps, owner.key, DeletionOptions(propagationPolicy: .foreground))
            var gone: [String] = []
            for await change in changes where change.kind == .deleted {
                gone.append(change.object.name ?? "")
                if gone.count == 3 { break }
            }
            #expect(gone == ["grandchild", "child", "owner"])
        }
    }

    @Test func anObjectWithAnotherOwnerStays() async throws {
        try await withControllers { cluster in
            let (first, second) = (try await cluster.make("first"), try await cluster.make("second"))
            let child = try await cluster.make("child", owners: [first, second])
            try await cluster.delete(.configMaps, first.key, DeletionOptions(propagationPolicy: .background))
            let left = try await cluster.object(.configMaps, child.key) { $0.ownerReferences.count == 1 }
            #expect(left.ownerReferences.first?.name == "second")
        }
    }

    @Test func aNamespaceTakesItsContentAlong() async throws {
        let clock = ManualTime()
        try await withControllers(clock) { cluster in
            try await cluster.makeNamespace()
            _ = try await cluster.make("one")
            _ = try await cluster.make("held", finalizers: ["example.com/hold"])
            try await cluster.delete(.namespaces, ObjectKey(name: "n"), DeletionOptions())
            var conditions: [JSONValue] = []
            while conditions.isEmpty {
                await clock.waitForSleepers()
                clock.advanceToNext()
                let waiting = try await cluster.get(.namespaces, ObjectKey(name: "n"))
                conditions = waiting?[path: "status", "conditions"]?.array ?? []
            }
            let message = conditions.last?["message"]
            #expect(
                message
                    == "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances"
            )
            var held = try #require(try await cluster.get(.configMaps, ObjectKey(namespace: "n", name: "held")))
            held.metadata["finalizers"] = nil
            _ = try await cluster.update(.configMaps, held)
            try await cluster.objects(.namespaces) { $0.isEmpty }
            #expect(try await cluster.list(.configMaps, namespace: nil).isEmpty)
        }
    }

    @Test func aNamespaceKeepsItsContentForAWhile() async throws {
        let clock = ManualTime()
        try await withControllers(clock) { cluster in
            try await cluster.makeNamespace()
            let (kept, gone) = (try await cluster.make("kept"), try await cluster.make("gone"))
            let begin = clock.now
            try await cluster.delete(.namespaces, ObjectKey(name: "n"), DeletionOptions())
            // What happens to its content meanwhile is no reason to hurry.
            try await cluster.delete(.configMaps, gone.key, DeletionOptions())
            while try await cluster.get(.configMaps, kept.key) != nil {
                await clock.waitForSleepers()
                clock.advanceToNext()
            }
            #expect(clock.now - begin >= .seconds(5))
            try await cluster.objects(.namespaces) { $0.isEmpty }
        }
    }

    @Test func aNamespaceGetsItsServiceAccountAndAuthority() async throws {
        try await withControllers { cluster in
            _ = try await cluster.create(.namespaces, KubeObject(apiVersion: "v1", kind: "Namespace", name: "n"))
            try await cluster.objects(.serviceAccounts) { $0.map(\.name) == ["default"] }
            let maps = try await cluster.objects(.configMaps) { $0.map(\.name) == ["kube-root-ca.crt"] }
            #expect(maps[0][path: "data", "ca.crt"] == "PEM")
            try await cluster.delete(.serviceAccounts, ObjectKey(namespace: "n", name: "default"), DeletionOptions())
            try await cluster.objects(.serviceAccounts) { $0.count == 1 }
        }
    }

    @Test func anEventGoesAnHourAfterItWasWritten() async throws {
        let clock = ManualTime()
        try await withControllers(clock) { cluster in
            var event = KubeObject(apiVersion: "v1", kind: "Event", namespace: "n", name: "e")
            event["lastTimestamp"] = .string(clock.now.rfc3339)
            _ = try await cluster.create(.events, event)
            let start = clock.now
            while try await !cluster.list(.events, namespace: nil).isEmpty {
                await clock.waitForSleepers()
                clock.advanceToNext()
            }
            #expect(clock.now - start >= .seconds(3600))
        }
    }

    private func withControllers(
        _ clock: ManualTime = ManualTime(), _ body: @escaping @Sendable (MemoryCluster) async throws -> Void
    ) async throws {
        let cluster = MemoryCluster(time: clock.source)
        let logger = Logger(label: "test")
        let controllers = BuiltinControllers(
            access: cluster, time: clock.source,
            recorder: EventRecorder(access: cluster, time: clock.source, logger: logger), certificateAuthority: "PEM",
            logger: logger)
        try await withRunning([{ await controllers.run() }]) { try await body(cluster) }
    }
}

extension MemoryCluster {
    /// The namespace of what is made here, held until it is empty.
    fileprivate func makeNamespace() async throws {
        var namespace = KubeObject(apiVersion: "v1", kind: "Namespace", name: "n")
        namespace["spec"] = ["finalizers": ["kubernetes"]]
        _ = try await create(.namespaces, namespace)
    }

    fileprivate func make(
        _ name: String, owners: [KubeObject] = [], finalizers: [JSONValue] = []
    ) async throws -> KubeObject {
        var object = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "n", name: name)
        if !owners.isEmpty {
            object.metadata["ownerReferences"] = .array(owners.compactMap { OwnerReference(controllerOf: $0)?.json })
        }
        if !finalizers.isEmpty { object.metadata["finalizers"] = .array(finalizers) }
        return try await create(.configMaps, object)
    }
}
