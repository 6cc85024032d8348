import FakeClusterServer
import Foundation
import Testing

/// What a cluster leaves on the disk is for its owner only.
struct PrivateFileTests {
    @Test func nobodyElseCanReadTheFilesOfACluster() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "private-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // A folder that was there before may be open to others; what is in it must not be.
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        for data in [folder, folder + "/new"] {
            var options = ClusterSession.Options()
            options.dataDirectory = data
            try await ClusterSession(options: options).run { _ in }
            let names = try FileManager.default.contentsOfDirectory(atPath: data).filter { $0 != "new" }
            for name in ["admin.token", "service-account.key", "ca.key", "kubeconfig", "cluster.db"] {
                #expect(names.contains(name), "\(names)")
            }
            for name in names {
                let mode = try mode(of: data + "/" + name)
                #expect(mode & 0o077 == 0 || name == "ca.crt", "\(name): \(String(mode, radix: 8))")
            }
        }
        #expect(try mode(of: folder + "/new") == 0o700)
    }

    private func mode(of path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }
}
