import HTTPTypes
import KubeClient
import KubeWire
import Testing

/// What a transport says when no answer comes.
@Suite(.timeLimit(.minutes(5)))
struct CurlFailureTests {
    private func failure(
        _ endpoint: Endpoint, timeout: Duration? = nil, credentials: Credentials = Credentials(), isStream: Bool = false
    ) async -> TransportError? {
        do {
            let response = try await CurlTransport(endpoint: endpoint, credentials: credentials).send(
                WireRequest(method: .get, path: "/", timeout: timeout, isStream: isStream))
            _ = try await response.body.collect()
            return nil
        } catch { return error as? TransportError }
    }

    private static func freePort() throws -> Int {
        let server = try LoopbackServer { _ in }
        return server.port
    }

    @Test func aRefusedConnectionIsNamed() async throws {
        let port = try Self.freePort()
        let error = await failure(Endpoint(server: "https://127.0.0.1:\(port)"))
        #expect(error?.code == .unreachable)
        #expect(error?.message == "cannot reach https://127.0.0.1:\(port): connection refused")
    }

    @Test func anUnknownHostIsNamed() async {
        let error = await failure(Endpoint(server: "https://nowhere.invalid:6443"))
        #expect(error?.code == .unreachable)
        #expect(error?.message == "cannot reach https://nowhere.invalid:6443: no such host")
    }

    @Test(arguments: ["", "ftp://a", "https://", "https://a:b", "https://a:99999", "https://user@a"])
    func anAddressThatIsNoneIsRefused(_ server: String) async {
        #expect(throws: TransportError.self) { try CurlTransport(endpoint: Endpoint(server: server)) }
    }

    @Test func anAddressThatIsNotAdmittedIsNotConnectedTo() async throws {
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer("204 No Content")
        }
        let request = WireRequest(method: .get, path: "/", timeout: .seconds(10))
        let endpoint = Endpoint(server: "http://localhost:\(server.port)", proxy: "")
        let loopback = ["127.0.0.1", "::1"].compactMap(IPAddress.init)
        let closed = try CurlTransport(endpoint: endpoint) { !loopback.contains($0) }
        let error = await #expect(throws: TransportError.self) { try await closed.send(request) }
        #expect(error?.code == .addressDenied)
        #expect(server.connectionCount == 0)
        let open = try CurlTransport(endpoint: endpoint) { loopback.contains($0) }
        #expect(try await open.send(request).status == .noContent)
    }

    @Test(arguments: ["127.0.0.1", "::1", "2001:db8::ff", "255.255.255.255"])
    func anAddressIsReadAsItIsWritten(_ text: String) {
        #expect(IPAddress(text)?.description == text)
    }

    @Test func silenceBeforeTheHeadEndsTheRequest() async throws {
        let server = try LoopbackServer { connection in while connection.read() != nil {} }
        let error = await failure(Endpoint(server: server.url), timeout: .milliseconds(100))
        #expect(error?.code == .timedOut)
        #expect(error?.message == "\(server.url) did not answer within 0.1 seconds")
    }

    @Test func silenceInABodyEndsTheRequest() async throws {
        let server = try LoopbackServer { connection in
            connection.beginChunks()
            while connection.read() != nil {}
        }
        #expect(await failure(Endpoint(server: server.url), timeout: .milliseconds(100))?.code == .timedOut)
    }

    @Test func aStreamMayBeSilent() async throws {
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.beginChunks()
            Event.delay(.milliseconds(300))
            connection.chunk([1])
            connection.endChunks()
        }
        #expect(await failure(Endpoint(server: server.url), timeout: .milliseconds(100), isStream: true) == nil)
    }

    @Test func aBodyThatBreaksOffIsLost() async throws {
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        }
        let error = await failure(Endpoint(server: server.url))
        #expect(error?.code == .connectionLost)
        #expect(error?.message == "the connection to \(server.url) broke off")
    }

    @Test func noAnswerIsLost() async throws {
        let server = try LoopbackServer { connection in _ = connection.readRequest() }
        #expect(await failure(Endpoint(server: server.url))?.code == .connectionLost)
    }

    @Test func plainTextInsteadOfTLSIsSaid() async throws {
        let server = try LoopbackServer { connection in
            _ = connection.read()
            connection.answer("400 Bad Request", body: "speak TLS")
        }
        let error = await failure(Endpoint(server: "https://127.0.0.1:\(server.port)"))
        #expect(error?.code == .tls)
        #expect(error?.message.hasPrefix("no secure connection to https://127.0.0.1:\(server.port): ") == true)
    }

    @Test func controlCharactersNeverReachAHeader() async throws {
        let server = try LoopbackServer { connection in connection.answer() }
        let error = await failure(
            Endpoint(server: server.url), credentials: Credentials(authorization: "Bearer a\r\nX-Evil: 1"))
        #expect(error?.message == "a header of the request contains control characters")
        #expect(server.connectionCount == 0)
    }
}

extension Event {
    /// Lets a server's thread be silent for a while.
    static func delay(_ time: Duration) {
        let event = Event()
        _ = event.block(atMost: time)
    }
}
