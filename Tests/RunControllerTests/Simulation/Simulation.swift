import FakeCluster
import HTTPTypes
import KubeClient
import KubeObjects
import KubeRuntime
import KubeWire
import RunController
import RunCore
import Synchronization
import TestSupport

/// A world with one run in it: a fake cluster with its own controllers on a clock that stands unless it is moved, a
/// kubelet that ends pods as the case says, and a controller that may be killed and started again.
final class Simulation: Sendable {
    private struct State {
        var podNumbers: [String: Int] = [:]
        var interventions: ArraySlice<SimulationCase.Intervention> = []
        var transports: [DisturbedTransport] = []
        /// The uids of all Jobs that were ever seen.
        var jobs: Set<String> = []
    }

    let life: SimulationCase
    let world: RunCluster
    let receiver: Receiver
    private let configuration: RunControllerConfiguration
    private let resource: APIResource
    private let state = Mutex(State())

    /// How long the world may take. Its clock runs ahead of a busy machine, so this is long.
    private static let patience = Duration.seconds(36_000)
    /// For how many looks the clock stands while a request is under way.
    private static let courtesy = 200
    /// How far the clock jumps at once while nothing happens.
    private static let stride = Duration.seconds(1)

    private init(
        _ life: SimulationCase, historyLimit: Int?, _ definitions: [KubeObject],
        _ configure: (inout RunControllerConfiguration) -> Void
    ) async throws {
        self.life = life
        guard let family = RunFamilies.family(of: life.run) else {
            throw SimulationFailure("\(life.run.apiVersion) \(life.run.kind) is no kind of run")
        }
        let run = family.runResource
        resource = APIResource(
            group: run.group, version: run.version, plural: run.plural, kind: run.kind, isNamespaced: run.isNamespaced)
        let kinds = Set(life.objects.map(\.kind))
        world = try await RunCluster(
            definitions: definitions.filter { definition in
                family.definitions.contains { $0.name == definition.name }
                    || kinds.contains(definition[path: "spec", "names", "kind"]?.string ?? "")
            }, historyLimit: historyLimit)
        receiver = try Receiver()
        var configuration = RunControllerConfiguration()
        configuration.families = [family]
        // This clock runs ahead of a busy machine; facts under way are waited for until they are there.
        configuration.settings.settleTime = .seconds(60)
        configure(&configuration)
        self.configuration = configuration
    }

