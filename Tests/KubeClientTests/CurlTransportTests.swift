import HTTPTypes
import KubeClient
import KubeWire
import Testing

/// The transport against a server whose every byte is scripted.
@Suite(.timeLimit(.minutes(5)))
struct CurlTransportTests {
    private func transport(_ server: LoopbackServer) throws -> CurlTransport {
        try CurlTransport(endpoint: Endpoint(server: server.url))
    }

    private func get(_ path: String = "/", timeout: Duration? = nil, isStream: Bool = false) -> WireRequest {
        WireRequest(method: .get, path: path, timeout: timeout, isStream: isStream)
    }

    @Test func headAndBodyArriveAsSent() async throws {
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.answer("404 Not Found", headers: ["X-Two: a", "X-Two: b"], body: "nothing")
        }
        let response = try await transport(server).send(get())
        #expect(response.status.code == 404)
        #expect(HTTPField.Name("X-Two").map { response.headers[values: $0] } == ["a", "b"])
        #expect(try await String(decoding: response.body.collect(), as: UTF8.self) == "nothing")
    }

    @Test(arguments: [HTTPRequest.Method.post, .put, .patch, .delete])
    func theRequestArrivesAsMade(_ method: HTTPRequest.Method) async throws {
        let server = try LoopbackServer { connection in
            guard let request = connection.readRequest() else { return }
            connection.answer(body: "\(request.head)\n\n\(request.body)")
        }
        let response = try await transport(server).send(
            WireRequest(
                method: method, path: "/api/v1/pods?a=b%20c",
                headers: [.contentType: "application/json", .accept: "application/json"], body: Array("{\"a\":1}".utf8))
        )
        let echo = try await String(decoding: response.body.collect(), as: UTF8.self)
        #expect(echo.hasPrefix("\(method.rawValue) /api/v1/pods?a=b%20c HTTP/1.1\r\n"))
        #expect(echo.hasSuffix("\n\n{\"a\":1}"))
        #expect(echo.lowercased().contains("\r\ncontent-type: application/json\r\n"))
        #expect(!echo.lowercased().contains("expect:"))
    }

    @Test func aConnectionIsUsedAgain() async throws {
        let server = try LoopbackServer { connection in
            while connection.readRequest() != nil { connection.answer(body: "ok") }
        }
        let transport = try transport(server)
        for _ in 0..<5 { _ = try await transport.send(get()).body.collect() }
        #expect(server.connectionCount == 1)
    }

    @Test func interimAnswersAreSkipped() async throws {
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
            connection.answer("201 Created", body: "{}")
        }
        #expect(try await transport(server).send(get()).status.code == 201)
    }

    @Test func aStreamArrivesWhileItIsWritten() async throws {
        let taken = Event()
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.beginChunks()
            connection.chunk(Array("one".utf8))
            // The second part is written only when the first was seen.
            taken.block()
            connection.chunk(Array("two".utf8))
            connection.endChunks()
        }
        var body = try await transport(server).send(get(isStream: true)).body.makeAsyncIterator()
        #expect(try await body.next() == Array("one".utf8))
        taken.happen()
        #expect(try await body.next() == Array("two".utf8))
        #expect(try await body.next() == nil)
    }

    @Test func aSlowReaderStopsTheSender() async throws {
        let total = 64 << 20
        let connections = Slot<LoopbackConnection>()
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connections.put(connection)
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(total)\r\n\r\n")
            connection.write([UInt8](repeating: 7, count: total))
        }
        let response = try await transport(server).send(get())
        let connection = await connections.take()
        // Nobody reads: what the sender can get rid of is bounded by buffers, ours and the system's.
        var last = -1
        while connection.sentCount != last {
            last = connection.sentCount
            try await Task.sleep(for: .milliseconds(200))
        }
        #expect(last < total / 2)
        var count = 0
        for try await chunk in response.body { count += chunk.count }
        #expect(count == total)
    }

    @Test func cancellingTheWaitForTheHeadClosesTheConnection() async throws {
        let arrived = Event()
        let closed = Event()
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            arrived.happen()
            if connection.read() == nil { closed.happen() }
        }
        let transport = try transport(server)
        let request = get()
        let task = Task { try await transport.send(request) }
        await arrived.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await closed.wait()
    }

    @Test func cancellingAReaderClosesTheConnection() async throws {
        let closed = Event()
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.beginChunks()
            if connection.read() == nil { closed.happen() }
        }
        let response = try await transport(server).send(get(isStream: true))
        let task = Task { try await response.body.collect() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await closed.wait()
    }

    @Test func droppingABodyClosesTheConnection() async throws {
        let closed = Event()
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.beginChunks()
            if connection.read() == nil { closed.happen() }
        }
        let transport = try transport(server)
        _ = try await transport.send(get(isStream: true))
        await closed.wait()
    }

    @Test func aBodyOutlivesItsTransport() async throws {
        let server = try LoopbackServer { connection in
            guard connection.readRequest() != nil else { return }
            connection.beginChunks()
            connection.chunk([1, 2, 3])
            connection.endChunks()
        }
        let body = try await transport(server).send(get()).body
        #expect(try await body.collect() == [1, 2, 3])
    }

    @Test func aCancelledTaskSendsNothing() async throws {
        let server = try LoopbackServer { connection in connection.answer() }
        let transport = try transport(server)
        let request = get()
        let task = Task {
            unsafe withUnsafeCurrentTask { task in unsafe task?.cancel() }
            return try await transport.send(request)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(server.connectionCount == 0)
    }
}
