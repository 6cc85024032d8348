import CLibcurl
import KubeWire

/// One easy handle of libcurl with what its callbacks need. Used by the loop's thread only.
@safe final class CurlHandle {
    let easy: UnsafeMutableRawPointer
    let transfer: Transfer
    private var lists: [UnsafeMutablePointer<curl_slist>?] = unsafe []
    private let errorText: UnsafeMutablePointer<CChar>
    private var head = ResponseHeadParser()
    private var isHeadDone = false
    private var deadline: ContinuousClock.Instant?
    /// The addresses that were not admitted, and whether another one was.
    private var denied: [IPAddress] = []
    private var hasAdmitted = false

    /// A handle set up for the transfer's request.
    init(_ transfer: Transfer) throws(TransportError) {
        guard let easy = unsafe curlshim_easy_init() else { throw TransportError(.other, "libcurl gives no handle") }
        unsafe self.easy = unsafe easy
        self.transfer = transfer
        unsafe errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try configure()
    }

    deinit {
        unsafe curlshim_easy_cleanup(easy)
        unsafe lists.forEach { unsafe curlshim_list_free($0) }
        unsafe errorText.deallocate()
    }

    /// The object behind an easy handle.
    static func of(_ easy: UnsafeMutableRawPointer) -> CurlHandle? {
        guard let context = unsafe curlshim_get_private(easy) else { return nil }
        return unsafe Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
    }

    private func configure() throws(TransportError) {
        // The handle outlives its callbacks: they are called while it is in the worker's table only.
        let context = UnsafeRawPointer(unsafe Unmanaged.passUnretained(self).toOpaque())
        var options = unsafe CurlOptions(easy: easy)
        unsafe options.set(CURLOPT_PRIVATE, pointer: context)
        unsafe options.set(CURLOPT_ERRORBUFFER, pointer: errorText)
        unsafe options.set(CURLOPT_WRITEDATA, pointer: context)
        unsafe options.set(CURLOPT_HEADERDATA, pointer: context)
        unsafe options.set(
            CURLOPT_WRITEFUNCTION,
            callback: { bytes, size, count, context in
                guard let handle = unsafe CurlHandle.from(context), let bytes = unsafe bytes else { return 0 }
                return unsafe handle.received(body: UnsafeRawBufferPointer(start: bytes, count: size * count))
            })
        unsafe options.set(
            CURLOPT_HEADERFUNCTION,
            callback: { bytes, size, count, context in
                guard let handle = unsafe CurlHandle.from(context), let bytes = unsafe bytes else { return 0 }
                return unsafe handle.received(header: UnsafeRawBufferPointer(start: bytes, count: size * count))
            })
        if transfer.request.admitsAddress != nil {
            unsafe options.setOpen(
                { context, _, address in
                    unsafe curlshim_open_socket(
                        address,
                        { context, bytes, count in
                            guard let handle = unsafe CurlHandle.from(context) else { return false }
                            return unsafe handle.admits(UnsafeRawBufferPointer(start: bytes, count: count))
                        }, context)
                }, context: context)
        }
        options.setEndpoint(transfer.request)
        options.setAddress(transfer.request)
        options.setCredentials(transfer.request.credentials)
        options.setRequest(transfer.request)
        unsafe lists = unsafe options.lists
        if let failure = options.failure { throw failure }
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlHandle? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<CurlHandle>.fromOpaque(context).takeUnretainedValue()
    }
}

/// What libcurl brings.
extension CurlHandle {
    private func received(header line: UnsafeRawBufferPointer) -> Int {
        // Behind the body come trailers, which nobody here reads.
        if !isHeadDone, let head = unsafe head.append(String(decoding: line, as: UTF8.self)) {
            isHeadDone = true
            extendDeadline(ContinuousClock.now)
            transfer.arrived(head: head)
        }
        return line.count
    }

    private func received(body bytes: UnsafeRawBufferPointer) -> Int {
        guard unsafe transfer.arrived(bytes: bytes) else { return curlshim_write_pause }
        extendDeadline(ContinuousClock.now)
        return bytes.count
    }

    private func admits(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let address = unsafe IPAddress(bytes: Array(bytes)) else { return false }
        let isAdmitted = transfer.request.admitsAddress?(address) ?? true
        if isAdmitted { hasAdmitted = true } else { denied.append(address) }
        return isAdmitted
    }

    /// Ends the transfer as libcurl says it ended.
    func finish(_ result: CURLcode) {
        guard result != CURLE_OK else {
            transfer.end(nil)
            return
        }
        if let address = denied.first, !hasAdmitted {
            transfer.end(
                TransportError(
                    .addressDenied, "\(transfer.request.url) has the address \(address), which is not allowed"))
            return
        }
        let detail = unsafe String(cString: errorText)
        let systemError = unsafe curlshim_get_long(easy, CURLINFO_OS_ERRNO)
        transfer.end(
            TransportError(
                result, detail: detail, systemError: systemError, server: String(describing: transfer.request.url),
                hasAnswer: isHeadDone))
    }
}

/// Time limits.
extension CurlHandle {
    /// Something happened: silence begins anew. A stream may be silent once its head is there.
    func extendDeadline(_ now: ContinuousClock.Instant) {
        let wire = transfer.request.wire
        deadline = isHeadDone && wire.isStream ? nil : wire.timeout.map { now + $0 }
    }

    /// When the silence is too long; nil while it is the reader that lets the server wait.
    var effectiveDeadline: ContinuousClock.Instant? { transfer.isPaused ? nil : deadline }

    /// Whether the silence is too long.
    func isOverdue(_ now: ContinuousClock.Instant) -> Bool { effectiveDeadline.map { $0 <= now } ?? false }

    /// Ends the transfer because of its time limit.
    func timeOut() {
        let server = transfer.request.url
        let limit = transfer.request.wire.timeout.map { " within \($0)" } ?? ""
        let what = isHeadDone ? "\(server) stopped sending: nothing came" : "\(server) did not answer"
        transfer.end(TransportError(.timedOut, what + limit))
    }
}