    /// Makes a world with everything but the run, lets a body play in it, and ends it.
    /// - Parameter definitions: those of the server.
    static func run<Result>(
        _ life: SimulationCase, historyLimit: Int? = nil, definitions: [KubeObject] = Definitions.all,
        configure: (inout RunControllerConfiguration) -> Void = { _ in }, body: (Simulation) async throws -> Result
    ) async throws -> Result {
        let simulation = try await Simulation(life, historyLimit: historyLimit, definitions, configure)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await simulation.world.cluster.run() }
            for object in life.objects.dropLast() { try await simulation.create(object) }
            let result = try await body(simulation)
            group.cancelAll()
            return result
        }
    }

    /// Makes the run. What happened before is forgotten; a world serves one life after the other.
    func begin() async throws {
        state.withLock { $0 = State(interventions: life.interventions[...]) }
        receiver.forget()
        try await restoreData()
        try await create(life.run)
    }

    /// Output outlives its run: what the life before has left goes, and what there was before comes back.
    private func restoreData() async throws {
        for name in life.data.keys {
            guard let (resource, key) = Self.holder(name) else { continue }
            do {
                try await world.client.delete(resource, namespace: key.namespace, name: key.name)
            } catch let status as KubeStatus where status.isNotFound {
                // Nothing was kept.
            }
            let isMeant: (KubeObject) -> Bool = { $0.groupVersionKind == resource.groupVersionKind && $0.key == key }
            if let object = life.objects.first(where: isMeant) { try await create(object) }
        }
    }

    /// The object that a name such as `Secret/kept` means.
    private static func holder(_ name: String) -> (resource: APIResource, key: ObjectKey)? {
        let parts = name.split(separator: "/").map(String.init)
        let resource = [APIResource.configMaps, .secrets].first { $0.kind == parts.first }
        return resource.map { ($0, ObjectKey(namespace: "default", name: parts.last ?? "")) }
    }

    /// All requests that the server got from controllers in this life.
    var entries: [DisturbedTransport.Entry] { state.withLock(\.transports).flatMap(\.entries) }

    private func create(_ object: KubeObject) async throws {
        let resources = RunFamilies.all.flatMap { [$0.runResource, $0.templateResource].compactMap(\.self) }
        let custom = resources.first { $0.groupVersionKind == object.groupVersionKind }.map {
            APIResource(
                group: $0.group, version: $0.version, plural: $0.plural, kind: $0.kind, isNamespaced: $0.isNamespaced)
        }
        let builtIn: [APIResource] = [.secrets, .configMaps, .namespaces, .pods, .serviceAccounts]
        guard let resource = custom ?? builtIn.first(where: { $0.groupVersionKind == object.groupVersionKind }) else {
            throw SimulationFailure("no resource is known for \(object.apiVersion) \(object.kind)")
        }
        _ = try await world.client.create(resource, object)
    }

    /// Somebody changes the run.
    func edit(_ patch: JSONValue) async throws {
        _ = try await world.client.patch(
            resource, namespace: life.run.namespace, name: life.run.name ?? "", type: .merge, patch)
    }

    func readRun() async throws -> KubeObject {
        try await world.client.get(resource, namespace: life.run.namespace, name: life.run.name ?? "")
    }

    // MARK: Peace

    /// Makes copies of the run as it is, its status included, until there are so many.
    func multiply(to count: Int) async throws {
        let run = try await readRun()
        for number in 2...count {
            var copy = run
            copy["metadata"] = [:]
            copy.metadata["namespace"] = run.namespace.map { .string($0) }
            copy.metadata["name"] = .string("\(run.name ?? "")-\(number)")
            copy["status"] = nil
            _ = try await world.client.create(resource, copy)
            _ = try await world.client.patch(
                resource, namespace: run.namespace, name: copy.name ?? "", type: .merge,
                ["status": run["status"] ?? [:]], subresource: "status")
        }
    }

    /// Lets a controller look at everything, and then time pass in which nothing happens.
    /// - Returns: what the controller asked of the server.
    func rest(for duration: Duration) async throws -> DisturbedTransport {
        let transport = transport { _, _ in nil }
        let watched = configuration.families.reduce(0) { $0 + 3 + $1.referencedResources.count(where: \.isWatched) }
        try await world.withController(over: transport, configuration: configuration, callbacks: receiver) {
            for _ in 1...watched { _ = await transport.watches.next() }
            let end = world.time.now + duration
            while world.time.now < end {
                // Whoever has something to do gets the processor before the clock goes on.
                try await Task.sleep(for: .milliseconds(1))
                world.time.advance(by: .seconds(1))
            }
            // No watch outlives this time, so that its renewal has been seen, too.
            for _ in 1...watched { _ = await transport.watches.next() }
        }
        return transport
    }

    // MARK: Time

    /// Runs a controller until the run is over, or the controller is dead.
    /// - Parameters:
    ///   - faults: what goes wrong with its requests.
    ///   - skew: by how much its clock is ahead of the server's.
    ///   - isComplete: what else must have come, beside the run's end.
    /// - Returns: whether the run is over.
    func play(
        skew: Duration = .zero, faults: @escaping DisturbedTransport.Decision = { _, _ in nil },
        until isComplete: () -> Bool = { true }
    ) async throws -> Bool {
        let transport = transport(faults)
        return try await world.withController(
            over: transport, configuration: configuration, callbacks: receiver, skew: skew
        ) {
            try await pass {
                transport.isDead
            } isComplete: {
                isComplete()
            } until: {
                try await life.isOver(readRun())
            }
        }
    }

    /// Runs two controllers side by side until the run is over.
    /// - Parameters:
    ///   - lease: which lease they share, if any.
    ///   - faults: what goes wrong with the requests of the first.
    func playTwice(
        lease: (namespace: String, name: String)?, faults: @escaping DisturbedTransport.Decision
    ) async throws {
        var (one, other) = (configuration, configuration)
        if let lease {
            one.lease = LeaderElector.Configuration(namespace: lease.namespace, name: lease.name, identity: "one")
            other.lease = LeaderElector.Configuration(namespace: lease.namespace, name: lease.name, identity: "other")
        }
        let (first, second) = (transport(faults), transport { _, _ in nil })
        try await world.withController(over: first, configuration: one, callbacks: receiver) {
            if lease != nil { try await waitForRequests(of: first) }
            try await world.withController(over: second, configuration: other, callbacks: receiver) {
                _ = try await pass {
                    false
                } until: {
                    life.isOver(try await readRun())
                }
            }
        }
    }

    /// Waits until the first controller has asked for the lease, so that it is the one that leads.
    private func waitForRequests(of transport: DisturbedTransport) async throws {
        while !transport.entries.contains(where: { $0.path.contains("/leases") && $0.isWrite }) {
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    private func transport(_ faults: @escaping DisturbedTransport.Decision) -> DisturbedTransport {
        let logs = ContainerLogs(world.cluster.transport(), out: "said\n", err: "warned\n")
        let transport = DisturbedTransport(logs, faults: faults)
        state.withLock { $0.transports.append(transport) }
        return transport
    }

    /// Lets time pass while nothing happens.
    /// - Parameters:
    ///   - isComplete: looked at again and again, as what it waits for may be seen in no object.
    ///   - condition: looked at whenever an object has changed.
    /// - Returns: whether the condition came to hold; false if it was stopped before.
    private func pass(
        stopped: () -> Bool, isComplete: () -> Bool = { true }, until condition: () async throws -> Bool
    ) async throws -> Bool {
        let end = world.time.now + Self.patience
        var (version, stillness, isMet): (UInt64?, Int, Bool) = (nil, 0, false)
        while !stopped() {
            let now = world.cluster.version
            let isChanged = version != now
            if isChanged {
                (version, stillness) = (now, 0)
                isMet = try await condition()
            }
            if isMet, isComplete() { return true }
            if isChanged {
                try await countJobs()
                try await intervene()
                try await movePods()
            }
            guard world.time.now < end else {
                let status = try await readRun()["status"] ?? .null
                throw SimulationFailure("ten hours later there is no end: \(status.encodedString())")
            }
            stillness += 1
            if stillness < Self.courtesy, state.withLock({ $0.transports.contains(where: \.isBusy) }) {
                // On a busy machine the clock would pass whole leases while a renewal waits for the processor. A request
                // may wait for the clock, too, so that this has an end.
                try await Task.sleep(for: .milliseconds(1))
            } else if stillness < 20 {
                world.time.advance(by: .milliseconds(5))
                await Task.yield()
            } else {
                // Whoever is to act next gets the processor before the clock goes on.
                try await Task.sleep(for: .milliseconds(1))
                let rest = world.time.nextDue.map { $0 - world.time.now } ?? Self.stride
                world.time.advance(by: min(max(rest, .milliseconds(5)), Self.stride))
            }
        }
        return false
    }

    // MARK: Who else acts

    private func countJobs() async throws {
        let uids = try await world.client.list(.jobs).items.compactMap(\.uid)
        state.withLock { $0.jobs.formUnion(uids) }
    }

    private func intervene() async throws {
        guard let next = state.withLock({ $0.interventions.first }) else { return }
        if !next.phase.isEmpty {
            let run = try await readRun()
            let phase = SimulationCase.fact("phase", of: run) ?? SimulationCase.fact("reason", of: run)
            guard phase?.string == next.phase else { return }
        }
        if next.awaitsDeletion {
            let run = try await readRun()
            guard run[path: "status", "observedGeneration"]?.integer == run.generation,
                try await world.client.list(.jobs).items.contains(where: \.isBeingDeleted)
            else { return }
        }
        if next.awaitsAbsence {
            guard try await world.client.list(.jobs).items.isEmpty else { return }
        }
        if let object = next.object {
            try await makeAnew(object)
        } else if let patch = next.patch {
            try await edit(patch)
        } else {
            for job in try await world.client.list(.jobs).items { try await change(job, next.jobPatch) }
        }
        state.withLock { _ = $0.interventions.popFirst() }
    }

    /// Changes a Job, or deletes it.
    private func change(_ job: KubeObject, _ patch: JSONValue?) async throws {
        if let patch {
            _ = try await world.client.patch(.jobs, namespace: job.namespace, name: job.name ?? "", type: .merge, patch)
        } else {
            try await world.client.delete(
                .jobs, namespace: job.namespace, name: job.name ?? "",
                options: DeleteOptions(propagationPolicy: .background))
        }
    }

    private func makeAnew(_ object: KubeObject) async throws {
        do {
            try await create(object)
        } catch let status as KubeStatus where status.isAlreadyExists {
            try await world.client.delete(
                .pods, namespace: object.namespace, name: object.name ?? "",
                options: DeleteOptions(gracePeriodSeconds: 0))
            try await create(object)
        }
    }

    /// The kubelet: each pod starts, and ends once nobody wants anything of its run any more.
    private func movePods() async throws {
        for pod in try await world.client.list(.pods).items where pod.controllerReference != nil {
            let number = state.withLock { state in
                let number = state.podNumbers[pod.uid ?? ""] ?? state.podNumbers.count
                state.podNumbers[pod.uid ?? ""] = number
                return number
            }
            switch pod[path: "status", "phase"]?.string {
            case "Running":
                guard state.withLock(\.interventions.isEmpty), let last = life.exitCodes.last else { continue }
                let exitCode = number < life.exitCodes.count ? life.exitCodes[number] : last
                try await setStatus(of: pod, exitCode: exitCode)
            case "Succeeded", "Failed": continue
            default: try await setStatus(of: pod, exitCode: nil)
            }
        }
    }

    /// Sets a pod's status: all its containers run, or have ended.
    private func setStatus(of pod: KubeObject, exitCode: Int64?) async throws {
        let now = JSONValue.string(world.time.now.rfc3339)
        let containers = pod[path: "spec", "containers"]?.array ?? []
        let statuses = containers.map { container -> JSONValue in
            let ended: JSONValue? = exitCode.map { code in
                [
                    "terminated": [
                        "exitCode": .integer(code), "reason": code == 0 ? "Completed" : "Error",
                        "message": .string(life.terminationMessage), "startedAt": now, "finishedAt": now,
                    ]
                ]
            }
            return [
                "name": container["name"] ?? "", "image": container["image"] ?? "", "imageID": "", "restartCount": 0,
                "ready": .bool(exitCode == nil), "state": ended ?? ["running": ["startedAt": now]],
            ]
        }
        let phase = exitCode.map { $0 == 0 ? "Succeeded" : "Failed" } ?? "Running"
        do {
            _ = try await world.client.patch(
                .pods, namespace: pod.namespace, name: pod.name ?? "", type: .merge,
                ["status": ["phase": .string(phase), "startTime": now, "containerStatuses": .array(statuses)]],
                subresource: "status")
        } catch let status as KubeStatus where status.isNotFound {
            // Deleted in this very moment.
        }
    }

    // MARK: What must hold

    /// What is not as it must be at the end, after so many deaths of the controller.
    func faults(deaths: Int) async throws -> [String] {
        var faults: [String] = []
        let run = try await readRun()
        for (name, value) in life.expected where SimulationCase.fact(name, of: run) != value {
            faults.append(
                "status.\(name) is \(SimulationCase.fact(name, of: run)?.encodedString() ?? "absent"), not \(value)")
        }
        // One that nobody saw was answered; one that was made though the answer was another has been seen.
        let answered = entries.count { $0.method == .post && $0.path.hasSuffix("/jobs") && $0.code == 201 }
        try await countJobs()
        let made = max(answered, state.withLock(\.jobs.count))
        let fewest = life.isTimed && deaths > 0 ? 0 : life.jobs
        if !(fewest...life.jobs).contains(made) {
            let status = run["status"] ?? .null
            faults.append("\(made) Jobs were made, not \(life.jobs): \(status.encodedString())")
        }
        let sent = receiver.ids
        if Set(sent).count > 1 || sent.count < life.callbacks || sent.count > life.callbacks * (1 + deaths) {
            faults.append("callbacks were sent with these ids: \(sent)")
        }
        return faults + (try await dataFaults()) + (try await orphans(of: run))
    }

    /// What is not in the ConfigMaps and Secrets in which it should be.
    private func dataFaults() async throws -> [String] {
        var faults: [String] = []
        for (name, expected) in life.data {
            guard let (resource, key) = Self.holder(name) else { throw SimulationFailure("\(name) names nothing") }
            let found = try await world.client.list(resource, namespace: key.namespace).items.first { $0.key == key }
            let data = found?["data"]?.object
            if data != expected {
                faults.append("\(name) holds \(data.map { JSONValue.object($0).encodedString() } ?? "nothing")")
            }
        }
        return faults
    }

    /// What is left when the run is deleted.
    private func orphans(of run: KubeObject) async throws -> [String] {
        try await world.client.delete(resource, namespace: run.namespace, name: run.name ?? "")
        var left: [String] = []
        _ = try await settles {
            left = try await leftovers(of: run)
            return left.isEmpty
        }
        return left.map { "\($0) is left when the run is deleted" }
    }

    /// Whether something comes to hold in a minute in which no controller of ours works.
    func settles(_ condition: () async throws -> Bool) async throws -> Bool {
        let end = world.time.now + .seconds(60)
        repeat {
            if try await condition() { return true }
            world.time.advance(by: .milliseconds(50))
            await Task.yield()
        } while world.time.now < end
        return false
    }

    private func leftovers(of run: KubeObject) async throws -> [String] {
        var left: [String] = []
        for resource in [APIResource.jobs, .pods, .secrets, .configMaps, .persistentVolumeClaims] {
            for object in try await world.client.list(resource).items where !object.ownerReferences.isEmpty {
                left.append("\(object.kind) \(object.key)")
            }
        }
        return left
    }
}

/// A world that does not come to where it should.
struct SimulationFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
