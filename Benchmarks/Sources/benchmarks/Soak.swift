import Foundation
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import Synchronization

/// The load of a soak, and what became of it.
final class Soak: Sendable {
    /// What was done so far.
    struct Totals: Sendable {
        var written = 0
        var seen = 0
        var resumed = 0
        var made = 0
        var runs = 0
    }

    private static let namespace = "soak"
    private static let writers = 4

    private let client: KubeClient
    private let end: ContinuousClock.Instant
    private let writes: Int
    /// How many objects a writer has.
    private let objects: Int
    private let inFlight: Int
    /// How many runs a second are begun at most.
    private let runs: Double
    private let ends: RunEnds
    private let state = Mutex(Totals())
    /// The acknowledged writes that the watch has not shown yet, and those shown before their answer came: each by its
    /// version, a deletion by the uid.
    private let writesUnderWay = Mutex<(written: Set<String>, seen: Set<String>)>(([], []))
    /// How long a run may take; far more than it does.
    private static let longestRun = Duration.seconds(60)

    init(client: KubeClient, end: ContinuousClock.Instant, writes: Int, objects: Int, inFlight: Int, runs: Double) {
        self.client = client
        self.end = end
        self.writes = writes
        self.objects = max(objects / Self.writers, 1)
        self.inFlight = inFlight
        self.runs = runs
        ends = RunEnds(client, namespace: Self.namespace)
    }

    var totals: Totals { state.withLock { $0 } }

    private var goesOn: Bool { ContinuousClock.now < end && !Task.isCancelled }

    func prepare() async throws {
        try await client.push(
            .post, ResourcePath(.namespaces, namespace: nil).encoded,
            JSONValue.object(["metadata": ["name": .string(Self.namespace)]]).encoded())
        for kind in RunKind.allCases {
            try await client.push(
                .post, ResourcePath(.jobTemplates, namespace: Self.namespace).encoded, kind.template.encoded())
        }
    }

    /// Watches the runs' ends until cancelled.
    func watchRuns() async throws { try await ends.watch() }

