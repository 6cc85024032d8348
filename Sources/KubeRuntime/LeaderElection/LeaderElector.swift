public import KubeClient
public import KubeObjects
import KubeWire
public import Logging
import Metrics
import ServiceLifecycle
import Synchronization

/// Lets one of several processes work at a time: the one that holds a Lease.
public final class LeaderElector: Sendable {
    /// Which lease, and how long it lasts.
    public struct Configuration: Sendable, Hashable {
        /// The lease's namespace.
        public var namespace: String
        /// The lease's name.
        public var name: String
        /// Who this candidate is: unique among them, such as the pod's name and a random part.
        public var identity: String
        /// How long after the leader's last renewal another one may take over; whole seconds.
        public var leaseDuration = Duration.seconds(15)
        /// How long after its last renewal a leader stops leading; less than ``leaseDuration``.
        public var renewDeadline = Duration.seconds(10)
        /// How often a leader renews and another one looks.
        public var retryPeriod = Duration.seconds(2)

        /// A lease with the usual times: 15, 10 and 2 seconds.
        public init(namespace: String, name: String, identity: String) {
            self.namespace = namespace
            self.name = name
            self.identity = identity
        }
    }

    private let configuration: Configuration
    private let client: KubeClient
    private let time: TimeSource
    private let logger: Logger
    private let state: Mutex<LeaderElectionState>
    private let status: Gauge

    /// A candidate; it does nothing before ``run(whileLeading:)``.
    /// - Parameters:
    ///   - configuration: which lease, and how long it lasts.
    ///   - client: how the server is reached.
    ///   - time: where waits get their time from.
    ///   - logger: is told of changes.
    ///   - seed: decides the jitter of waits; by default another one each time.
    public init(
        _ configuration: Configuration, client: KubeClient, time: TimeSource = .system, logger: Logger,
        seed: UInt64 = .random(in: 0 ... .max)
    ) {
        self.configuration = configuration
        self.client = client
        self.time = time
        var logger = logger
        logger[metadataKey: "lease"] = "\(configuration.namespace)/\(configuration.name)"
        self.logger = logger
        state = Mutex(LeaderElectionState(configuration, seed: seed))
        status = Gauge(label: "leader_election_master_status", dimensions: [("name", configuration.name)])
        status.record(0)
    }

    /// Whether this candidate leads.
    public var isLeading: Bool { state.withLock(\.isLeading) }

    /// Waits for the lease, does the work, and gives the lease back when the work ends. If the lease is lost, the work is
    /// cancelled, and once it has ended the candidate tries again. Returns when the work returns by itself, or when the
    /// task is cancelled or shut down while it waits.
    /// - Throws: what the work throws.
    public func run(whileLeading work: @escaping @Sendable () async throws -> Void) async throws {
        while await acquire() {
            logger.notice("this process leads", metadata: ["identity": "\(configuration.identity)"])
            status.record(1)
            let isDone = try await lead(work)
            status.record(0)
            if isDone || Task.isCancelled { return await release() }
            logger.error("the lease was lost; work was stopped")
        }
    }

    /// Returns whether this candidate leads; false if the task was cancelled or shut down first.
    private func acquire() async -> Bool {
        await cancelWhenGracefulShutdown {
            var action = self.decide(.ready)
            while !Task.isCancelled {
                if self.isLeading { return true }
                action = self.decide(await self.carryOut(action))
            }
            return false
        }
    }

    /// Does the work and keeps the lease. Returns whether the work ended by itself.
    private func lead(_ work: @escaping @Sendable () async throws -> Void) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await work()
                return true
            }
            group.addTask {
                var action = LeaderElectionState.Action.wait(self.configuration.retryPeriod)
                while self.isLeading, !Task.isCancelled { action = self.decide(await self.carryOut(action)) }
                return false
            }
            let isDone = try await group.next() ?? true
            group.cancelAll()
            return isDone
        }
    }

    private func decide(_ event: LeaderElectionState.Event) -> LeaderElectionState.Action {
        let now = time.now()
        return state.withLock { $0.handle(event, now: now) }
    }

    /// Carries out an action; a leader no longer than it leads.
    private func carryOut(_ action: LeaderElectionState.Action) async -> LeaderElectionState.Event {
        if case .wait(let duration) = action {
            try? await time.sleep(duration)
            return .ready
        }
        let limit = state.withLock(\.leadsUntil).map { $0 - time.now() } ?? configuration.renewDeadline
        return await withTaskGroup(of: LeaderElectionState.Event?.self) { group in
            group.addTask { await self.request(action) }
            group.addTask {
                try? await self.time.sleep(limit)
                return nil
            }
            let event = await group.next() ?? nil
            group.cancelAll()
            return event ?? .failed
        }
    }

    private func request(_ action: LeaderElectionState.Action) async -> LeaderElectionState.Event {
        let namespace = configuration.namespace
        do {
            switch action {
            case .read: return .found(try await client.get(.leases, namespace: namespace, name: configuration.name))
            case .create(let lease): return .written(try await client.create(.leases, namespace: namespace, lease))
            case .update(let lease): return .written(try await client.replace(.leases, namespace: namespace, lease))
            case .wait: return .ready
            }
        } catch let status as KubeStatus where status.isNotFound {
            // A create that is answered so has no namespace to go to.
            if case .create = action { return refused(status) }
            return .missing
        } catch let status as KubeStatus where status.isConflict || status.isAlreadyExists {
            return .conflict
        } catch {
            return refused(error)
        }
    }

    private func refused(_ error: any Error) -> LeaderElectionState.Event {
        if !Task.isCancelled { logger.warning("the lease cannot be had", metadata: ["error": "\(error)"]) }
        return .failed
    }

    private func release() async {
        let now = time.now()
        guard let lease = state.withLock({ $0.release(now: now) }) else { return }
        do {
            _ = try await client.replace(.leases, namespace: configuration.namespace, lease)
            logger.info("the lease was given back")
        } catch {
            logger.warning("the lease could not be given back", metadata: ["error": "\(error)"])
        }
    }
}
