public import KubeObjects
import KubeWire
public import Logging
import Metrics
public import ServiceLifecycle

/// Runs everything that controllers need, and stops it in the right order: controllers first, so that reconciles in work
/// can end, then informers, then what they leave behind, such as events.
public struct ControllerManager: Service {
    private let background: [any Service]
    private let informers: [Informer]
    private let controllers: [Controller]
    private let elector: LeaderElector?
    private let logger: Logger

    /// A manager.
    /// - Parameters:
    ///   - background: services that start first and stop last, such as an ``EventRecorder``.
    ///   - informers: what the controllers read.
    ///   - controllers: the controllers.
    ///   - elector: lets the controllers work only while this process leads; without, they always do. Informers run in
    ///     any case, so that a new leader has nothing to catch up with.
    ///   - logger: is told of starts and stops.
    public init(
        background: [any Service] = [], informers: [Informer], controllers: [Controller],
        elector: LeaderElector? = nil, logger: Logger
    ) {
        self.background = background
        self.informers = informers
        self.controllers = controllers
        self.elector = elector
        self.logger = logger
    }

    /// Whether every informer has shown what the server has, or knows that the server does not have its resource.
    public var isReady: Bool { informers.allSatisfy { $0.hasSynced || $0.phase == .missing } }

    /// The resources whose informers have neither asked nor heard of the server for longer than every watch lasts. There
    /// are none, unless something of this process hangs.
    public func stalledResources(now: Timestamp) -> [String] {
        informers.filter { now - $0.lastActivity > Self.longestSilence }.map { "\($0.resource.groupResource)" }
    }

    /// Shows in the gauge `reflector_last_activity_timestamp_seconds` when each resource's informer last asked or heard of
    /// the server, in seconds since 1970: to be called before the figures are read. Of several informers of a resource it
    /// is the one that is quiet for longest.
    public func recordActivity() {
        let moments = informers.map { ("\($0.resource.groupResource)", $0.lastActivity.seconds) }
        for (resource, seconds) in Dictionary(moments, uniquingKeysWith: min) {
            Gauge(label: "reflector_last_activity_timestamp_seconds", dimensions: [("resource", resource)])
                .record(seconds)
        }
    }

    /// Watches end after ten minutes, and what the server does not end is ended here soon after.
    private static let longestSilence = Duration.seconds(900)

    /// Runs until the task is cancelled or shut down.
    /// - Throws: what a service throws.
    public func run() async throws {
        let last: any Service =
            if let elector {
                LeadingService(elector: elector, controllers: controllers, logger: logger)
            } else {
                ControllerGroup(controllers: controllers, logger: logger)
            }
        // A group stops its services in the reverse of this order, each when the one before has ended.
        try await ServiceGroup(services: background + informers + [last], logger: logger).run()
    }
}

/// The controllers, side by side: none has to wait for another's reconciles to end.
private struct ControllerGroup: Service {
    let controllers: [Controller]
    let logger: Logger

    func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for controller in controllers { group.addTask { try await controller.run() } }
        }
    }
}

/// The controllers, as long as this process leads.
private struct LeadingService: Service {
    let elector: LeaderElector
    let controllers: [Controller]
    let logger: Logger

    func run() async throws {
        try await elector.run { try await ControllerGroup(controllers: controllers, logger: logger).run() }
    }
}
