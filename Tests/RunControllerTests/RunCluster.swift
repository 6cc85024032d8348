import FakeCluster
import KubeClient
import KubeObjects
import KubeWire
import Logging
import RunController
import RunCore
import TestSupport
import Testing

/// A fake cluster in this process with our definitions, in which the test plays Job controller and kubelet, and a clock
/// that the test moves.
struct RunCluster {
    static let jobRuns = APIResource(group: "cellbytes.io", version: "v1", plural: "jobruns", kind: "JobRun")
    static let jobTemplates = APIResource(
        group: "cellbytes.io", version: "v1", plural: "jobtemplates", kind: "JobTemplate")

    let time = ManualTime()
    let cluster: FakeCluster
    let client: KubeClient

    /// - Parameter historyLimit: how many changes the server remembers for watches to go on from.
    init(definitions: [KubeObject] = Definitions.all, historyLimit: Int? = nil) async throws {
        var configuration = FakeCluster.Configuration(time: time.source, runsPods: false)
        if let historyLimit { configuration.historyLimit = historyLimit }
        cluster = try FakeCluster(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        client = KubeClient(transport: cluster.transport())
        try await install(definitions)
    }

    /// A transport that counts.
    func transport() -> DisturbedTransport { DisturbedTransport(cluster.transport()) }

    func install(_ definitions: [KubeObject]) async throws {
        for definition in definitions { _ = try await client.create(.customResourceDefinitions, definition) }
    }

    /// Runs a controller over a transport while a body does something.
    func withController<Result>(
        over transport: (any Transport)? = nil,
        configuration: RunControllerConfiguration = RunControllerConfiguration(),
        callbacks: Receiver? = nil, skew: Duration = .zero, _ body: () async throws -> Result
    ) async throws -> Result {
        let receiver = try callbacks ?? Receiver()
        let service = RunControllerService(
            client: KubeClient(transport: transport ?? cluster.transport()), configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            time: TimeSource(now: { time.now + skew }, sleep: time.source.sleep), callbackTransport: receiver.connect)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            let isOver = Flag()
            group.addTask {
                defer { isOver.raise() }
                try await service.run()
            }
            do {
                let result = try await body()
                group.cancelAll()
                await letTimePass(until: isOver)
                return result
            } catch {
                group.cancelAll()
                await letTimePass(until: isOver)
                // A controller that gave up explains why nothing happened.
                do { try await group.waitForAll() } catch is CancellationError {}
                throw error
            }
        }
    }

    /// A controller that says goodbye to a busy server waits for the clock before it tries again.
    func letTimePass(until flag: Flag) async {
        // As long as it takes: the test has a limit of its own.
        while !flag.isRaised && !Task.isCancelled {
            time.advance(by: .milliseconds(50))
            try? await Task.sleep(for: .milliseconds(1))
        }
    }

    // MARK: Objects

    /// - Parameters:
    ///   - extras: what stands beside `spec`.
    ///   - change: makes its spec another one.
    @discardableResult
    func makeTemplate(
        _ name: String = "echo", extras: JSONObject = [:], change: (inout JSONValue) -> Void = { _ in }
    ) async throws -> KubeObject {
        var template = KubeObject(
            apiVersion: "cellbytes.io/v1", kind: "JobTemplate", namespace: "default", name: name)
        var spec: JSONValue = [
            "template": [
                "spec": [
                    "restartPolicy": "Never",
                    "containers": [["name": "main", "image": "busybox", "command": ["echo", "hello"]]],
                ]
            ]
        ]
        change(&spec)
        template["spec"] = spec
        for (field, value) in extras { template[field] = value }
        return try await client.create(Self.jobTemplates, template)
    }

    @discardableResult
    func makeRun(_ name: String = "run", spec: JSONObject = ["templateRef": "echo"]) async throws -> KubeObject {
        var run = KubeObject(apiVersion: "cellbytes.io/v1", kind: "JobRun", namespace: "default", name: name)
        run["spec"] = .object(spec)
        return try await client.create(Self.jobRuns, run)
    }

    func jobs() async throws -> [KubeObject] {
        try await client.list(.jobs, namespace: "default").items
    }

    /// Waits until an object of a resource satisfies a condition.
    func wait(
        _ resource: APIResource, until condition: (KubeObject) -> Bool
    ) async throws -> KubeObject {
        for try await event in try await client.watch(resource, namespace: "default") {
            switch event {
            case .added(let object), .modified(let object): if condition(object) { return object }
            // What is there is ended by a bookmark, which looks like an object of nothing but defaults.
            case .deleted, .bookmark, .error: continue
            }
        }
        throw TransportError(.connectionLost, "the watch ended")
    }

    /// Waits until a run is in a phase. Fails if it ends in another.
    func wait(for phase: RunPhase, of name: String = "run") async throws -> KubeObject {
        let run = try await wait(Self.jobRuns) {
            guard $0.name == name, let reached = $0[path: "status", "phase"]?.string else { return false }
            return reached == phase.rawValue || RunPhase(rawValue: reached)?.isFinal == true
        }
        guard run[path: "status", "phase"]?.string == phase.rawValue else {
            throw EndedOtherwise(status: run["status"] ?? [:])
        }
        return run
    }

    private struct EndedOtherwise: Error {
        var status: JSONValue
    }

    /// Waits for the run's Job.
    func waitForJob() async throws -> KubeObject { try await wait(.jobs) { _ in true } }

    // MARK: What Job controller and kubelet do

