import CLibcurl
import KubeWire
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The one thread that runs libcurl for a transport: all its transfers, connections and TLS sessions.
///
/// Tasks leave commands in a queue and wake the thread; the thread alone touches libcurl's handles, but for
/// `curl_multi_wakeup`, which is made for other threads and is called under the queue's lock while the handle lives.
final class CurlLoop: Sendable {
    enum Command: Sendable {
        case begin(Transfer)
        /// The reader has taken what waited for it.
        case resume(Int)
        /// Nobody wants the rest.
        case abandon(Int)
        case stop
    }

    @safe private struct Shared {
        var commands: [Command] = []
        var nextID = 0
        /// libcurl's multi handle while the thread runs.
        var multi: UnsafeMutableRawPointer?
    }

    private let shared = Mutex(Shared())

    /// Starts the thread. It ends after `stop`.
    init() throws(TransportError) {
        if let failure = unsafe curlshim_load() {
            throw TransportError(.other, unsafe "libcurl cannot be used: \(String(cString: failure))")
        }
        guard let multi = unsafe curlshim_multi_init() else {
            throw TransportError(.other, "libcurl has no memory for a handle")
        }
        let address = UInt(bitPattern: multi)
        shared.withLock { unsafe $0.multi = UnsafeMutableRawPointer(bitPattern: address) }
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { unsafe pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(self)
        let code = unsafe pthread_create(
            &thread, &attributes,
            { context in
                guard let context = unsafe context else { return nil }
                let loop = unsafe Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue()
                loop.run()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            unsafe context.release()
            _ = unsafe curlshim_multi_cleanup(multi)
            throw TransportError(.other, "no thread can be started for the network: error \(code)")
        }
    }

    /// A transfer that the loop has not seen yet.
    func makeTransfer(_ request: Transfer.Request) -> Transfer {
        let id = shared.withLock { shared in
            shared.nextID += 1
            return shared.nextID
        }
        return Transfer(id: id, request: request)
    }

    /// Leaves a command and wakes the thread. Without effect once the loop has stopped.
    func submit(_ command: Command) {
        let hasStopped = shared.withLock { shared in
            guard let multi = unsafe shared.multi else { return true }
            // Who left the first command has woken the thread, which takes them all.
            if shared.commands.isEmpty { unsafe curlshim_multi_wakeup(multi) }
            shared.commands.append(command)
            return false
        }
        // Outside of the lock: this wakes a task, which locks it, and a task that is cancelled comes here while it is.
        if hasStopped, case .begin(let transfer) = command { transfer.end(Self.stopped) }
    }

    private static var stopped: TransportError { TransportError(.other, "the transport was shut down") }

    /// Leaves all signals to the program's other threads; above all SIGPIPE, which a write to a closed TLS connection
    /// would send to this one and which would end the program.
    private static func blockSignals() {
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
    }

    private func run() {
        Self.blockSignals()
        guard let multi = unsafe shared.withLock({ unsafe $0.multi }) else { return }
        var worker = unsafe CurlWorker(multi: multi)
        var isStopping = false
        while !isStopping {
            for command in takeCommands() {
                switch command {
                case .begin(let transfer): worker.begin(transfer)
                case .resume(let id): worker.resume(id)
                case .abandon(let id): worker.abandon(id)
                case .stop: isStopping = true
                }
            }
            worker.perform()
            if !isStopping { worker.wait() }
        }
        // From here on nobody wakes the handle.
        shared.withLock { unsafe $0.multi = nil }
        for case .begin(let transfer) in takeCommands() { transfer.end(Self.stopped) }
        worker.close(Self.stopped)
    }

    private func takeCommands() -> [Command] {
        shared.withLock { shared in
            defer { shared.commands = [] }
            return shared.commands
        }
    }
}

/// Keeps a loop's thread running: the thread ends when the last owner is gone, the transport and every open body.
final class CurlLoopOwner: Sendable {
    let loop: CurlLoop

    init() throws(TransportError) { loop = try CurlLoop() }

    deinit { loop.submit(.stop) }
}
