import Dispatch
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Tries whether something listens on a port and how it answers, as a kubelet does and in its words.
enum NetworkProbe {
    /// A page that is asked for.
    struct Request: Sendable, Hashable {
        var host: String
        var port: Int
        var path: String
        /// Lines `Name: value`.
        var headers: [String] = []

        fileprivate var url: String { "http://\(host):\(port)\(path)" }

        fileprivate var bytes: [UInt8] {
            var lines = ["GET \(path) HTTP/1.1"]
            let names = Set(headers.map { $0.prefix { $0 != ":" }.lowercased() })
            if !names.contains("host") { lines.append("Host: \(host):\(port)") }
            if !names.contains("user-agent") { lines.append("User-Agent: kube-probe/1.36") }
            if !names.contains("accept") { lines.append("Accept: */*") }
            return Array((lines + headers + ["Connection: close", "", ""]).joined(separator: "\r\n").utf8)
        }
    }

    /// Why a connection did not come about or was not answered.
    private enum Failure: Error {
        case system(String, Errno)
        case timeout
        case unknownHost
    }

    private static let queue = DispatchQueue(label: "network-probes", attributes: .concurrent)

    /// Opens a connection and closes it; nil if that succeeds.
    static func connect(host: String, port: Int, within timeout: Duration) async -> String? {
        await onQueue {
            do throws(Failure) {
                _ = try Connection(host: host, port: port, deadline: .now + timeout)
                return nil
            } catch {
                return dialFailure(error, host, port) ?? "dial tcp \(host):\(port): i/o timeout"
            }
        }
    }

    /// Asks for a page; nil if the answer's status is one of success.
    static func get(_ request: Request, within timeout: Duration) async -> String? {
        await onQueue {
            do throws(Failure) {
                let connection = try Connection(host: request.host, port: request.port, deadline: .now + timeout)
                try connection.write(request.bytes)
                let line = try connection.readLine()
                let parts = line.split(separator: " ")
                guard parts.count > 1, parts[0].hasPrefix("HTTP/"), let status = Int(parts[1]) else {
                    return "Get \"\(request.url)\": malformed HTTP response \"\(line)\""
                }
                return (200..<400).contains(status) ? nil : "HTTP probe failed with statuscode: \(status)"
            } catch {
                let reason =
                    dialFailure(error, request.host, request.port)
                    ?? "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
                return "Get \"\(request.url)\": \(reason)"
            }
        }
    }

    private static func onQueue(_ work: @escaping @Sendable () -> String?) async -> String? {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }

    /// A failure as Go's `net` package tells it; nil for a timeout.
    private static func dialFailure(_ failure: Failure, _ host: String, _ port: Int) -> String? {
        switch failure {
        case .timeout: nil
        case .unknownHost: "dial tcp: lookup \(host): no such host"
        case .system("connect", let error):
            "dial tcp \(host):\(port): connect: \(error.description.lowercased())"
        case .system(let call, let error): "\(call) tcp \(host):\(port): \(error.description.lowercased())"
        }
    }

    /// A TCP connection that gives up at its deadline.
    private final class Connection {
        private let descriptor: FileDescriptor
        private let deadline: ContinuousClock.Instant

        init(host: String, port: Int, deadline: ContinuousClock.Instant) throws(Failure) {
            self.deadline = deadline
            guard let address = Self.address(of: host, port: port) else { throw .unknownHost }
            let number = socket(
                AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard number >= 0 else { throw .system("socket", Errno(rawValue: errno)) }
            descriptor = FileDescriptor(rawValue: number)
            guard !Self.connect(number, address) else { return }
            guard errno == EINPROGRESS else { throw .system("connect", Errno(rawValue: errno)) }
            try wait(for: Int16(POLLOUT))
            var code: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            unsafe getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size)
            guard code == 0 else { throw .system("connect", Errno(rawValue: code)) }
        }

        deinit { try? descriptor.close() }

        func write(_ bytes: [UInt8]) throws(Failure) {
            var rest = bytes[...]
            while !rest.isEmpty {
                try wait(for: Int16(POLLOUT))
                let count = send(rest)
                guard count > 0 else { throw .system("write", Errno(rawValue: errno)) }
                rest = rest.dropFirst(count)
            }
        }

        /// The first line of the answer.
        func readLine() throws(Failure) -> String {
            var line: [UInt8] = []
            while line.count < 4096, line.last != UInt8(ascii: "\n") {
                try wait(for: Int16(POLLIN))
                guard let byte = readByte() else { break }
                line.append(byte)
            }
            return String(decoding: line.filter { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }

        private func send(_ bytes: ArraySlice<UInt8>) -> Int {
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.send(descriptor.rawValue, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
            }
        }

        private func readByte() -> UInt8? {
            var byte: UInt8 = 0
            return unsafe recv(descriptor.rawValue, &byte, 1, 0) == 1 ? byte : nil
        }

        private func wait(for events: Int16) throws(Failure) {
            let left = (deadline - .now) / Duration.milliseconds(1)
            guard left > 0 else { throw .timeout }
            var entry = pollfd(fd: descriptor.rawValue, events: events, revents: 0)
            guard unsafe poll(&entry, 1, Int32(min(left.rounded(.up), 3_600_000))) > 0 else { throw .timeout }
        }

        private static func connect(_ number: Int32, _ address: sockaddr_in) -> Bool {
            var address = address
            return unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                    unsafe Glibc.connect(number, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
                }
            }
        }

        private static func address(of host: String, port: Int) -> sockaddr_in? {
            guard let port = UInt16(exactly: port) else { return nil }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            guard unsafe inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else {
                return nil
            }
            return address
        }
    }
}
