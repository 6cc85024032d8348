import KubeWire
import Testing

struct ResourcePathTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var path: String
        var parts: ResourcePath
        var testDescription: String { path }
    }

    static let cases = [
        Case(path: "/api/v1/pods", parts: ResourcePath(group: "", version: "v1", resource: "pods")),
        Case(
            path: "/api/v1/namespaces/demo/pods/a/log",
            parts: ResourcePath(
                group: "", version: "v1", namespace: "demo", resource: "pods", name: "a", subresource: "log")),
        Case(
            path: "/apis/batch/v1/namespaces/demo/jobs",
            parts: ResourcePath(group: "batch", version: "v1", namespace: "demo", resource: "jobs")),
        Case(
            path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/jobruns.cellbytes.io",
            parts: ResourcePath(
                group: "apiextensions.k8s.io", version: "v1", resource: "customresourcedefinitions",
                name: "jobruns.cellbytes.io")),
        Case(path: "/api/v1/namespaces", parts: ResourcePath(group: "", version: "v1", resource: "namespaces")),
        Case(
            path: "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode",
            parts: ResourcePath(
                group: "rbac.authorization.k8s.io", version: "v1", resource: "clusterroles", name: "system:node")),
    ]

    @Test(arguments: cases)
    func partsBecomeAPath(_ test: Case) { #expect(test.parts.encoded == test.path) }

    @Test(arguments: cases)
    func aPathIsTakenApart(_ test: Case) { #expect(ResourcePath(parsing: test.path) == test.parts) }

    @Test(arguments: ["/", "", "/api", "/api/v1", "/apis", "/apis/batch/v1", "/version", "/openapi/v3"])
    func whatIsNoResourceIsRefused(_ path: String) { #expect(ResourcePath(parsing: path) == nil) }

    @Test(arguments: [("/api/v1/namespaces/a", nil), ("/api/v1/namespaces/a/status", "status")])
    func aNamespaceIsAnObjectItself(_ path: String, _ subresource: String?) throws {
        let parts = try #require(ResourcePath(parsing: path))
        #expect(parts.resource == "namespaces")
        #expect(parts.name == "a")
        #expect(parts.subresource == subresource)
    }

    @Test func aClusterScopedResourceHasNoNamespaceInItsPath() {
        #expect(ResourcePath(.namespaces, namespace: "demo", name: "x").encoded == "/api/v1/namespaces/x")
        #expect(ResourcePath(.jobs, namespace: "", name: nil).encoded == "/apis/batch/v1/jobs")
    }
}
