import Dispatch
import Testing

@testable import FakeCluster

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a kubelet says of servers that answer, do not, or are not there.
@Suite(.timeLimit(.minutes(5)))
struct NetworkProbeTests {
    /// Listens on a port of this machine and gives every caller the same answer; none waits for ever.
    private final class Listener: Sendable {
        let port: Int
        private let isAnswering: Bool
        private let descriptor: Int32

        init(answer: String?) throws {
            let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    _ = unsafe bind(listening, generic, size)
                    _ = unsafe getsockname(listening, generic, &size)
                }
            }
            try #require(listen(listening, 8) == 0)
            descriptor = listening
            port = Int(UInt16(bigEndian: address.sin_port))
            isAnswering = answer != nil
            guard let answer else { return }
            Thread.detach {
                while true {
                    let caller = accept(listening, nil, nil)
                    guard caller >= 0 else { break }
                    var byte: UInt8 = 0
                    _ = unsafe recv(caller, &byte, 1, 0)
                    let bytes = Array(answer.utf8)
                    _ = unsafe send(caller, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                    shutdown(caller, Int32(SHUT_WR))
                    while unsafe recv(caller, &byte, 1, 0) > 0 {}
                    close(caller)
                }
                // Only here: the number of a descriptor that is closed belongs to whoever opens the next.
                close(listening)
            }
        }

        deinit {
            shutdown(descriptor, Int32(SHUT_RDWR))
            if !isAnswering { close(descriptor) }
        }
    }

    private enum Thread {
        static func detach(_ work: @escaping @Sendable () -> Void) {
            DispatchQueue(label: "listener").async(execute: work)
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\n\r\n", nil), ("HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", nil),
        ("HTTP/1.1 500 Oh\r\n\r\n", "HTTP probe failed with statuscode: 500"),
    ])
    func aPageIsJudgedByItsStatus(_ answer: String, _ failure: String?) async throws {
        let listener = try Listener(answer: answer)
        let request = NetworkProbe.Request(host: "127.0.0.1", port: listener.port, path: "/healthz")
        #expect(await NetworkProbe.get(request, within: .seconds(20)) == failure)
        withExtendedLifetime(listener) {}
    }

    @Test func aServerThatSaysNothingIsGivenUp() async throws {
        let listener = try Listener(answer: nil)
        let request = NetworkProbe.Request(host: "127.0.0.1", port: listener.port, path: "/")
        #expect(
            await NetworkProbe.get(request, within: .milliseconds(20))
                == "Get \"http://127.0.0.1:\(listener.port)/\": context deadline exceeded "
                + "(Client.Timeout exceeded while awaiting headers)")
        #expect(await NetworkProbe.connect(host: "127.0.0.1", port: listener.port, within: .seconds(20)) == nil)
    }

    @Test func whatIsNotThereIsToldInTheUsualWords() async throws {
        // Port 1 is nobody's.
        #expect(
            await NetworkProbe.connect(host: "127.0.0.1", port: 1, within: .seconds(20))
                == "dial tcp 127.0.0.1:1: connect: connection refused")
        #expect(
            await NetworkProbe.get(.init(host: "127.0.0.1", port: 1, path: "/x"), within: .seconds(20))
                == "Get \"http://127.0.0.1:1/x\": dial tcp 127.0.0.1:1: connect: connection refused")
    }
}
