import KubeObjects
import RunCore

/// Something that happened, and when.
struct Moment: Hashable {
    /// What comes first within one second: objects have whole seconds only.
    enum Rank: Int {
        case run, job, pod, scheduled, preparation, start, end, jobEnd, report
    }

    var time: Timestamp
    var rank: Rank
    var text: String

    var line: String { "\(time.wholeSeconds.rfc3339)  \(text)" }
}

extension RunStory {
    /// All that happened, in order.
    var moments: [Moment] {
        var moments = [created]
        for job in jobs { moments += self.moments(ofJob: job) }
        for pod in pods { moments += self.moments(ofPod: pod) }
        moments += events.compactMap(moment)
        var seen: Set<Moment> = []
        return moments.filter { seen.insert($0).inserted }.enumerated().sorted { left, right in
            (left.element.time.wholeSeconds.seconds, left.element.rank.rawValue, left.offset)
                < (right.element.time.wholeSeconds.seconds, right.element.rank.rawValue, right.offset)
        }.map(\.element)
    }

    private var created: Moment {
        let manager = run.object.metadata["managedFields"]?[0]?["manager"]?.string
        let origin = run.object.annotations[AnnotationKey.rerunOf].map { ", to repeat \($0)" } ?? ""
        return Moment(
            time: run.object.made, rank: .run, text: "created" + (manager.map { " by \($0)" } ?? "") + origin)
    }

    private func moments(ofJob job: KubeObject) -> [Moment] {
        let name = "Job \(job.name ?? "")"
        var moments = [Moment(time: job.made, rank: .job, text: "\(name) made")]
        for condition in job[path: "status", "conditions"]?.array ?? [] where condition["status"] == "True" {
            guard let time = condition["lastTransitionTime"]?.string.flatMap(Timestamp.init) else { continue }
            switch condition["type"] {
            case "Complete": moments.append(Moment(time: time, rank: .jobEnd, text: "\(name) complete"))
            case "Failed":
                let why = [condition["reason"]?.string, condition["message"]?.string].compactMap(\.self)
                moments.append(
                    Moment(time: time, rank: .jobEnd, text: "\(name) failed: \(why.joined(separator: ": ").onOneLine)"))
            case "Suspended": moments.append(Moment(time: time, rank: .jobEnd, text: "\(name) suspended"))
            default: break
            }
        }
        return moments
    }

    private func moments(ofPod pod: KubeObject) -> [Moment] {
        let name = "pod \(pod.name ?? "")"
        var moments = [Moment(time: pod.made, rank: .pod, text: "\(name) made")]
        let node = pod[path: "spec", "nodeName"]?.string
        let conditions = pod[path: "status", "conditions"]?.array ?? []
        if let node, let placed = conditions.first(where: { $0["type"] == "PodScheduled" && $0["status"] == "True" }),
            let time = placed["lastTransitionTime"]?.string.flatMap(Timestamp.init)
        {
            moments.append(Moment(time: time, rank: .scheduled, text: "\(name) placed on node \(node)"))
        }
        let containers = ["initContainerStatuses", "containerStatuses"].flatMap { pod[path: "status", $0]?.array ?? [] }
        for container in containers {
            for state in [container["lastState"], container["state"]] {
                moments += Self.moments(of: state, "\(name): container \(container["name"]?.string ?? "")")
            }
        }
        return moments
    }

    private static func moments(of state: JSONValue?, _ name: String) -> [Moment] {
        let ended = state?["terminated"]
        var moments: [Moment] = []
        let start = (ended ?? state?["running"])?["startedAt"]?.string.flatMap(Timestamp.init)
        // A container that could not be started has the time 0.
        if let start, start.seconds > 0 { moments.append(Moment(time: start, rank: .start, text: "\(name) started")) }
        if let ended, let time = ended["finishedAt"]?.string.flatMap(Timestamp.init) {
            let reason = ended["reason"]?.string.map { " (\($0))" } ?? ""
            let message = ended["message"]?.string.map { ": \($0.onOneLine)" } ?? ""
            let code = ended["exitCode"]?.integer.map { "\($0)" } ?? "?"
            moments.append(
                Moment(time: time, rank: .end, text: "\(name) ended with exit code \(code)\(reason)\(message)"))
        }
        return moments
    }

    /// What objects say themselves, better: pods where they are and what ran in them, Jobs how they ended.
    private static let told: Set<String> = [
        "Scheduled", "Created", "Started", "SuccessfulCreate", "Completed", "Suspended",
    ]
    private static let toldByJobs: Set<String> = [
        "BackoffLimitExceeded", "DeadlineExceeded", "FailedIndexes", "MaxFailedIndexesExceeded", "PodFailurePolicy",
    ]

    private func moment(_ event: KubeObject) -> Moment? {
        guard let reason = event["reason"]?.string, !Self.told.contains(reason), let time = event.eventTime else {
            return nil
        }
        let about = event["involvedObject"] ?? [:]
        let kind = about["kind"]?.string ?? ""
        guard kind != "Job" || !Self.toldByJobs.contains(reason) else { return nil }
        let isRun = about["uid"]?.string == run.object.uid
        let name = "\(kind == "Pod" ? "pod" : kind) \(about["name"]?.string ?? "")"
        let count = event["series"]?["count"]?.integer ?? event["count"]?.integer ?? 1
        let often = count > 1 ? " (\(count) times)" : ""
        let mark = event["type"] == "Warning" ? "Warning: " : ""
        let message = event["message"]?.string?.onOneLine ?? ""
        return Moment(
            time: time, rank: isRun ? .report : .preparation,
            text: "\(isRun ? "" : "\(name): ")\(mark)\(reason): \(message)\(often)")
    }
}

extension KubeObject {
    /// When what an Event tells happened last.
    fileprivate var eventTime: Timestamp? {
        let times = [
            self["series"]?["lastObservedTime"], self["lastTimestamp"], self["eventTime"], self["firstTimestamp"],
        ]
        return times.lazy.compactMap { $0?.string.flatMap(Timestamp.init) }.first ?? creationTimestamp
    }
}
