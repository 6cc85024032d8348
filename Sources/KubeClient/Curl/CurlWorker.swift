import CLibcurl
import KubeWire

/// What lives on the loop's thread: the multi handle and the transfers that run on it.
@safe struct CurlWorker {
    private let multi: UnsafeMutableRawPointer
    private var active: [Int: CurlHandle] = [:]
    private let clock = ContinuousClock()

    /// Takes the multi handle over.
    init(multi: UnsafeMutableRawPointer) { unsafe self.multi = unsafe multi }

    /// Gives a transfer to libcurl.
    mutating func begin(_ transfer: Transfer) {
        guard !transfer.isEnded else { return }
        do {
            let handle = try CurlHandle(transfer)
            handle.extendDeadline(clock.now)
            let code = unsafe curlshim_multi_add(multi, handle.easy)
            guard code == CURLM_OK else {
                throw TransportError(.other, unsafe "libcurl: \(String(cString: curlshim_multi_strerror(code)))")
            }
            active[transfer.id] = handle
        } catch {
            transfer.end(error)
        }
    }

    /// Reads a connection again whose bytes the reader has taken.
    func resume(_ id: Int) {
        guard let handle = active[id] else { return }
        handle.extendDeadline(clock.now)
        unsafe curlshim_easy_pause(handle.easy, CURLPAUSE_CONT)
    }

    /// Gives a transfer up. Its connection is closed, but for HTTP/2, where only the stream is.
    mutating func abandon(_ id: Int) {
        remove(id)?.transfer.end(CancellationError())
    }

    /// Lets libcurl work, hands over what is done, ends what took too long.
    mutating func perform() {
        var running: Int32 = 0
        unsafe curlshim_multi_perform(multi, &running)
        var result = CURLE_OK
        while let easy = unsafe curlshim_next_done(multi, &result) {
            guard let id = unsafe CurlHandle.of(easy)?.transfer.id, let handle = remove(id) else { continue }
            handle.finish(result)
        }
        let now = clock.now
        for (id, handle) in active where handle.isOverdue(now) { remove(id)?.timeOut() }
    }

    /// Sleeps until the network, a command or a deadline wants something.
    func wait() {
        let now = clock.now
        var wait = Duration.seconds(60)
        for handle in active.values {
            if let deadline = handle.effectiveDeadline { wait = min(wait, max(.zero, deadline - now)) }
        }
        let (seconds, attoseconds) = wait.components
        // Rounded up, so that a deadline has passed when the thread wakes for it.
        let milliseconds = seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1
        unsafe curlshim_multi_poll(multi, Int32(milliseconds))
    }

    /// Ends everything and frees the multi handle. The worker is of no use afterwards.
    mutating func close(_ error: any Error) {
        for id in Array(active.keys) { remove(id)?.transfer.end(error) }
        unsafe curlshim_multi_cleanup(multi)
    }

    private mutating func remove(_ id: Int) -> CurlHandle? {
        guard let handle = active.removeValue(forKey: id) else { return nil }
        unsafe curlshim_multi_remove(multi, handle.easy)
        return handle
    }
}