    private func setStatus(_ resource: APIResource, _ object: KubeObject, _ status: JSONValue) async throws {
        _ = try await client.patch(
            resource, namespace: "default", name: object.name ?? "", type: .merge, ["status": status],
            subresource: "status")
    }

    /// Somebody deletes the Job.
    func remove(_ job: KubeObject) async throws {
        try await client.delete(
            .jobs, namespace: "default", name: job.name ?? "",
            options: DeleteOptions(propagationPolicy: .background))
    }

    /// The Job begins.
    func start(_ job: KubeObject) async throws {
        try await setStatus(.jobs, job, ["startTime": .string(time.now.rfc3339), "active": 1])
    }

    /// The Job begins, and its pods are refused: the Job controller says so in an Event.
    func refusePods(of job: KubeObject, message: String) async throws {
        var event = KubeObject(apiVersion: "v1", kind: "Event", namespace: "default", name: "\(job.name ?? "").refused")
        event["involvedObject"] = [
            "apiVersion": "batch/v1", "kind": "Job", "namespace": "default", "name": .string(job.name ?? ""),
            "uid": .string(job.uid ?? ""),
        ]
        event["type"] = "Warning"
        event["reason"] = "FailedCreate"
        event["message"] = .string("Error creating: \(message)")
        event["lastTimestamp"] = .string(time.now.rfc3339)
        _ = try await client.create(.events, event)
        try await setStatus(.jobs, job, ["startTime": .string(time.now.rfc3339)])
    }

    /// A pod of the Job runs, until somebody deletes it. Returns its name.
    func runPod(of job: KubeObject) async throws -> String {
        let pod = try await makePod(of: job, named: "\(job.name ?? "")-running")
        let running: JSONValue = ["running": ["startedAt": .string(time.now.rfc3339)]]
        try await setStatus(
            .pods, pod,
            [
                "phase": "Running",
                "containerStatuses": [
                    [
                        "name": "main", "image": "busybox", "imageID": "", "ready": true, "restartCount": 0,
                        "state": running,
                    ]
                ],
            ])
        return pod.name ?? ""
    }

    /// The Job has so many pods.
    func count(_ job: KubeObject, active: Int64, succeeded: Int64 = 0) async throws {
        var status: JSONValue = ["active": .integer(active), "succeeded": .integer(succeeded)]
        if succeeded == 0 { status["startTime"] = .string(time.now.rfc3339) }
        try await setStatus(.jobs, job, status)
    }

    /// The Job's pod ends with an exit code, and the Job with it.
    func finish(
        _ job: KubeObject, exitCode: Int64 = 0, message: String = "", completions: Int64 = 1
    ) async throws {
        try await makePod(of: job, exitCode: exitCode, message: message)
        let now = JSONValue.string(time.now.rfc3339)
        let start = job[path: "status", "startTime"] ?? now
        if exitCode == 0 {
            try await setStatus(
                .jobs, job,
                [
                    "startTime": start, "completionTime": now, "active": 0, "succeeded": .integer(completions),
                    "conditions": [
                        condition("SuccessCriteriaMet", "CompletionsReached", now),
                        condition("Complete", "CompletionsReached", now),
                    ],
                ])
        } else {
            try await setStatus(
                .jobs, job,
                [
                    "startTime": start, "active": 0, "failed": 1,
                    "conditions": [
                        condition("FailureTarget", "BackoffLimitExceeded", now),
                        condition("Failed", "BackoffLimitExceeded", now),
                    ],
                ])
        }
    }

    /// The Job has taken too long: its pods are being stopped, or are gone.
    func fail(_ job: KubeObject, isOver: Bool) async throws {
        let now = JSONValue.string(time.now.rfc3339)
        let types = isOver ? ["FailureTarget", "Failed"] : ["FailureTarget"]
        try await setStatus(
            .jobs, job,
            [
                "active": isOver ? 0 : 1, "failed": isOver ? 1 : 0,
                "conditions": .array(types.map { condition($0, ObservedJob.deadlineExceeded, now) }),
            ])
    }

    private func condition(_ type: String, _ reason: String, _ now: JSONValue) -> JSONValue {
        [
            "type": .string(type), "status": "True", "reason": .string(reason), "message": "as the test says",
            "lastTransitionTime": now, "lastProbeTime": now,
        ]
    }

    private func makePod(of job: KubeObject, named name: String) async throws -> KubeObject {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", namespace: "default", name: name)
        pod.metadata["labels"] = job[path: "spec", "template", "metadata"]?["labels"]
        pod.metadata["ownerReferences"] = OwnerReference(controllerOf: job).map { [$0.json] }
        pod["spec"] = job[path: "spec", "template", "spec"]
        return try await client.create(.pods, pod)
    }

    private func makePod(of job: KubeObject, exitCode: Int64, message: String) async throws {
        let made = try await makePod(of: job, named: "\(job.name ?? "")-pod")
        let terminated: JSONValue = [
            "exitCode": .integer(exitCode), "reason": .string(exitCode == 0 ? "Completed" : "Error"),
            "message": .string(message), "startedAt": .string(time.now.rfc3339),
            "finishedAt": .string(time.now.rfc3339),
        ]
        try await setStatus(
            .pods, made,
            [
                "phase": exitCode == 0 ? "Succeeded" : "Failed",
                "containerStatuses": [
                    [
                        "name": "main", "image": "busybox", "imageID": "", "ready": false, "restartCount": 0,
                        "state": ["terminated": terminated],
                    ]
                ],
            ])
    }
}