    /// Loads until the time is over; then waits until the watch has shown everything.
    func run() async throws {
        let version = try await client.list(.configMaps, namespace: Self.namespace).resourceVersion
        try await beside({ try await self.watchWrites(from: version) }) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<Self.writers { group.addTask { try await self.write(writer) } }
                for runner in 0..<self.inFlight { group.addTask { try await self.makeRuns(runner) } }
                group.addTask { try await self.read() }
                group.addTask { try await self.deleteEvents() }
                try await group.waitForAll()
            }
            // What is lost never comes; what is late does.
            try? await waitUntil("all writes are seen", within: .seconds(20)) {
                self.writesUnderWay.withLock { $0.written.isEmpty }
            }
        }
    }

    // MARK: Writes

    private func write(_ writer: Int) async throws {
        var number = 0
        var uids: [String: String] = [:]
        let pause = Duration.seconds(Double(Self.writers) / Double(writes))
        while goesOn {
            let name = "object-\(writer)-\(number % objects)"
            let body = configMap(name, size: number % 2000, version: number)
            if number >= objects, number % 7 == 0 {
                try await client.delete(.configMaps, namespace: Self.namespace, name: name)
                acknowledge(uids[name] ?? "")
            }
            let stored: KubeObject
            let object = KubeObject(try JSONValue(parsing: body)) ?? KubeObject([:])
            if number < objects || number % 7 == 0 {
                stored = try await client.create(.configMaps, namespace: Self.namespace, object)
            } else {
                stored = try await client.replace(.configMaps, namespace: Self.namespace, object)
            }
            uids[name] = stored.uid
            acknowledge(stored.resourceVersion ?? "")
            number += 1
            try await Task.sleep(for: pause)
        }
    }

    private func acknowledge(_ write: String) {
        let wasSeen = writesUnderWay.withLock { writes in
            if writes.seen.remove(write) != nil { return true }
            writes.written.insert(write)
            return false
        }
        state.withLock {
            $0.written += 1
            if wasSeen { $0.seen += 1 }
        }
    }

    /// Watches that break off every few seconds and go on where they were.
    private func watchWrites(from version: String) async throws {
        var version = version
        while !Task.isCancelled {
            var options = WatchOptions(resourceVersion: version)
            options.timeoutSeconds = 3
            let stream = try await client.watch(.configMaps, namespace: Self.namespace, options: options)
            for try await event in stream {
                if case .error(let status) = event { throw status }
                guard let object = event.object else { continue }
                version = object.resourceVersion ?? version
                switch event {
                case .added, .modified: see(version)
                case .deleted: see(object.uid ?? "")
                case .bookmark, .error: break
                }
            }
            state.withLock { $0.resumed += 1 }
        }
    }

    private func see(_ write: String) {
        let wasAwaited = writesUnderWay.withLock { writes in
            if writes.written.remove(write) != nil { return true }
            writes.seen.insert(write)
            return false
        }
        if wasAwaited { state.withLock { $0.seen += 1 } }
    }

    /// Lists in pages and in whole.
    private func read() async throws {
        while goesOn {
            var options = ListOptions(limit: 100)
            repeat {
                options.continue = try await client.list(
                    .configMaps, namespace: Self.namespace, options: options
                ).continue
            } while options.continue != nil
            _ = try await client.list(.pods, namespace: Self.namespace)
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    /// The server keeps Events for an hour, whoever made them; so would memory grow for an hour.
    private func deleteEvents() async throws {
        while goesOn {
            try await client.deleteCollection(.events, namespace: Self.namespace)
            try await Task.sleep(for: .seconds(1))
        }
    }

    // MARK: Runs

    /// What a run does, and how it must end.
    private enum RunKind: String, CaseIterable {
        case succeed, fail, cancel

        var command: String {
            switch self {
            case .succeed: "echo done"
            case .fail: "echo failing; exit 3"
            case .cancel: "sleep 60"
            }
        }

        var phase: String {
            switch self {
            case .succeed: "Succeeded"
            case .fail: "Failed"
            case .cancel: "Cancelled"
            }
        }

        var template: JSONValue {
            [
                "apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "metadata": ["name": .string(rawValue)],
                "spec": [
                    "backoffLimit": 0,
                    "template": [
                        "spec": [
                            "restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
                            "containers": [
                                ["name": "main", "image": "busybox", "command": ["sh", "-c", .string(command)]]
                            ],
                        ]
                    ],
                ],
            ]
        }
    }

    private func makeRuns(_ runner: Int) async throws {
        var number = 0
        let pause = Duration.seconds(Double(inFlight) / runs)
        while goesOn {
            let next = ContinuousClock.now + pause
            let kind: RunKind = number % 10 == 3 ? .cancel : number % 4 == 1 ? .fail : .succeed
            let name = "run-\(runner)-\(number)"
            let run: JSONValue = [
                "apiVersion": "cellbytes.io/v1", "kind": "JobRun", "metadata": ["name": .string(name)],
                "spec": ["templateRef": .string(kind.rawValue)],
            ]
            state.withLock { $0.made += 1 }
            async let phase = within(Self.longestRun, "run \(name) ends") {
                try await self.ends.create(name, run.encoded())
            }
            if kind == .cancel {
                try await waitUntil("run \(name) is there") { (try? await self.exists(name)) == true }
                _ = try await client.patch(
                    .jobRuns, namespace: Self.namespace, name: name, type: .merge, ["spec": ["cancel": true]])
            }
            let ended = try await phase
            guard ended == kind.phase else { throw BenchmarkError("run \(name) ended \(ended), not \(kind.phase)") }
            state.withLock { $0.runs += 1 }
            try await client.delete(.jobRuns, namespace: Self.namespace, name: name)
            number += 1
            try await Task.sleep(until: next)
        }
    }

    private func exists(_ run: String) async throws -> Bool {
        _ = try await client.get(.jobRuns, namespace: Self.namespace, name: run)
        return true
    }

    // MARK: The end

    /// Deletes everything.
    /// - Returns: how many objects of the namespace are left although they must go.
    func cleanUp() async throws -> Int {
        try await client.delete(.namespaces, name: Self.namespace)
        var left = 0
        for _ in 0..<600 {
            left = 0
            for resource in [APIResource.jobRuns, .jobs, .pods, .configMaps, .jobTemplates] {
                left += try await client.list(resource, namespace: Self.namespace).items.count
            }
            if left == 0 { return 0 }
            try await Task.sleep(for: .milliseconds(50))
        }
        return left
    }

    /// Waits until all changes up to now are forgotten.
    func waitForCompaction() async throws {
        let last = try await client.list(.configMaps, namespace: Self.namespace).resourceVersion
        // A version is forgotten with the change that follows it.
        try await client.push(
            .post, ResourcePath(.configMaps, namespace: "default").encoded, configMap("last", size: 0))
        let query = ListOptions(limit: 1, resourceVersion: last, resourceVersionMatch: "Exact")
        try await waitUntil("changes are forgotten") {
            do {
                _ = try await client.list(.configMaps, namespace: Self.namespace, options: query)
                return false
            } catch let status as KubeStatus where status.isGone {
                return true
            }
        }
        // What is forgotten leaves the disk with the next write.
        try await client.delete(.configMaps, namespace: "default", name: "last")
    }
}
