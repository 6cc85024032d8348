import KubeObjects
import RunCore

/// One start of one container: what has a log of its own.
struct LogSource: Hashable, Sendable {
    var pod: String
    var podUID: String
    var container: String
    /// Counts the container's starts from 0.
    var restart: Int
    /// The pod's completion index, if its Job is indexed.
    var index: Int?

    /// The starts of a pod's containers that have happened and whose logs the server may still have: the current one
    /// and the one before it.
    static func all(of pod: KubeObject) -> [(source: LogSource, isOver: Bool)] {
        let status = pod["status"]
        let containers =
            (status?["initContainerStatuses"]?.array ?? []) + (status?["containerStatuses"]?.array ?? [])
        return containers.flatMap { starts($0, of: pod) }
    }

    /// That not all of its log can be had; nil if it was.
    func trouble(_ end: LogReader.End) -> String? {
        let log = "the log of container \(container) of pod \(pod)"
        switch end {
        case .complete: return nil
        case .gap:
            return "\(log) may have a gap: the last line that was shown before the connection broke is gone, "
                + "and what follows bears earlier times"
        case .lost(let why): return "\(log) ends early: \(why)"
        }
    }

    private static func starts(_ status: JSONValue, of pod: KubeObject) -> [(LogSource, Bool)] {
        guard let container = status["name"]?.string else { return [] }
        let count = status["restartCount"]?.integer.flatMap { Int(exactly: $0) } ?? 0
        func source(_ restart: Int) -> LogSource {
            LogSource(
                pod: pod.name ?? "", podUID: pod.uid ?? "", container: container, restart: restart,
                index: pod.annotations[AnnotationKey.completionIndex].flatMap { Int($0) })
        }
        var starts = count > 0 ? [(source(count - 1), true)] : []
        let state = status["state"]
        if state?["running"] != nil {
            starts.append((source(count), false))
        } else if state?["terminated"] != nil || status["lastState"]?["terminated"] != nil {
            starts.append((source(count), true))
        }
        return starts
    }
}
