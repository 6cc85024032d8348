import KubeObjects
import KubeWire
import SystemPackage

extension PodRunner {
    func log(of pod: KubeObject, container: String, options: LogOptions) async throws(KubeStatus) -> ResponseBody {
        let place = "container \"\(container)\" in pod \"\(pod.name ?? "")\""
        let record = try record(of: container, in: pod, place)
        let identifier = try Self.run(of: record, previous: options.previous, place, container, pod)
        guard let attempt = identifier.split(separator: "/").last.flatMap({ Int($0) }) else {
            throw Self.refusal("\(place) is terminated")
        }
        let path = PodDirectory(in: context.podsDirectory, of: pod).log(container, attempt: attempt)
        var query = LogReader.Query(
            follow: options.follow, timestamps: options.timestamps, tailLines: options.tailLines,
            limitBytes: options.limitBytes)
        switch options.stream {
        case .stdout?: query.stream = .stdout
        case .stderr?: query.stream = .stderr
        case nil: break
        }
        if let seconds = options.sinceSeconds {
            query.since = context.time.now() + (.zero - .seconds(seconds))
        } else if let text = options.sinceTime {
            query.since = Timestamp(text)
        }
        return await body(LogReader(path: path, log: context.logs[path], query: query))
    }

    /// The log as a body: at once if it is short and complete, streamed otherwise.
    private func body(_ reader: LogReader) async -> ResponseBody {
        let stream = ResponseBody(reader, onEnd: reader.signal.end)
        guard !reader.query.follow else { return stream }
        var iterator = reader.makeAsyncIterator()
        guard let first = try? await iterator.next() else { return ResponseBody([]) }
        guard first.count < 32 << 10, let second = try? await iterator.next() else {
            return first.count < 32 << 10 ? ResponseBody(first) : stream
        }
        return second.isEmpty ? ResponseBody(first) : stream
    }

    /// What is known of a container: from its worker, which is ahead of the API server, or from the pod's status.
    private func record(
        of container: String, in pod: KubeObject, _ place: String
    ) throws(KubeStatus) -> ContainerRecord {
        if let record = worker(of: pod.uid ?? "")?.record(of: container) { return record }
        let statuses = [ContainerRecord.Role.main, .initial, .ephemeral].flatMap {
            pod[path: "status", $0.statusList]?.array ?? []
        }
        guard let status = statuses.first(where: { $0["name"]?.string == container }) else {
            throw Self.refusal("\(place) is waiting to start: ContainerCreating")
        }
        var record = ContainerRecord(status, role: .main, waiting: "")
        let reason = status["state"]?["waiting"]?["reason"]?.string
        record.restore(from: status, now: context.time.now())
        if let reason, case .waiting = record.state { record.state = .waiting(reason: reason) }
        return record
    }

    /// The id of the run whose log is meant, or the kubelet's refusal.
    private static func run(
        of record: ContainerRecord, previous: Bool, _ place: String, _ container: String, _ pod: KubeObject
    ) throws(KubeStatus) -> String {
        if previous {
            guard let identifier = record.last?.containerID else {
                throw refusal("previous terminated container \"\(container)\" in pod \"\(pod.name ?? "")\" not found")
            }
            return identifier
        }
        switch record.state {
        case .running:
            if let identifier = record.containerID { return identifier }
        case .terminated(let termination):
            guard let identifier = termination.containerID ?? record.last?.containerID else {
                throw refusal("\(place) is terminated")
            }
            return identifier
        case .waiting(let reason, _):
            if let identifier = record.last?.containerID { return identifier }
            switch reason {
            case "ErrImagePull": throw refusal("\(place) is waiting to start: image can't be pulled")
            case "ImagePullBackOff": throw refusal("\(place) is waiting to start: trying and failing to pull image")
            default: throw refusal("\(place) is waiting to start: \(reason)")
            }
        }
        throw refusal("\(place) is waiting to start - no logs yet")
    }

    private static func refusal(_ message: String) -> KubeStatus {
        KubeStatus(code: 400, reason: .badRequest, message: message)
    }
}
