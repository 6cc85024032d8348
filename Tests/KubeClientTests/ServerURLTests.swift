import Testing

@testable import KubeClient

/// Addresses as kubeconfig files and flags hold them.
struct ServerURLTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var full: String
        var authority: String
        var defaultsToTLS = false
        var testDescription: String { text }
    }

    @Test(arguments: [
        Case(text: "https://127.0.0.1:6443", full: "https://127.0.0.1:6443", authority: "127.0.0.1:6443"),
        Case(text: "https://api.example", full: "https://api.example", authority: "api.example"),
        Case(text: "https://api.example:443/", full: "https://api.example", authority: "api.example"),
        Case(text: "HTTPS://a/k8s/clusters/c-1/", full: "https://a/k8s/clusters/c-1", authority: "a"),
        Case(text: "http://a:80", full: "http://a", authority: "a"),
        Case(text: "https://[::1]:6443", full: "https://[::1]:6443", authority: "[::1]:6443"),
        Case(text: "https://[::1]", full: "https://[::1]", authority: "[::1]"),
        Case(text: "localhost:8080", full: "http://localhost:8080", authority: "localhost:8080"),
        Case(text: "host", full: "https://host", authority: "host", defaultsToTLS: true),
        Case(text: "https://a/x?y#z", full: "https://a/x", authority: "a"),
    ])
    func anAddressIsTakenApart(_ test: Case) {
        let url = ServerURL(test.text, defaultsToTLS: test.defaultsToTLS)
        #expect(url?.description == test.full)
        #expect(url?.authority == test.authority)
    }

    @Test(arguments: ["", "https://", "ftp://a", "https://a:0", "https://a:x", "https://a b", "https://u:p@a"])
    func whatIsNoAddressIsRefused(_ text: String) {
        #expect(ServerURL(text, defaultsToTLS: true) == nil)
    }

    @Test(arguments: [
        ("299 - \"a \\\"b\\\" \\\\ c\"", "a \"b\" \\ c"), ("299 kube \"x\" \"date\"", "x"), ("bare", "bare"),
    ])
    func warningsAreUnquoted(_ header: String, _ text: String) {
        #expect(KubeClient.text(ofWarning: header) == text)
    }
}

/// Inside a pod.
struct InClusterTests {
    private func environment(_ host: String) -> (String) -> String? {
        { ["KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "443"][$0] }
    }

    @Test func theMountedServiceAccountIsUsed() async throws {
        let folder = try KubeconfigFolder(["token": "mounted\n", "ca.crt": "authority", "namespace": "mine\n"])
        let cluster = try #require(InCluster(environment: environment("10.0.0.1"), folder: folder.path("")))
        let configuration = try cluster.configuration(ConnectionOptions())
        #expect(configuration.endpoint.url?.description == "https://10.0.0.1")
        #expect(configuration.endpoint.certificateAuthority == Array("authority".utf8))
        #expect(configuration.namespace == "mine")
        #expect(try await configuration.credentials.credentials() == .bearer("mounted"))
    }

    @Test func flagsAreHeardInsideAPod() async throws {
        let folder = try KubeconfigFolder(["token": "mounted", "ca.crt": "authority"])
        let cluster = try #require(InCluster(environment: environment("fd00::1"), folder: folder.path("")))
        var options = ConnectionOptions()
        options.namespace = "other"
        options.token = "own"
        options.impersonatedUser = "eve"
        let configuration = try cluster.configuration(options)
        #expect(configuration.endpoint.url?.host == "[fd00::1]")
        #expect(configuration.namespace == "other")
        #expect(configuration.impersonation?.user == "eve")
        #expect(try await configuration.credentials.credentials() == .bearer("own"))
    }

    @Test func aGroupAloneIsRefusedInsideAPodToo() throws {
        let folder = try KubeconfigFolder(["token": "mounted", "ca.crt": "authority"])
        let cluster = try #require(InCluster(environment: environment("10.0.0.1"), folder: folder.path("")))
        var options = ConnectionOptions()
        options.impersonatedGroups = ["g"]
        let error = #expect(throws: KubeconfigError.self) { try cluster.configuration(options) }
        #expect(error?.message.hasPrefix("--as-group and --as-uid need --as") == true)
        #expect(error?.isOfFlags == true)
    }

    @Test func outsideAPodThereIsNone() throws {
        let empty = try KubeconfigFolder()
        #expect(InCluster(environment: environment("10.0.0.1"), folder: empty.path("")) == nil)
        let folder = try KubeconfigFolder(["token": "mounted"])
        #expect(InCluster(environment: { _ in nil }, folder: folder.path("")) == nil)
    }
}
