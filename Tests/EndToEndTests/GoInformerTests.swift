import Foundation
import KubeWire
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Informers of Go's client library, as kubectl has them: `kubectl wait` holds one until its condition is met.
///
/// Each is tried with a list that a watch follows, and with a list that is streamed by a watch (`WatchListClient`); and once
/// with a client that would rather have CBOR, which the server does not speak.
@Suite(.timeLimit(.minutes(5)))
struct GoInformerTests {
    /// How an informer begins.
    enum Start: String, CaseIterable, CustomTestStringConvertible {
        case list, stream, binary

        static let disturbed = [Start.list, .stream]

        var testDescription: String { rawValue }

        /// What it asks for first.
        var firstRequest: String {
            switch self {
            case .list, .binary: "limit=500&resourceVersion=0"
            case .stream:
                "allowWatchBookmarks=true&fieldSelector=metadata.name%3Dtarget&resourceVersionMatch=NotOlderThan"
                    + "&sendInitialEvents=true"
            }
        }

        /// How many requests it makes at least before it watches for good.
        var requests: Int { self == .stream ? 1 : 2 }

        /// What switches it on.
        var features: [String] {
            switch self {
            case .list: []
            case .stream: ["WatchListClient"]
            case .binary: ["ClientsAllowCBOR", "ClientsPreferCBOR"]
            }
        }
    }

    /// Holds an informer of the ConfigMap `target` until that has `done: yes`, and does something once it knows it.
    /// - Returns: what the informer has logged.
    private func withInformer(
        _ start: Start, kubeconfig: String, _ work: @Sendable @escaping () async throws -> Void
    ) async throws -> [String] {
        let arguments = ["wait", "configmap/target", "--for=jsonpath={.data.done}=yes", "--timeout=120s", "-v=8"]
        var environment: [Environment.Key: String?] = [
            "KUBECONFIG": kubeconfig, "KUBE_FEATURE_WatchListClient": "false",
        ]
        for feature in start.features { environment[.init(stringLiteral: "KUBE_FEATURE_" + feature)] = "true" }
        let result = try await Subprocess.run(
            .path(FilePath(try Program.path(of: "kubectl-1.34"))), arguments: Arguments(arguments),
            environment: .inherit.updating(environment), input: .none, output: .discarded, error: .sequence
        ) { execution in
            try await withThrowingTaskGroup(of: Void.self) { group in
                var log: [String] = []
                for try await line in execution.standardError.strings() {
                    log.append(line)
                    if line.contains("Caches populated"), group.isEmpty { group.addTask { try await work() } }
                }
                try await group.waitForAll()
                return log
            }
        }
        let log = result.closureResult
        #expect(result.terminationStatus == .exited(0), "it did not see the end: \(log.joined(separator: "\n"))")
        return log
    }

    /// The requests for the collection that an informer has made.
    private static func requests(_ log: [String]) -> [String] {
        log.filter { $0.contains("\"Request\" verb=\"GET\"") && $0.contains("/configmaps?") }
    }

    private static func change(_ cluster: RunningCluster, _ data: String) async throws {
        try await cluster.output(
            "kubectl-1.34", "patch", "configmap", "target", "--type=merge", "-p", "{\"data\": {\(data)}}")
    }

    @Test("it lists and watches, or streams its list up to the bookmark that ends it", arguments: Start.allCases)
    func undisturbed(_ start: Start) async throws {
        try await RunningCluster.with(controller: false) { cluster in
            try await cluster.output("kubectl-1.34", "create", "configmap", "target")
            let log = try await withInformer(start, kubeconfig: cluster.kubeconfig) {
                try await Self.change(cluster, "\"done\": \"yes\"")
            }
            let requests = Self.requests(log)
            #expect(requests.count == start.requests, "\(requests)")
            #expect(requests.first?.contains(start.firstRequest) == true, "\(requests)")
            #expect(requests.last?.contains("watch=true") == true, "\(requests)")
            let isStreamed = log.contains { $0.contains("received the bookmark that marks the end of initial events") }
            #expect(isStreamed == (start == .stream))
            #expect(log.contains { $0.contains("application/cbor") } == (start == .binary))
        }
    }

    private static let faults = [
        "cutStream, lines: 0", "cutStream, lines: 1", "expireWatch, lines: 1", "expired", "tooManyRequests",
    ]

    @Test("it gets over a fault of its first watch and misses nothing", arguments: Start.disturbed, faults)
    func disturbed(_ start: Start, _ fault: String) async throws {
        let plan = """
            rules:
            - match: {verbs: [watch], resources: [configmaps], userAgents: ["kubectl*"]}
              when: {limit: 1}
              fault: {type: \(fault)}
            """
        try await RunningCluster.with(controller: false, faults: plan) { cluster in
            try await cluster.output("kubectl-1.34", "create", "configmap", "target")
            let log = try await withInformer(start, kubeconfig: cluster.kubeconfig) {
                // What breaks off, breaks off at a change.
                for step in ["\"step\": \"1\"", "\"step\": \"2\"", "\"done\": \"yes\""] {
                    try await Self.change(cluster, step)
                }
            }
            let requests = Self.requests(log)
            #expect(requests.count > start.requests, "the fault was not met: \(requests)")
        }
    }

    @Test("a server that is started anew at the same place is one and the same to it", arguments: Start.disturbed)
    func restarted(_ start: Start) async throws {
        let data = NSTemporaryDirectory() + "informer-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: data) }
        let url = try await RunningCluster.with(controller: false, data: data) { cluster in
            try await cluster.output("kubectl-1.34", "create", "configmap", "target")
            return try await cluster.output(
                "kubectl-1.34", "config", "view", "-o", "jsonpath={.clusters[0].cluster.server}")
        }
        let (isUp, mayStop) = (Journal<RunningCluster>(), Journal<Void>())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<2 {
                    try await RunningCluster.with(
                        controller: false, data: data, listen: url.replacing("https://", with: "")
                    ) { cluster in
                        isUp.add(cluster)
                        await mayStop.next()
                    }
                }
            }
            _ = await isUp.next()
            let log = try await withInformer(start, kubeconfig: data + "/kubeconfig") {
                mayStop.add(())
                let next = try #require(await isUp.next())
                try await Self.change(next, "\"done\": \"yes\"")
            }
            mayStop.add(())
            #expect(Self.requests(log).count > start.requests, "\(Self.requests(log))")
            try await group.waitForAll()
        }
    }
}
