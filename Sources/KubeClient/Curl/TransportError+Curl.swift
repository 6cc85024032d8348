import CLibcurl
import KubeWire

extension TransportError {
    /// What libcurl's result means, in one line.
    /// - Parameters:
    ///   - detail: libcurl's own words, possibly empty.
    ///   - systemError: the `errno` of the failed connection, 0 for none.
    ///   - hasAnswer: whether the response had begun.
    init(_ result: CURLcode, detail: String, systemError: Int, server: String, hasAnswer: Bool) {
        let words = unsafe detail.isEmpty ? String(cString: curlshim_easy_strerror(result)) : detail
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self.init(.unreachable, "cannot reach \(server): no such host")
        case CURLE_COULDNT_CONNECT:
            let reason = systemError == 0 ? words : SystemError(Int32(truncatingIfNeeded: systemError)).description
            self.init(.unreachable, "cannot reach \(server): \(reason)")
        case CURLE_OPERATION_TIMEDOUT:
            self.init(.timedOut, "cannot reach \(server): no connection within the time limit")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED:
            self.init(.tls, "no secure connection to \(server): \(words)")
        case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2, CURLE_HTTP2_STREAM:
            self.init(
                .connectionLost,
                hasAnswer
                    ? "the connection to \(server) broke off" : "the connection to \(server) closed without an answer")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL:
            self.init(.malformedResponse, "\(server) does not answer as an HTTP server does: \(words)")
        default:
            self.init(.other, "the request to \(server) failed: \(words)")
        }
    }
}
