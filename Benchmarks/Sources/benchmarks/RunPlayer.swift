import Foundation
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import Synchronization

extension APIResource {
    static let jobRuns = APIResource(group: "cellbytes.io", version: "v1", plural: "jobruns", kind: "JobRun")
    static let jobTemplates = APIResource(
        group: "cellbytes.io", version: "v1", plural: "jobtemplates", kind: "JobTemplate")
}

/// How long a run took to each of its steps.
struct RunTimes: Sendable {
    /// From the request that makes the run to the sight of its Job.
    var toJob: Duration
    /// From the answer to the write that ends its Job to the sight of its last status.
    var toStatus: Duration
}

/// Makes runs and plays the Job controller and the kubelet for them, so that what is measured is the controller and
/// the API server, not processes. The Jobs say by `managedBy` that no other Job controller is to touch them, and the
/// pods that no scheduler is; so this works on any API server.
final class RunPlayer: Sendable {
    private struct Seen: Sendable {
        var job: (object: KubeObject, at: ContinuousClock.Instant)?
        var end: ContinuousClock.Instant?
        var waiter: CheckedContinuation<Void, Never>?
    }

    static let manager = "benchmarks.example.com/player"
    static let template = "benchmarks"

    let client: KubeClient
    let namespace: String
    private let seen = Mutex<[String: Seen]>([:])
    private let clock = ContinuousClock()

    init(_ client: KubeClient, namespace: String) {
        self.client = client
        self.namespace = namespace
    }

    /// Makes the namespace and the template.
    func prepare() async throws {
        try await client.push(
            .post, ResourcePath(.namespaces, namespace: nil).encoded,
            JSONValue.object(["metadata": ["name": .string(namespace)]]).encoded())
        let template: JSONValue = [
            "apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "metadata": ["name": .string(Self.template)],
            "spec": [
                "managedBy": .string(Self.manager), "backoffLimit": 0,
                "template": [
                    "spec": [
                        "restartPolicy": "Never", "schedulerName": "nobody",
                        "containers": [["name": "main", "image": "busybox", "command": ["true"]]],
                    ]
                ],
            ],
        ]
        try await client.push(.post, path(.jobTemplates), template.encoded())
    }

    /// Deletes the namespace with all that is in it.
    func cleanUp() async {
        _ = try? await client.delete(.namespaces, name: namespace)
    }

