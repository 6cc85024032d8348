package import KubeClient
package import KubeObjects
import KubeRuntime
import KubeWire
package import Logging
import ServiceLifecycle

/// The run controller as a service: all families, their informers, events, and on demand a lease and endpoints.
///
/// `run()` returns when it is cancelled or shut down; reconciles in work are let to end.
package struct RunControllerService: Service {
    private let manager: ControllerManager
    private let health: HealthServer?
    private let logger: Logger

    /// A controller.
    /// - Parameters:
    ///   - client: how the API server is reached.
    ///   - configuration: what the controller does, and where.
    ///   - logger: is told what happens.
    ///   - time: where all waits and stamps get their time from.
    ///   - metrics: what `/metrics` shows; nil for no such endpoint.
    ///   - callbackTransport: makes the way to the target of a callback, from its address and what says which addresses
    ///     its name may mean.
    package init(
        client: KubeClient, configuration: RunControllerConfiguration = RunControllerConfiguration(), logger: Logger,
        time: TimeSource = .system, metrics: MetricsRegistry? = nil,
        callbackTransport: @escaping CallbackPerformer.Connect = CallbackPerformer.network
    ) {
        var client = client
        client.transport = MeteredTransport(base: client.transport, time: time)
        client.userAgent = configuration.userAgent
        let recorder = EventRecorder(
            client: client, component: configuration.name, instance: configuration.instance, time: time,
            logger: logger)
        var informers = InformerSet(
            client: client, namespaces: configuration.namespaces, time: time, logger: logger)
        let effects = RunEffects(
            callbacks: CallbackPerformer(
                client: client, policy: configuration.callbacks, time: time, connect: callbackTransport),
            output: OutputPerformer(client: client, options: WriteOptions(fieldManager: configuration.name)))
        let pool = InformerPool()
        let turns = RunTurns()
        let families = configuration.families.map { family in
            FamilyController(
                family, informers: &informers, pool: pool, recorder: recorder, effects: effects, turns: turns,
                configuration: configuration)
        }
        let manager = ControllerManager(
            background: [recorder, pool], informers: informers.all,
            controllers: families.flatMap { [$0.controller, $0.effects, $0.retention].compactMap(\.self) },
            elector: configuration.lease.map { LeaderElector($0, client: client, time: time, logger: logger) },
            logger: logger)
        health = configuration.listen.map { address in
            HealthServer(
                address: address, metrics: metrics, logger: logger, isReady: { manager.isReady },
                stalled: { manager.stalledResources(now: time.now()) }, updateMetrics: manager.recordActivity)
        }
        self.manager = manager
        self.logger = logger
    }

    /// Whether everything that is watched has been seen, so that the controller works on facts.
    package var isReady: Bool { manager.isReady }

    /// What has fallen silent of what is watched; see ``ControllerManager/stalledResources(now:)``.
    package func stalledResources(now: Timestamp) -> [String] { manager.stalledResources(now: now) }

    /// Works until the task is cancelled or shut down.
    /// - Throws: what makes it impossible to go on.
    package func run() async throws {
        guard let health else { return try await manager.run() }
        // Health is answered until the very end.
        try await ServiceGroup(services: [health, manager], logger: logger).run()
    }
}
