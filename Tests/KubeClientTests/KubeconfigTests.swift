import Foundation
import KubeClient
import KubeObjects
import KubeWire
import Testing

/// A folder with kubeconfig files for one test.
final class KubeconfigFolder {
    let url: URL

    init(_ files: [String: String] = [:]) throws {
        url = FileManager.default.temporaryDirectory.appending(path: "kubeconfig-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, text) }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ name: String, _ text: String) throws {
        let file = url.appending(path: name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    func path(_ name: String) -> String { url.appending(path: name).path }

    /// What the user's flags, `KUBECONFIG` and home add up to; the folder is the home.
    func load(
        _ options: ConnectionOptions = ConnectionOptions(), kubeconfig: [String] = []
    ) throws(KubeconfigError) -> ClientConfiguration {
        let list = kubeconfig.map(path).joined(separator: ":")
        let home = url.path
        return try ClientConfiguration.load(options) { name in
            switch name {
            case "KUBECONFIG": list.isEmpty ? nil : list
            case "HOME": home
            default: nil
            }
        }
    }

    func message(_ options: ConnectionOptions = ConnectionOptions(), kubeconfig: [String] = []) -> String? {
        do {
            _ = try load(options, kubeconfig: kubeconfig)
            return nil
        } catch {
            return error.message.replacingOccurrences(of: url.path, with: "DIR")
        }
    }
}

let twoClusters = """
    apiVersion: v1
    kind: Config
    current-context: one
    clusters:
    - name: a
      cluster: {server: "https://a.example:6443", certificate-authority-data: Q0EtQQ==}
    - name: b
      cluster:
        server: https://b.example
        tls-server-name: other
        proxy-url: http://proxy:3128
        insecure-skip-tls-verify: true
    users:
    - name: ann
      user: {token: secret-a}
    - name: bob
      user: {username: bob, password: "p:w"}
    contexts:
    - name: one
      context: {cluster: a, user: ann, namespace: demo}
    - name: two
      context: {cluster: b, user: bob}
    """

struct KubeconfigTests {
    @Test func theCurrentContextIsUsed() async throws {
        let config = try KubeconfigFolder([".kube/config": twoClusters]).load()
        #expect(config.endpoint.server == "https://a.example:6443")
        #expect(config.endpoint.certificateAuthority == Array("CA-A".utf8))
        #expect(config.namespace == "demo")
        #expect(try await config.credentials.credentials() == .bearer("secret-a"))
        #expect(config.impersonation == nil)
    }

    @Test func aContextCanBeChosen() async throws {
        var options = ConnectionOptions()
        options.context = "two"
        let config = try KubeconfigFolder([".kube/config": twoClusters]).load(options)
        #expect(config.endpoint.server == "https://b.example")
        #expect(config.endpoint.skipsTLSVerification)
        #expect(config.endpoint.tlsServerName == "other")
        #expect(config.endpoint.proxy == "http://proxy:3128")
        #expect(config.namespace == "default")
        #expect(try await config.credentials.credentials().authorization == "Basic Ym9iOnA6dw==")
    }

    @Test func flagsOverruleTheFile() async throws {
        var options = ConnectionOptions()
        options.server = "https://elsewhere:1"
        options.user = "bob"
        options.token = "mine"
        options.namespace = "other"
        options.skipsTLSVerification = true
        options.tlsServerName = "name"
        options.requestTimeout = .seconds(3)
        options.impersonatedUser = "eve"
        options.impersonatedGroups = ["g1", "g2"]
        options.impersonatedUID = "7"
        let config = try KubeconfigFolder([".kube/config": twoClusters]).load(options)
        #expect(config.endpoint.server == "https://elsewhere:1")
        #expect(config.endpoint.certificateAuthority == nil)
        #expect(config.endpoint.tlsServerName == "name")
        #expect(config.namespace == "other")
        #expect(config.requestTimeout == .seconds(3))
        #expect(config.impersonation == Impersonation(user: "eve", groups: ["g1", "g2"], uid: "7"))
        #expect(try await config.credentials.credentials() == .bearer("mine"))
    }

    @Test func theFirstOfSeveralFilesWins() async throws {
        let folder = try KubeconfigFolder([
            "first": "{current-context: two, users: [{name: bob, user: {token: first}}]}",
            "second": twoClusters,
        ])
        let config = try folder.load(kubeconfig: ["missing", "first", "second", "second"])
        #expect(config.endpoint.server == "https://b.example")
        #expect(try await config.credentials.credentials() == .bearer("first"))
    }

    @Test func pathsAreMeantFromTheirFilesFolder() async throws {
        let folder = try KubeconfigFolder([
            "sub/config": """
            current-context: c
            clusters: [{name: a, cluster: {server: https://a, certificate-authority: pki/ca.crt}}]
            users: [{name: u, user: {tokenFile: ../token, client-certificate: pki/u.crt, client-key: pki/u.key}}]
            contexts: [{name: c, context: {cluster: a, user: u}}]
            """, "sub/pki/ca.crt": "authority", "sub/pki/u.crt": "certificate", "sub/pki/u.key": "key",
            "token": "from-file\n",
        ])
        let config = try folder.load(kubeconfig: ["sub/config"])
        #expect(config.endpoint.certificateAuthority == Array("authority".utf8))
        let credentials = try await config.credentials.credentials()
        #expect(credentials.authorization == "Bearer from-file")
        #expect(credentials.clientCertificate == Array("certificate".utf8))
        #expect(credentials.clientKey == Array("key".utf8))
    }

    @Test func anExplicitFileIsTheOnlyOne() throws {
        let folder = try KubeconfigFolder([".kube/config": twoClusters])
        var options = ConnectionOptions()
        options.kubeconfig = folder.path("nothing")
        #expect(
            folder.message(options, kubeconfig: [".kube/config"])
                == "cannot read the kubeconfig DIR/nothing: no such file or directory")
    }

    @Test func noSecretGoesOverPlainHTTP() async throws {
        var options = ConnectionOptions()
        options.server = "http://a:80"
        let config = try KubeconfigFolder([".kube/config": twoClusters]).load(options)
        #expect(try await config.credentials.credentials() == Credentials())
    }

    @Test func aServerAloneIsEnough() throws {
        var options = ConnectionOptions()
        options.server = "localhost:8080"
        #expect(try KubeconfigFolder().load(options).endpoint.server == "localhost:8080")
    }

    @Test func impersonationMayStandInTheFile() throws {
        let folder = try KubeconfigFolder([
            "f": """
            current-context: c
            clusters: [{name: a, cluster: {server: https://a}}]
            users: [{name: u, user: {as: eve, as-uid: "9", as-groups: [g], as-user-extra: {scopes: [x, z]}}}]
            contexts: [{name: c, context: {cluster: a, user: u}}]
            """
        ])
        #expect(
            try folder.load(kubeconfig: ["f"]).impersonation
                == Impersonation(user: "eve", groups: ["g"], uid: "9", extra: ["scopes": ["x", "z"]]))
        var options = ConnectionOptions()
        options.impersonatedGroups = ["h"]
        options.impersonatedUID = "7"
        #expect(
            try folder.load(options, kubeconfig: ["f"]).impersonation
                == Impersonation(user: "eve", groups: ["h"], uid: "7", extra: ["scopes": ["x", "z"]]))
    }
}