    /// Watches runs and Jobs until cancelled: whoever executes runs does it beside this.
    func watch() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for resource in [APIResource.jobs, .jobRuns] {
                group.addTask {
                    var options = WatchOptions(resourceVersion: "0")
                    options.timeoutSeconds = 3000
                    let stream = try await self.client.watch(resource, namespace: self.namespace, options: options)
                    for try await event in stream { try self.take(event, of: resource) }
                    if !Task.isCancelled { throw BenchmarkError("the watch of \(resource.plural) ended") }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func take(_ event: WatchEvent, of resource: APIResource) throws {
        let now = clock.now
        switch event {
        case .added(let object), .modified(let object): note(object, of: resource, at: now)
        case .error(let status): throw status
        case .deleted, .bookmark: break
        }
    }

    private func note(_ object: KubeObject, of resource: APIResource, at now: ContinuousClock.Instant) {
        let isRun = resource == .jobRuns
        guard let name = isRun ? object.name : object.controllerReference?.name else { return }
        let hasEnded = ["Succeeded", "Failed"].contains(object[path: "status", "phase"]?.string ?? "")
        let waiter = seen.withLock { seen -> CheckedContinuation<Void, Never>? in
            guard seen[name] != nil else { return nil }
            if !isRun, seen[name]?.job == nil {
                seen[name]?.job = (object, now)
            } else if isRun, hasEnded, seen[name]?.end == nil {
                seen[name]?.end = now
            } else {
                return nil
            }
            defer { seen[name]?.waiter = nil }
            return seen[name]?.waiter
        }
        waiter?.resume()
    }

    private func wait<Value: Sendable>(_ name: String, for value: @Sendable (Seen) -> Value?) async throws -> Value {
        while true {
            if let known = seen.withLock({ $0[name] }), let found = value(known) { return found }
            try Task.checkCancellation()
            await withTaskCancellationHandler {
                await withCheckedContinuation { waiter in
                    let isReady = seen.withLock { seen -> Bool in
                        if Task.isCancelled || seen[name].map({ value($0) != nil }) ?? true { return true }
                        seen[name]?.waiter = waiter
                        return false
                    }
                    if isReady { waiter.resume() }
                }
            } onCancel: {
                let waiter = seen.withLock { seen in
                    defer { seen[name]?.waiter = nil }
                    return seen[name]?.waiter
                }
                waiter?.resume()
            }
        }
    }

    /// Makes a run, plays its Job to the end, and waits for its last status.
    func execute(_ name: String) async throws -> RunTimes {
        seen.withLock { $0[name] = Seen() }
        defer { seen.withLock { $0[name] = nil } }
        let begin = clock.now
        try await client.push(.post, path(.jobRuns), Self.run(name))
        let job = try await wait(name) { $0.job }
        try await play(job.object)
        let finished = clock.now
        let end = try await wait(name) { $0.end }
        return RunTimes(toJob: job.at - begin, toStatus: max(end - finished, .zero))
    }

    /// Deletes a run; its Job and pod are the garbage collector's.
    func delete(_ name: String) async throws {
        try await client.push(.delete, path(.jobRuns, name))
    }

    /// The writes of a Job controller and a kubelet for a Job whose pod succeeds at once.
    private func play(_ job: KubeObject) async throws {
        let name = job.name ?? ""
        try await client.push(.post, path(.pods), Self.pod(of: job))
        try await client.push(
            .patch, path(.pods, "\(name)-0", status: true), Self.podStatus(), type: PatchType.merge.rawValue)
        try await client.push(
            .patch, path(.jobs, name, status: true), Self.jobStatus(), type: PatchType.merge.rawValue)
    }

    /// The same writes as those of a run, by this process alone, one after another: the ceiling.
    /// - Parameter statusWrites: how often the run's status is written.
    func writeAlone(_ name: String, statusWrites: Int) async throws {
        let run = KubeObject(try JSONValue(parsing: Self.run(name))) ?? KubeObject([:])
        let job = Self.job(name)
        try await client.push(.post, path(.jobRuns), run.value.encoded())
        try await client.push(.post, path(.jobs), job.value.encoded())
        try await play(job)
        for number in 0..<statusWrites {
            let phase = number == statusWrites - 1 ? "Succeeded" : "Pending"
            let status: JSONValue = [
                "status": [
                    "phase": .string(phase), "jobRef": ["name": .string(name)],
                    "conditions": [
                        [
                            "type": "Complete", "status": "True", "reason": "Completed", "message": "",
                            "lastTransitionTime": .string(Timestamp.now.rfc3339),
                        ]
                    ],
                ]
            ]
            try await client.push(
                .patch, path(.jobRuns, name, status: true), status.encoded(), type: PatchType.merge.rawValue)
        }
    }

    private func path(_ resource: APIResource, _ name: String? = nil, status: Bool = false) -> String {
        ResourcePath(resource, namespace: namespace, name: name, subresource: status ? "status" : nil).encoded
    }
}

/// The objects.
extension RunPlayer {
    private static func run(_ name: String) -> [UInt8] {
        let run: JSONValue = [
            "apiVersion": "cellbytes.io/v1", "kind": "JobRun", "metadata": ["name": .string(name)],
            "spec": ["templateRef": .string(template), "args": ["--number", .string(name)]],
        ]
        return run.encoded()
    }

    private static func job(_ name: String) -> KubeObject {
        KubeObject([
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": [
                "name": .string(name), "uid": "00000000-0000-0000-0000-000000000000",
                "labels": ["cellbytes.io/job-run": .string(name)],
                "annotations": ["cellbytes.io/template": .string(String(repeating: "x", count: 300))],
            ],
            "spec": [
                "managedBy": .string(manager), "backoffLimit": 0,
                "template": [
                    "metadata": ["labels": ["cellbytes.io/job-run": .string(name)]],
                    "spec": [
                        "restartPolicy": "Never", "schedulerName": "nobody",
                        "containers": [
                            [
                                "name": "main", "image": "busybox", "command": ["true"],
                                "args": ["--number", .string(name)],
                            ]
                        ],
                    ],
                ],
            ],
        ])
    }

    private static func pod(of job: KubeObject) -> [UInt8] {
        let name = job.name ?? ""
        var labels = job[path: "spec", "template", "metadata", "labels"]?.object ?? [:]
        labels["batch.kubernetes.io/job-name"] = .string(name)
        var metadata: JSONObject = ["name": .string("\(name)-0"), "labels": .object(labels)]
        // The ceiling's Jobs are not there under this uid, and the garbage collector would delete the pod.
        if job.resourceVersion != nil, let owner = OwnerReference(controllerOf: job) {
            metadata["ownerReferences"] = [owner.json]
        }
        let pod: JSONValue = [
            "apiVersion": "v1", "kind": "Pod", "metadata": .object(metadata),
            "spec": job[path: "spec", "template", "spec"] ?? [:],
        ]
        return pod.encoded()
    }

    private static func podStatus() -> [UInt8] {
        let now = JSONValue.string(Timestamp.now.rfc3339)
        let status: JSONValue = [
            "status": [
                "phase": "Succeeded", "startTime": now,
                "containerStatuses": [
                    [
                        "name": "main", "image": "busybox", "imageID": "", "ready": false, "restartCount": 0,
                        "state": [
                            "terminated": [
                                "exitCode": 0, "reason": "Completed", "startedAt": now, "finishedAt": now,
                            ]
                        ],
                    ]
                ],
            ]
        ]
        return status.encoded()
    }

    private static func jobStatus() -> [UInt8] {
        let now = JSONValue.string(Timestamp.now.rfc3339)
        let conditions = ["SuccessCriteriaMet", "Complete"].map { type -> JSONValue in
            [
                "type": .string(type), "status": "True", "reason": "CompletionsReached", "message": "Reached",
                "lastProbeTime": now, "lastTransitionTime": now,
            ]
        }
        let status: JSONValue = [
            "status": [
                "startTime": now, "completionTime": now, "succeeded": 1, "ready": 0, "terminating": 0,
                "uncountedTerminatedPods": [:], "conditions": .array(conditions),
            ]
        ]
        return status.encoded()
    }
}

extension Timestamp {
    /// The present second.
    static var now: Timestamp { TimeSource.system.now() }
}
