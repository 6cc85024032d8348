import KubeObjects
import KubeWire

/// What a deletion makes of an object (apiserver, `rest.BeforeDelete` and `updateForGracefulDeletionAndFinalizers`).
enum Deletion: Sendable {
    /// The object goes now.
    case remove
    /// The object is marked, and stays until its finalizers or its grace period are over.
    case mark(KubeObject)
    /// Deletion was asked for before, and nothing changes.
    case pending

    /// The finalizer that keeps an owner until its dependents have lost their reference.
    static let orphanFinalizer = "orphan"
    /// The finalizer that keeps an owner until its dependents are gone.
    static let foregroundFinalizer = "foregroundDeletion"

    /// Decides.
    init(_ object: KubeObject, _ definition: ResourceDefinition, _ options: DeletionOptions, now: Timestamp) {
        let resource = definition.resource.groupResource
        var finalizers = Self.finalizers(of: object, options, fallback: definition.strategy.defaultPropagation)
        if !object.isBeingDeleted {
            finalizers += definition.deletionFinalizers.filter { !finalizers.contains($0) }
        }
        var marked = object
        if finalizers != object.finalizers {
            marked.metadata["finalizers"] = finalizers.isEmpty ? nil : .array(finalizers.map { .string($0) })
        }
        if resource == APIResource.pods.groupResource {
            self = Self.graceful(marked, options, hasNewFinalizers: finalizers != object.finalizers, now: now)
            return
        }
        let isNamespace = resource == APIResource.namespaces.groupResource
        let isHeld =
            !finalizers.isEmpty
            || isNamespace && object[path: "spec", "finalizers"]?.array?.isEmpty == false
        guard isHeld else {
            self = .remove
            return
        }
        if object.isBeingDeleted, finalizers == object.finalizers {
            self = .pending
            return
        }
        marked.markDeleted(at: now, gracePeriodSeconds: isNamespace ? nil : 0)
        self = .mark(marked)
    }

    /// A pod is left its grace period once it runs somewhere; a second deletion can only shorten it.
    private static func graceful(
        _ pod: KubeObject, _ options: DeletionOptions, hasNewFinalizers: Bool, now: Timestamp
    ) -> Deletion {
        if pod.isBeingDeleted {
            let period = pod.metadata["deletionGracePeriodSeconds"]?.integer ?? 0
            guard let wanted = options.gracePeriodSeconds.map(Self.effective), wanted < period else {
                return hasNewFinalizers ? .mark(pod) : period == 0 && pod.finalizers.isEmpty ? .remove : .pending
            }
            if wanted == 0, pod.finalizers.isEmpty { return .remove }
            var marked = pod
            let begin = pod.deletionTimestamp ?? now
            marked.metadata["deletionTimestamp"] = .string((begin + (.seconds(wanted) - .seconds(period))).rfc3339)
            marked.metadata["deletionGracePeriodSeconds"] = .integer(wanted)
            return .mark(marked)
        }
        let period = gracePeriod(of: pod, options)
        if period == 0, pod.finalizers.isEmpty { return .remove }
        var marked = pod
        marked.markDeleted(at: now + .seconds(period), gracePeriodSeconds: period)
        return .mark(marked)
    }

    /// The seconds that a pod is left: none if nothing of it runs.
    private static func gracePeriod(of pod: KubeObject, _ options: DeletionOptions) -> Int64 {
        let phase = pod[path: "status", "phase"]?.string
        let isAssigned = pod[path: "spec", "nodeName"]?.string?.isEmpty == false
        if !isAssigned || phase == "Failed" || phase == "Succeeded" { return 0 }
        if let wanted = options.gracePeriodSeconds { return effective(wanted) }
        let period = pod[path: "spec", "terminationGracePeriodSeconds"]?.integer ?? 30
        return period < 0 ? 1 : period
    }

    /// A negative period counts as one second (pod strategy, `CheckGracefulDelete`).
    private static func effective(_ seconds: Int) -> Int64 { seconds < 0 ? 1 : Int64(seconds) }

    /// The object's finalizers after the options' propagation policy has its way.
    private static func finalizers(
        of object: KubeObject, _ options: DeletionOptions, fallback: DefaultPropagation
    ) -> [String] {
        let present = object.finalizers
        let orphans: Bool
        let isForeground: Bool
        switch options.propagationPolicy {
        case .orphan?: (orphans, isForeground) = (true, false)
        case .foreground?: (orphans, isForeground) = (false, true)
        case .background?: (orphans, isForeground) = (false, false)
        case nil:
            orphans = fallback == .orphan || present.contains(orphanFinalizer)
            isForeground = present.contains(foregroundFinalizer)
        }
        var finalizers = present.filter { $0 != orphanFinalizer && $0 != foregroundFinalizer }
        if orphans { finalizers.append(orphanFinalizer) }
        if isForeground { finalizers.append(foregroundFinalizer) }
        return Set(finalizers) == Set(present) ? present : finalizers
    }
}

extension KubeObject {
    /// Marks the object as being deleted, if it is not yet; the mark is a new generation.
    fileprivate mutating func markDeleted(at moment: Timestamp, gracePeriodSeconds: Int64?) {
        guard !isBeingDeleted else { return }
        var metadata = metadata
        metadata["deletionTimestamp"] = .string(moment.rfc3339)
        if let gracePeriodSeconds { metadata["deletionGracePeriodSeconds"] = .integer(gracePeriodSeconds) }
        // Whoever makes an object of a kind without generations can give it any, and Go's numbers wrap.
        if generation > 0 { metadata["generation"] = .integer(generation &+ 1) }
        self.metadata = metadata
    }
}
