import KubeWire

/// Where a transport gets the credentials of each request from.
public protocol CredentialSource: Sendable {
    /// The credentials to use now.
    /// - Throws: `TransportError` with the code `credentials` when there are none to be had.
    func credentials() async throws -> Credentials

    /// Asked after a server did not accept credentials (401): others, or nil if there are none.
    func renewed(after refused: Credentials) async throws -> Credentials?
}

/// Credentials that never change are a source of themselves.
extension Credentials: CredentialSource {
    /// These.
    public func credentials() async throws -> Credentials { self }

    /// None: these are all there are.
    public func renewed(after refused: Credentials) async throws -> Credentials? { nil }
}
