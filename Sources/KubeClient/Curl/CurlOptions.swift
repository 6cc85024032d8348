import CLibcurl
import HTTPTypes
import KubeWire

/// Sets a handle's options and remembers the first that libcurl refused.
@safe struct CurlOptions {
    /// How long a server may leave what it was sent unacknowledged, in milliseconds.
    private static let longestSilence: UInt32 = 20_000

    private let easy: UnsafeMutableRawPointer
    /// The first refusal.
    private(set) var failure: TransportError?
    /// The lists set, for the owner of the handle to free after it.
    private(set) var lists: [UnsafeMutablePointer<curl_slist>?] = unsafe []

    init(easy: UnsafeMutableRawPointer) { unsafe self.easy = unsafe easy }

    mutating func set(_ option: CURLoption, _ value: Int) {
        unsafe note(curlshim_set_long(easy, option, value), option)
    }

    mutating func set(_ option: CURLoption, _ value: String?) {
        unsafe note(curlshim_set_string(easy, option, value), option)
    }

    mutating func set(_ option: CURLoption, pointer: UnsafeRawPointer) {
        unsafe note(curlshim_set_pointer(easy, option, pointer), option)
    }

    mutating func set(_ option: CURLoption, bytes: [UInt8]) {
        let code = unsafe bytes.withUnsafeBytes { unsafe curlshim_set_blob(easy, option, $0.baseAddress, $0.count) }
        note(code, option)
    }

    mutating func set(_ option: CURLoption, callback: curlshim_data_callback) {
        unsafe note(curlshim_set_callback(easy, option, callback), option)
    }

    /// Has each connection's address admitted before its socket is opened.
    mutating func setOpen(_ callback: curlshim_open_callback, context: UnsafeRawPointer) {
        unsafe note(curlshim_set_open(easy, callback, context), CURLOPT_OPENSOCKETFUNCTION)
    }

    private mutating func setBody(_ body: [UInt8]) {
        let code = unsafe body.withUnsafeBytes { bytes in
            // An empty body still needs an address: without one libcurl would ask a read callback for it.
            unsafe curlshim_set_body(easy, bytes.baseAddress ?? UnsafeRawPointer(easy), bytes.count)
        }
        note(code, CURLOPT_COPYPOSTFIELDS)
    }

    /// A list of strings, which libcurl does not copy: it lives in ``lists`` until the handle goes.
    private mutating func set(_ option: CURLoption, list entries: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for entry in entries {
            guard let longer = unsafe curlshim_list_append(list, entry) else { break }
            unsafe list = longer
        }
        unsafe lists.append(list)
        unsafe note(curlshim_set_list(easy, option, list), option)
    }

    private mutating func note(_ code: CURLcode, _ option: CURLoption) {
        guard code != CURLE_OK, failure == nil else { return }
        let reason = unsafe String(cString: curlshim_easy_strerror(code))
        failure = TransportError(.other, "libcurl refuses its option \(option.rawValue): \(reason)")
    }
}

/// Where to, and how the connection is made.
extension CurlOptions {
    mutating func setEndpoint(_ request: Transfer.Request) {
        let endpoint = request.endpoint
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 20)
        set(CURLOPT_TCP_KEEPINTVL, 10)
        // Keep-alive says nothing while something is unacknowledged: a connection to a server that has vanished would be
        // used for a quarter of an hour, by each request anew.
        unsafe note(curlshim_set_silence(easy, Self.longestSilence), CURLOPT_SOCKOPTFUNCTION)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(endpoint.connectTimeout / .milliseconds(1)))
        // A stream has a connection of its own: over HTTP/2 a reader that pauses would hold up the connection's other
        // streams as soon as what was sent already fills libcurl's buffers.
        set(CURLOPT_HTTP_VERSION, Int(request.wire.isStream ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS))
        if let proxy = endpoint.proxy { set(CURLOPT_PROXY, proxy) }
        setTrust(endpoint)
    }

    private mutating func setTrust(_ endpoint: Endpoint) {
        if endpoint.skipsTLSVerification {
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        } else if let authority = endpoint.certificateAuthority {
            // This authority alone, not the system's beside it.
            set(CURLOPT_CAINFO, nil)
            set(CURLOPT_CAPATH, nil)
            set(CURLOPT_CAINFO_BLOB, bytes: authority)
        }
    }

    /// The URL. Another name for TLS becomes the URL's host, since that is the one that libcurl asks the certificate
    /// for; connection and `Host` header stay with the server.
    mutating func setAddress(_ request: Transfer.Request) {
        let url = request.url
        guard let name = request.endpoint.tlsServerName, !name.isEmpty else {
            set(CURLOPT_URL, "\(url)\(request.wire.path)")
            return
        }
        set(CURLOPT_URL, "\(url.scheme)://\(name):\(url.port)\(url.path)\(request.wire.path)")
        set(CURLOPT_CONNECT_TO, list: ["\(name):\(url.port):\(url.host):\(url.port)"])
    }
}

/// What is asked, and by whom.
extension CurlOptions {
    mutating func setRequest(_ request: Transfer.Request) {
        let wire = request.wire
        switch wire.method {
        case .get where wire.body.isEmpty: set(CURLOPT_HTTPGET, 1)
        case .head: set(CURLOPT_NOBODY, 1)
        case .delete where wire.body.isEmpty: set(CURLOPT_CUSTOMREQUEST, wire.method.rawValue)
        default:
            setBody(wire.body)
            set(CURLOPT_CUSTOMREQUEST, wire.method.rawValue)
        }
        // What curl tool users like to have sent is not wanted here: no waiting for 100, no form as a default.
        var lines = ["Expect:"]
        if wire.headers[.contentType] == nil { lines.append("Content-Type:") }
        if request.endpoint.tlsServerName?.isEmpty == false { lines.append("Host: \(request.url.authority)") }
        for field in wire.headers where field.name != .acceptEncoding { lines.append("\(field.name): \(field.value)") }
        if let authorization = request.credentials.authorization { lines.append("Authorization: \(authorization)") }
        if let impersonation = request.impersonation { lines += Self.lines(impersonation) }
        guard !lines.contains(where: { $0.utf8.contains { $0 < 0x20 || $0 == 0x7F } }) else {
            failure = failure ?? TransportError(.other, "a header of the request contains control characters")
            return
        }
        set(CURLOPT_HTTPHEADER, list: lines)
        // Not for streams: whoever packs them may hold back what is to be seen at once.
        if !wire.isStream { set(CURLOPT_ACCEPT_ENCODING, "gzip") }
    }

    private static func lines(_ impersonation: Impersonation) -> [String] {
        var lines = ["Impersonate-User: \(impersonation.user)"]
        lines += impersonation.groups.map { "Impersonate-Group: \($0)" }
        if let uid = impersonation.uid { lines.append("Impersonate-Uid: \(uid)") }
        for (key, values) in impersonation.extra.sorted(by: { $0.key < $1.key }) {
            lines += values.map { "Impersonate-Extra-\(PercentEncoding.encode(key)): \($0)" }
        }
        return lines
    }

    mutating func setCredentials(_ credentials: Credentials) {
        guard let certificate = credentials.clientCertificate, let key = credentials.clientKey else { return }
        set(CURLOPT_SSLCERTTYPE, "PEM")
        set(CURLOPT_SSLKEYTYPE, "PEM")
        set(CURLOPT_SSLCERT_BLOB, bytes: certificate)
        set(CURLOPT_SSLKEY_BLOB, bytes: key)
    }
}
