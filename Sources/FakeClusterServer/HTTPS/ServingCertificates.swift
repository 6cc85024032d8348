import Crypto
import Foundation
import SwiftASN1
import X509

/// The certificate authority of a cluster and the certificate that its server shows.
///
/// The authority is kept in the data directory, so that a kubeconfig written once stays good; the server's certificate
/// is made anew at every start, for the address it listens on.
package struct ServingCertificates: Sendable {
    /// The authority's certificate, PEM: what clients trust.
    package let authorityPEM: String
    /// The server's certificate, PEM.
    package let certificatePEM: String
    /// The server's private key, PEM.
    package let privateKeyPEM: String

    private static let day: TimeInterval = 86_400

    /// Takes the authority from a directory, makes one there if there is none, and issues a certificate for a host.
    /// - Throws: ``SessionError`` if the files can neither be read nor written.
    package init(directory: String, host: String) throws {
        let authority = try Authority(directory: directory)
        let key = P256.Signing.PrivateKey()
        let now = Date()
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-Self.day), notValidAfter: now.addingTimeInterval(365 * Self.day),
            issuer: authority.certificate.subject,
            subject: try DistinguishedName { CommonName("kube-apiserver") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(Self.names(of: host))
            },
            issuerPrivateKey: authority.key)
        authorityPEM = try authority.certificate.serializeAsPEM().pemString + "\n"
        certificatePEM = try certificate.serializeAsPEM().pemString + "\n"
        privateKeyPEM = key.pemRepresentation
    }

    /// The names that a client may call the server by: those of any API server, loopback, and the host it listens on.
    private static func names(of host: String) -> [GeneralName] {
        var names: [GeneralName] = [
            .dnsName("localhost"), .dnsName("kubernetes"), .dnsName("kubernetes.default"),
            .dnsName("kubernetes.default.svc"), .dnsName("kubernetes.default.svc.cluster.local"),
        ]
        var addresses = ["127.0.0.1", "::1"]
        if let address = IPAddress(host) {
            if !addresses.contains(host) { addresses.append(address.text) }
        } else if host != "localhost" {
            names.append(.dnsName(host))
        }
        return names
            + addresses.compactMap { IPAddress($0) }.map { .ipAddress(ASN1OctetString(contentBytes: $0.bytes[...])) }
    }
}

/// A certificate authority: its certificate and its key.
private struct Authority {
    let certificate: Certificate
    let key: Certificate.PrivateKey

    init(directory: String) throws {
        let certificatePath = directory + "/ca.crt"
        let keyPath = directory + "/ca.key"
        if FileManager.default.fileExists(atPath: certificatePath) || FileManager.default.fileExists(atPath: keyPath) {
            do {
                certificate = try Certificate(pemEncoded: String(contentsOfFile: certificatePath, encoding: .utf8))
                key = try Certificate.PrivateKey(pemEncoded: String(contentsOfFile: keyPath, encoding: .utf8))
            } catch {
                throw SessionError(
                    "cannot read the certificate authority \(certificatePath) with its key ca.key (\(error)); "
                        + "delete both files to have a new one made")
            }
            return
        }
        (certificate, key) = try Self.make()
        try PrivateFile.write(try key.serializeAsPEM().pemString + "\n", to: keyPath)
        try PrivateFile.write(try certificate.serializeAsPEM().pemString + "\n", to: certificatePath)
    }

    private static func make() throws -> (Certificate, Certificate.PrivateKey) {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name = try DistinguishedName { CommonName("fake-cluster") }
        let now = Date()
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey,
            notValidBefore: now.addingTimeInterval(-86_400), notValidAfter: now.addingTimeInterval(3650 * 86_400),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
                SubjectKeyIdentifier(hash: key.publicKey)
            },
            issuerPrivateKey: key)
        return (certificate, key)
    }
}
