import FakeCluster
import FakeClusterServer
import KubeClient
import KubeObjects
import KubeWire
import Testing

/// The client over TLS, against an API server that a kubeconfig names.
@Suite(.timeLimit(.minutes(5)))
struct ClusterOverHTTPSTests {
    private func run(
        _ body: @escaping @Sendable (ClientConfiguration) async throws -> Void
    ) async throws {
        try await ClusterSession(options: ClusterSession.Options()).run { running in
            var options = ConnectionOptions()
            options.kubeconfig = running.kubeconfig
            try await body(try ClientConfiguration.load(options))
        }
    }

    private func configMap(_ name: String, _ data: String = "") -> KubeObject {
        var object = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: name)
        object["data"] = ["text": .string(data)]
        return object
    }

    @Test func objectsGoInAndOut() async throws {
        try await run { configuration in
            let client = try configuration.makeClient(userAgent: "test")
            let created = try await client.create(.configMaps, configMap("a", "one"))
            #expect(created.uid != nil)
            var changed = created
            changed["data"] = ["text": "two"]
            #expect(try await client.replace(.configMaps, changed)[path: "data", "text"] == "two")
            let conflict = await #expect(throws: KubeStatus.self) {
                try await client.replace(.configMaps, created)
            }
            #expect(conflict?.isConflict == true)
            let patched = try await client.patch(
                .configMaps, namespace: "default", name: "a", type: .merge, ["data": ["more": "three"]])
            #expect(patched["data"] == ["text": "two", "more": "three"])
            try await client.delete(.configMaps, namespace: "default", name: "a")
            let missing = await #expect(throws: KubeStatus.self) {
                try await client.get(.configMaps, namespace: "default", name: "a")
            }
            #expect(missing?.message == "configmaps \"a\" not found")
            #expect(try await client.serverVersion()["gitVersion"]?.string?.hasPrefix("v1.") == true)
        }
    }

    @Test func listsComeInPages() async throws {
        try await run { configuration in
            let client = try configuration.makeClient(userAgent: "test")
            for number in 0..<5 { _ = try await client.create(.configMaps, configMap("page-\(number)")) }
            var options = ListOptions(fieldSelector: "metadata.name!=kube-root-ca.crt", limit: 2)
            var names: [String?] = []
            repeat {
                let page = try await client.list(.configMaps, namespace: "default", options: options)
                #expect(page.items.allSatisfy { $0.kind == "ConfigMap" && $0.apiVersion == "v1" })
                names += page.items.map(\.name)
                options.continue = page.continue
            } while options.continue != nil
            #expect(names == (0..<5).map { "page-\($0)" })
        }
    }

    @Test func aWatchSeesWhatHappens() async throws {
        try await run { configuration in
            let client = try configuration.makeClient(userAgent: "test")
            let list = try await client.list(.configMaps, namespace: "default")
            let watch = try await client.watch(
                .configMaps, namespace: "default",
                options: WatchOptions(fieldSelector: "metadata.name=w", resourceVersion: list.resourceVersion))
            var events = watch.makeAsyncIterator()
            let large = String(repeating: "x", count: 300_000)
            _ = try await client.create(.configMaps, configMap("w", large))
            #expect(try await events.next()?.object?[path: "data", "text"]?.string == large)
            try await client.delete(.configMaps, namespace: "default", name: "w")
            #expect(try await events.next()?.type == "DELETED")
        }
    }

    @Test func aWatchFromLongAgoIsRefused() async throws {
        try await run { configuration in
            let client = try configuration.makeClient(userAgent: "test")
            let watch = try await client.watch(
                .configMaps, options: WatchOptions(resourceVersion: "1", timeoutSeconds: 1))
            for try await event in watch {
                if case .error(let status) = event { #expect(status.isGone) }
            }
        }
    }

    @Test func anotherAuthorityIsNotTrusted() async throws {
        try await run { configuration in
            var other = configuration
            let folder = try KubeconfigFolder()
            let certificates = try ServingCertificates(directory: folder.path("."), host: "127.0.0.1")
            other.endpoint.certificateAuthority = Array(certificates.authorityPEM.utf8)
            let error = await #expect(throws: TransportError.self) {
                try await other.makeClient(userAgent: "test").serverVersion()
            }
            #expect(error?.code == .tls)
            #expect(error?.message.hasPrefix("no secure connection to \(configuration.endpoint.server): ") == true)
            other.endpoint.certificateAuthority = nil
            await #expect(throws: TransportError.self) {
                try await other.makeClient(userAgent: "test").serverVersion()
            }
            other.endpoint.skipsTLSVerification = true
            _ = try await other.makeClient(userAgent: "test").serverVersion()
        }
    }

    @Test func theCertificateIsAskedForTheNameGiven() async throws {
        try await run { configuration in
            var named = configuration
            named.endpoint.tlsServerName = "kubernetes.default.svc"
            _ = try await named.makeClient(userAgent: "test").serverVersion()
            named.endpoint.tlsServerName = "somebody.else"
            let error = await #expect(throws: TransportError.self) {
                try await named.makeClient(userAgent: "test").serverVersion()
            }
            #expect(error?.code == .tls)
        }
    }

    @Test func aWrongTokenIsUnauthorized() async throws {
        try await run { configuration in
            var wrong = configuration
            wrong.credentials = Credentials.bearer("wrong")
            let status = await #expect(throws: KubeStatus.self) {
                try await wrong.makeClient(userAgent: "test").list(.pods)
            }
            #expect(status?.code == 401)
        }
    }

    @Test func somebodyElseMayBeActedAs() async throws {
        try await run { configuration in
            var eve = configuration
            eve.impersonation = Impersonation(user: "eve", groups: ["system:authenticated"])
            let status = await #expect(throws: KubeStatus.self) {
                try await eve.makeClient(userAgent: "test").list(.secrets, namespace: "default")
            }
            #expect(status?.isForbidden == true)
            #expect(status?.message.contains("User \"eve\" cannot list resource \"secrets\"") == true)
        }
    }

    @Test func manyRequestsAtOnceAreAllAnswered() async throws {
        try await run { configuration in
            let client = try configuration.makeClient(userAgent: "test")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let created = try await client.create(.configMaps, configMap("many-\(number)", "\(number)"))
                        let read = try await client.get(.configMaps, namespace: "default", name: "many-\(number)")
                        #expect(read == created)
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test("a fault cuts the connection as it does in process", arguments: [false, true])
    func aCutConnectionIsLost(carriedOut: Bool) async throws {
        let map = configMap("cut")
        try await ClusterSession(options: ClusterSession.Options()).run { running in
            var options = ConnectionOptions()
            options.kubeconfig = running.kubeconfig
            let client = try ClientConfiguration.load(options).makeClient(userAgent: "test")
            var rule = FaultPlan.Rule("cut", .cut(carriedOut: carriedOut))
            rule.match.verbs = ["create"]
            running.cluster.faults.replace(with: FaultPlan(rules: [rule]))
            let error = await #expect(throws: TransportError.self) { try await client.create(.configMaps, map) }
            #expect(error?.code == .connectionLost, "\(String(describing: error))")
            running.cluster.faults.replace(with: FaultPlan())
            let names = try await client.list(.configMaps, namespace: "default").items.map(\.name)
            #expect(names.contains("cut") == carriedOut)
        }
    }

    @Test("a stream is cut in a line, and a partition ends one that is silent")
    func streamsAreCut() async throws {
        try await ClusterSession(options: ClusterSession.Options()).run { running in
            var options = ConnectionOptions()
            options.kubeconfig = running.kubeconfig
            let client = try ClientConfiguration.load(options).makeClient(userAgent: "test")
            func end(_ version: String?) async throws -> TransportError? {
                await #expect(throws: TransportError.self) {
                    let watch = try await client.watch(
                        .namespaces, options: WatchOptions(resourceVersion: version, timeoutSeconds: 600))
                    for try await _ in watch {}
                }
            }
            running.cluster.faults.replace(with: FaultPlan(rules: [FaultPlan.Rule("cut", .cutStream(lines: 1))]))
            #expect(try await end(nil)?.code == .connectionLost)
            running.cluster.faults.replace(with: FaultPlan())
            let version = try await client.list(.configMaps, namespace: "default").resourceVersion
            async let silent = end(version)
            try await Task.sleep(for: .milliseconds(100))
            running.cluster.faults.isPartitioned = true
            // Whether the watch was open by then or not, it is cut.
            #expect(try await silent?.code == .connectionLost)
        }
    }
}
