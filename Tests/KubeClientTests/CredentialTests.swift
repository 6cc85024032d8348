import Foundation
import HTTPTypes
import KubeClient
import KubeWire
import Testing

/// Credentials that come from elsewhere: programs and files.
@Suite(.timeLimit(.minutes(5)))
struct CredentialTests {
    private func folder(plugin script: String, more: String = "") throws -> KubeconfigFolder {
        let folder = try KubeconfigFolder([
            "config": """
            current-context: c
            clusters: [{name: a, cluster: {server: "https://a.example:6443"}}]
            contexts: [{name: c, context: {cluster: a, user: u}}]
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  interactiveMode: Never
                  command: ./plugin
                  args: [one, two words]
                  env: [{name: EXTRA, value: thing}]
                  installHint: install it
            \(more)
            """
        ])
        if !script.isEmpty {
            try folder.write("plugin", "#!/bin/sh\n\(script)\n")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path("plugin"))
        }
        return folder
    }

    private func answer(_ status: String) -> String {
        """
        cd "$(dirname "$0")"; echo run >> count
        cat <<EOF
        {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {\(status)}}
        EOF
        """
    }

    private func runs(_ folder: KubeconfigFolder) throws -> Int {
        try String(contentsOfFile: folder.path("count"), encoding: .utf8).split(separator: "\n").count
    }

    @Test func aPluginIsRunOnceForManyRequests() async throws {
        let folder = try folder(plugin: answer("\"token\": \"t\""))
        let source = try folder.load(kubeconfig: ["config"]).credentials
        try await withThrowingTaskGroup(of: Credentials.self) { group in
            for _ in 0..<8 { group.addTask { try await source.credentials() } }
            for try await credentials in group { #expect(credentials == .bearer("t")) }
        }
        #expect(try runs(folder) == 1)
    }

    @Test func aPluginIsRunAgainWhenItsCredentialsHaveExpired() async throws {
        let folder = try folder(
            plugin: answer("\"token\": \"t\", \"expirationTimestamp\": \"2001-01-01T00:00:00Z\""))
        let source = try folder.load(kubeconfig: ["config"]).credentials
        _ = try await source.credentials()
        _ = try await source.credentials()
        #expect(try runs(folder) == 2)
    }

    @Test func refusedCredentialsAreRenewedOnce() async throws {
        let folder = try folder(plugin: "\(answer("\"token\": \"t$(wc -l < count)\""))")
        let source = try folder.load(kubeconfig: ["config"]).credentials
        let first = try await source.credentials()
        let second = try await source.renewed(after: first)
        #expect(second != first)
        #expect(try await source.renewed(after: first) == second)
        #expect(try runs(folder) == 2)
    }

    @Test func aPluginGivesCertificates() async throws {
        let folder = try folder(plugin: answer("\"clientCertificateData\": \"C\", \"clientKeyData\": \"K\""))
        let credentials = try await folder.load(kubeconfig: ["config"]).credentials.credentials()
        #expect(credentials.clientCertificate == Array("C".utf8))
        #expect(credentials.clientKey == Array("K".utf8))
        #expect(credentials.authorization == nil)
    }

    @Test func aPluginSeesArgumentsVariablesAndCluster() async throws {
        let script = """
            cd "$(dirname "$0")"; echo "$1|$2|$EXTRA|$KUBERNETES_EXEC_INFO" > seen
            \(answer("\"token\": \"t\""))
            """
        let folder = try folder(plugin: script, more: "      provideClusterInfo: true")
        _ = try await folder.load(kubeconfig: ["config"]).credentials.credentials()
        let seen = try String(contentsOfFile: folder.path("seen"), encoding: .utf8)
        #expect(
            seen
                == "one|two words|thing|{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\","
                + "\"spec\":{\"interactive\":false,\"cluster\":{\"server\":\"https://a.example:6443\"}}}\n")
    }

    @Test(arguments: [
        ("", "cannot be started: install it"), ("exit 3", "failed: exited(3)"),
        ("echo hello", "printed no ExecCredential"),
        (
            "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\"}'",
            "printed credentials of client.authentication.k8s.io/v1beta1, not of client.authentication.k8s.io/v1"
        ),
        (
            "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{}}'",
            "printed neither token nor client certificate"
        ),
    ])
    func aPluginThatFailsIsNamed(_ script: String, _ message: String) async throws {
        let folder = try folder(plugin: script)
        let source = try folder.load(kubeconfig: ["config"]).credentials
        let error = await #expect(throws: TransportError.self) { try await source.credentials() }
        #expect(error?.code == .credentials)
        #expect(error?.message == "the credential plugin \(folder.path("./plugin")) \(message)")
    }

    @Test func aTokenFileThatIsMissingIsNamed() async throws {
        let folder = try KubeconfigFolder([
            "config": """
            current-context: c
            clusters: [{name: a, cluster: {server: https://a}}]
            contexts: [{name: c, context: {cluster: a, user: u}}]
            users: [{name: u, user: {tokenFile: t}}]
            """
        ])
        let source = try folder.load(kubeconfig: ["config"]).credentials
        let error = await #expect(throws: TransportError.self) { try await source.credentials() }
        #expect(error?.message == "cannot read the token file \(folder.path("t")): no such file or directory")
        try folder.write("t", "later")
        #expect(try await source.credentials() == .bearer("later"))
        // Within its freshness a token is not read again, but for a server that does not accept it.
        try folder.write("t", "newer")
        #expect(try await source.credentials() == .bearer("later"))
        #expect(try await source.renewed(after: .bearer("later")) == .bearer("newer"))
    }

    @Test func aTransportTriesRenewedCredentialsOnce() async throws {
        struct Source: CredentialSource {
            func credentials() async throws -> Credentials { .bearer("old") }
            func renewed(after refused: Credentials) async throws -> Credentials? { .bearer("new") }
        }
        let server = try LoopbackServer { connection in
            while let request = connection.readRequest() {
                connection.answer(request.head.contains("Bearer new") ? "200 OK" : "401 Unauthorized", body: "{}")
            }
        }
        let transport = try CurlTransport(
            endpoint: Endpoint(server: server.url), credentials: Source(),
            impersonation: Impersonation(user: "eve", groups: ["a", "b"], uid: "1", extra: ["x/y": ["z"]]))
        let response = try await transport.send(WireRequest(method: .get, path: "/"))
        #expect(response.status.code == 200)
        #expect(server.connectionCount == 1)
    }
}
