import KubeObjects
import RunCore

/// How the containers of a run's pods ended: what `--exit-code-from` asks for.
struct ContainerExits: Sendable {
    private struct Exit: Sendable {
        var order: (index: Int, created: Int64)
        var codes: [String: Int64]
    }

    private var pods: [String: Exit] = [:]

    /// Takes a pod in.
    mutating func see(_ object: KubeObject) {
        let pod = ObservedPod(object)
        var codes = pods[pod.name]?.codes ?? [:]
        for container in pod.containers {
            if let code = container.termination?.exitCode { codes[container.name] = code }
        }
        pods[pod.name] = Exit(order: (pod.index ?? 0, pod.creationTimestamp?.seconds ?? 0), codes: codes)
    }

    /// The exit code of a container: of several completion indexes the first that failed, of several tries the last.
    /// Nil if it has not ended anywhere.
    func code(of container: String) -> Int32? {
        var last: [Int: (created: Int64, code: Int64)] = [:]
        for pod in pods.values {
            guard let code = pod.codes[container] else { continue }
            if let known = last[pod.order.index], known.created > pod.order.created { continue }
            last[pod.order.index] = (pod.order.created, code)
        }
        let codes = last.sorted { $0.key < $1.key }.map(\.value.code)
        return (codes.first { $0 != 0 } ?? codes.first).flatMap { Int32(exactly: $0) }
    }
}
