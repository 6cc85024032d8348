import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

struct DeletionTests {
    private let now = Timestamp(seconds: 1_767_225_600)
    private let pods = ResourceDefinition(
        resource: .pods, singular: "pod", listKind: "PodList", strategy: PlainStrategy())
    private let maps = ResourceDefinition(
        resource: .configMaps, singular: "configmap", listKind: "ConfigMapList", strategy: PlainStrategy())

    private func pod(node: String = "n", phase: String = "Running", period: Int64 = 30) -> KubeObject {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", namespace: "demo", name: "p")
        pod["spec"] = ["nodeName": .string(node), "terminationGracePeriodSeconds": .integer(period)]
        pod["status"] = ["phase": .string(phase)]
        return pod
    }

    private func marked(_ deletion: Deletion) throws -> KubeObject {
        guard case .mark(let object) = deletion else { throw Unexpected() }
        return object
    }

    private func isRemoval(_ deletion: Deletion) -> Bool { if case .remove = deletion { true } else { false } }

    private struct Unexpected: Error {}

    @Test func aRunningPodIsLeftItsGracePeriod() throws {
        let first = try marked(Deletion(pod(), pods, DeletionOptions(), now: now))
        #expect(first.deletionTimestamp == now + .seconds(30))
        #expect(first.metadata["deletionGracePeriodSeconds"] == 30)
        // A second deletion shortens what is left, counted from the same beginning, and never lengthens it.
        let later = now + .seconds(10)
        let shorter = try marked(Deletion(first, pods, DeletionOptions(gracePeriodSeconds: 5), now: later))
        #expect(shorter.deletionTimestamp == now + .seconds(5))
        guard case .pending = Deletion(first, pods, DeletionOptions(gracePeriodSeconds: 60), now: later) else {
            throw Unexpected()
        }
        #expect(isRemoval(Deletion(first, pods, DeletionOptions(gracePeriodSeconds: 0), now: later)))
    }

    @Test func aPodThatRunsNowhereGoesAtOnce() {
        #expect(isRemoval(Deletion(pod(node: ""), pods, DeletionOptions(), now: now)))
        #expect(isRemoval(Deletion(pod(phase: "Succeeded"), pods, DeletionOptions(), now: now)))
        #expect(isRemoval(Deletion(pod(phase: "Failed"), pods, DeletionOptions(gracePeriodSeconds: 30), now: now)))
        #expect(isRemoval(Deletion(pod(), pods, DeletionOptions(gracePeriodSeconds: 0), now: now)))
    }

    @Test func aPodWithAFinalizerIsMarkedEvenWithoutGrace() throws {
        var held = pod(phase: "Succeeded")
        held.metadata["finalizers"] = ["batch.kubernetes.io/job-tracking"]
        let object = try marked(Deletion(held, pods, DeletionOptions(), now: now))
        #expect(object.metadata["deletionGracePeriodSeconds"] == 0)
    }

    /// Whoever makes an object of a kind without generations gives it any.
    @Test func theLargestGenerationWraps() throws {
        var held = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "m")
        held.metadata["finalizers"] = ["example.com/hold"]
        held.metadata["generation"] = .integer(.max)
        let object = try marked(Deletion(held, maps, DeletionOptions(), now: now))
        #expect(object.metadata["generation"] == .integer(.min))
    }

    struct PropagationCase: Sendable, CustomTestStringConvertible {
        var present: [String]
        var policy: PropagationPolicy?
        var finalizers: [String]?
        var testDescription: String { "\(present) \(policy?.rawValue ?? "-")" }
    }

    static let propagations = [
        PropagationCase(present: [], policy: nil, finalizers: nil),
        PropagationCase(present: [], policy: .background, finalizers: nil),
        PropagationCase(present: [], policy: .orphan, finalizers: ["orphan"]),
        PropagationCase(present: ["a/b"], policy: .foreground, finalizers: ["a/b", "foregroundDeletion"]),
        PropagationCase(present: ["orphan"], policy: nil, finalizers: ["orphan"]),
        PropagationCase(present: ["orphan"], policy: .foreground, finalizers: ["foregroundDeletion"]),
        PropagationCase(present: ["orphan"], policy: .background, finalizers: nil),
    ]

    @Test(arguments: propagations)
    func thePolicyBecomesAFinalizer(_ example: PropagationCase) throws {
        var object = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "demo", name: "o")
        if !example.present.isEmpty {
            object.metadata["finalizers"] = .array(example.present.map { .string($0) })
        }
        let deletion = Deletion(
            object, maps, DeletionOptions(propagationPolicy: example.policy), now: now)
        guard let finalizers = example.finalizers else {
            #expect(isRemoval(deletion))
            return
        }
        #expect(try marked(deletion).finalizers == finalizers)
    }
}
