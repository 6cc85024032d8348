import HTTPTypes
public import KubeWire

/// The transport over the network: HTTP and HTTPS by libcurl.
///
/// One thread runs all transfers of a transport and keeps its connections for reuse. Requests speak HTTP/2 where the
/// server offers it; streams have HTTP/1.1 connections of their own. Bodies are pulled: a reader that takes its time
/// stops the connection from being read, and the server sees it. Cancelling the task that waits gives the request up
/// at once. The thread ends when the transport and the last open body are gone.
public final class CurlTransport: Transport {
    /// Where the server is.
    public let endpoint: Endpoint
    private let url: ServerURL
    private let credentials: any CredentialSource
    private let impersonation: Impersonation?
    private let admitsAddress: (@Sendable (IPAddress) -> Bool)?
    private let owner: CurlLoopOwner

    /// A transport to one server.
    /// - Parameters:
    ///   - endpoint: the server.
    ///   - credentials: who asks; asked for before each request, told when the server does not know them.
    ///   - impersonation: who to act as.
    ///   - admitsAddress: asked for each address that the server's name means before a connection to it is opened; nil
    ///     admits all. If it admits none of them, the request fails with the code `addressDenied`.
    /// - Throws: `TransportError` if the server's address is no URL, or libcurl cannot be had.
    public init(
        endpoint: Endpoint, credentials: any CredentialSource = Credentials(), impersonation: Impersonation? = nil,
        admitsAddress: (@Sendable (IPAddress) -> Bool)? = nil
    ) throws(TransportError) {
        guard let url = endpoint.url else {
            throw TransportError(
                .other, "\"\(endpoint.server)\" is not the address of a server: https://HOST:PORT is expected")
        }
        self.endpoint = endpoint
        self.url = url
        self.credentials = credentials
        self.impersonation = impersonation
        self.admitsAddress = admitsAddress
        owner = try CurlLoopOwner()
    }

    /// Sends a request; on 401 once more, if the source has other credentials by then.
    public func send(_ request: WireRequest) async throws -> WireResponse {
        let known = try await credentials.credentials()
        let response = try await send(request, as: known)
        guard response.status == .unauthorized, let renewed = try await credentials.renewed(after: known) else {
            return response
        }
        // Read to its end, so that the connection can be used again.
        _ = try? await response.body.collect(upTo: 64 << 10)
        return try await send(request, as: renewed)
    }

    private func send(_ request: WireRequest, as credentials: Credentials) async throws -> WireResponse {
        try Task.checkCancellation()
        let loop = owner.loop
        let transfer = loop.makeTransfer(
            Transfer.Request(
                wire: request, url: url, endpoint: endpoint, credentials: credentials, impersonation: impersonation,
                admitsAddress: admitsAddress))
        let head = try await withTaskCancellationHandler {
            try await transfer.head { loop.submit(.begin(transfer)) }
        } onCancel: {
            transfer.end(CancellationError())
            loop.submit(.abandon(transfer.id))
        }
        return WireResponse(
            status: HTTPResponse.Status(code: min(max(head.status, 100), 999)), headers: HTTPFields(head.headers),
            body: ResponseBody(CurlBody(stream: CurlBodyStream(transfer: transfer, owner: owner))))
    }
}

extension HTTPFields {
    /// The headers as they came; what is no legal name is left out.
    init(_ lines: [(name: String, value: String)]) {
        self.init()
        for line in lines {
            guard let name = HTTPField.Name(line.name) else { continue }
            append(HTTPField(name: name, value: line.value))
        }
    }
}
