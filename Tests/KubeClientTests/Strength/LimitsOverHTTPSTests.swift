import FakeClusterServer
import Foundation
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What a server does not let its clients do to it.
@Suite(.timeLimit(.minutes(5)))
struct LimitsOverHTTPSTests {
    private func run(
        historyLimit: Int? = nil, limits: ConnectionLimits = ConnectionLimits(),
        _ body: @escaping @Sendable (ClientConfiguration) async throws -> Void
    ) async throws {
        var session = ClusterSession.Options()
        session.historyLimit = historyLimit
        session.connectionLimits = limits
        try await ClusterSession(options: session).run { running in
            var options = ConnectionOptions()
            options.kubeconfig = running.kubeconfig
            try await body(try ClientConfiguration.load(options))
        }
    }

    private func configMap(_ number: Int, _ text: String) -> KubeObject {
        var object = KubeObject(apiVersion: "v1", kind: "ConfigMap", namespace: "default", name: "slow-\(number)")
        object["data"] = ["text": .string(text)]
        return object
    }

    @Test("a body or a head that is too large is refused, and the server goes on")
    func tooLarge() async throws {
        try await run { configuration in
            let transport = try CurlTransport(
                endpoint: configuration.endpoint, credentials: configuration.credentials)
            let path = "/api/v1/namespaces/default/configmaps"
            let body = [UInt8](repeating: UInt8(ascii: "x"), count: (3 << 20) + 1)
            let answer = try await transport.send(WireRequest(method: .post, path: path, body: body))
            #expect(answer.status.code == 413)
            let status = try JSONValue(parsing: try await answer.body.collect())
            #expect(status["reason"] == "RequestEntityTooLarge")
            #expect(status["message"] == "Request entity too large: limit is 3145728")

            let agent = String(repeating: "x", count: 2 << 20)
            let head = try? await transport.send(
                WireRequest(method: .get, path: path, headers: [.userAgent: agent]))
            #expect(head == nil || head?.status.code == 400 || head?.status.code == 431)
            let large = String(repeating: "x", count: 100_000)
            let normal = try await transport.send(
                WireRequest(method: .get, path: path, headers: [.userAgent: large]))
            #expect(normal.status.code == 200)
        }
    }

    @Test("a body that is far too large is refused before it is all here")
    func farTooLarge() async throws {
        try await run { configuration in
            let transport = try CurlTransport(
                endpoint: configuration.endpoint, credentials: configuration.credentials)
            let path = "/api/v1/namespaces/default/configmaps"
            for size in [4, 24] {
                let body = [UInt8](repeating: UInt8(ascii: "x"), count: size << 20)
                let answer = try await transport.send(WireRequest(method: .post, path: path, body: body))
                #expect(answer.status.code == 413)
                #expect(answer.headers[.connection] == "close")
            }
            #expect(try await transport.send(WireRequest(method: .get, path: path)).status.code == 200)
        }
    }

    @Test("a client that connects and says nothing is left")
    func silentClient() async throws {
        var limits = ConnectionLimits()
        // Long enough for the good client on a slow machine.
        limits.firstHead = .seconds(3)
        try await run(limits: limits) { configuration in
            let port = try #require(URL(string: configuration.endpoint.server)?.port)
            let connection = try #require(Self.connect(to: port))
            defer { connection.close() }
            #expect(connection.read()?.isEmpty ?? true)
            let client = try configuration.makeClient(userAgent: "test")
            _ = try await client.list(.configMaps, namespace: "default")
        }
    }

    @Test("who reads too slowly is cut off, and nobody waits for it")
    func slowReader() async throws {
        try await run(historyLimit: 4) { configuration in
            let client = try configuration.makeClient(userAgent: "test")
            let version = try await client.list(.configMaps, namespace: "default").resourceVersion
            let options = WatchOptions(resourceVersion: version, timeoutSeconds: 600)
            let slow = try await client.watch(.configMaps, namespace: "default", options: options)
            let quick = try await client.watch(.configMaps, namespace: "default", options: options)
            // More than the connection's buffers hold, and than the history does.
            let count = 24
            let text = String(repeating: "x", count: 1_000_000)
            var quickEvents = quick.makeAsyncIterator()
            for number in 0..<count {
                _ = try await client.create(.configMaps, configMap(number, text))
                // The cluster's own ConfigMap may come in between.
                var name: String?
                repeat { name = try await quickEvents.next()?.object?.name } while name?.hasPrefix("kube-") == true
                #expect(name == "slow-\(number)")
            }
            var seen = 0
            var end: KubeStatus?
            for try await event in slow {
                if case .error(let status) = event { end = status } else { seen += 1 }
            }
            #expect(end?.code == 410)
            #expect(end?.message.hasPrefix("too old resource version") == true)
            #expect(seen < count)
        }
    }

    @Test("a connection is good for more once a watch on it has ended")
    func connectionAfterWatch() async throws {
        try await run { configuration in
            // One request at a time: libcurl takes the connection that is free.
            let transport = try CurlTransport(
                endpoint: configuration.endpoint, credentials: configuration.credentials)
            for _ in 0..<20 {
                let watch = try await transport.send(
                    WireRequest(method: .get, path: "/api/v1/configmaps?watch=1&timeoutSeconds=0&resourceVersion=1"))
                #expect(watch.headers[.connection] == nil)
                _ = try await watch.body.collect()
                let answer = try await transport.send(WireRequest(method: .post, path: "/api/v1/nothing"))
                #expect(answer.status.code == 404)
                _ = try await answer.body.collect()
            }
        }
    }

    @Test("TLS before 1.2 is refused", arguments: [(UInt8(2), true), (3, false)])
    func oldTLS(minor: UInt8, isRefused: Bool) async throws {
        try await run { configuration in
            let port = try #require(URL(string: configuration.endpoint.server)?.port)
            let connection = try #require(Self.connect(to: port))
            defer { connection.close() }
            connection.write(Self.hello(minor: minor))
            let answer = try #require(connection.read())
            // A record of type 21 is an alert; its second byte 70 says `protocol_version` (RFC 5246, section 7.2).
            let isVersionAlert = answer.count >= 7 && answer[0] == 21 && answer[6] == 70
            #expect(isVersionAlert == isRefused, "\(answer.prefix(7))")
        }
    }

    /// The first message of a client that can do TLS 1.`minor - 1` at most.
    private static func hello(minor: UInt8) -> [UInt8] {
        func sized(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count >> 8), UInt8(bytes.count & 0xFF)] + bytes }
        let suites: [UInt8] = [0xC0, 0x2B, 0xC0, 0x09, 0xC0, 0x13, 0x00, 0x2F]
        let groups: [UInt8] = [0x00, 0x0A] + sized(sized([0x00, 0x17]))
        let signatures: [UInt8] = [0x00, 0x0D] + sized(sized([0x04, 0x03, 0x02, 0x03]))
        let message: [UInt8] =
            [3, minor] + [UInt8](repeating: 7, count: 32) + [0] + sized(suites) + [1, 0] + sized(groups + signatures)
        return [22, 3, 1] + sized([1, 0] + sized(message))
    }

    private static func connect(to port: Int) -> LoopbackConnection? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe Glibc.connect(descriptor, generic, length) == 0
            }
        }
        return isConnected ? LoopbackConnection(descriptor) : nil
    }
}
