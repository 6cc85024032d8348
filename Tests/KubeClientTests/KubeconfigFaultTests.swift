import KubeClient
import Testing

/// Every fault is one line that says what is wrong, where, and what would be right.
struct KubeconfigFaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var file: String
        var message: String
        var options = ConnectionOptions()
    }

    private static func options(_ change: (inout ConnectionOptions) -> Void) -> ConnectionOptions {
        var options = ConnectionOptions()
        change(&options)
        return options
    }

    private static let cluster = "clusters: [{name: a, cluster: {server: https://a}}]"
    private static let context = "{current-context: c, contexts: [{name: c, context: {cluster: a, user: u}}], "

    @Test(arguments: [
        Case(
            testDescription: "malformed YAML", file: "apiVersion: v1\nclusters: [\n",
            message: "DIR/f:3: did not find expected node content"),
        Case(
            testDescription: "a list", file: "- a\n",
            message: "DIR/f:1: this is no kubeconfig: a map is expected, found array"),
        Case(
            testDescription: "another kind", file: "apiVersion: v1\nkind: Pod\n",
            message: "DIR/f:2: this is no kubeconfig: its kind is Pod, not Config"),
        Case(
            testDescription: "clusters that are no list", file: "kind: Config\nclusters: {}\n",
            message: "DIR/f:2: clusters must be a list"),
        Case(
            testDescription: "an entry without a name", file: "users:\n- name: a\n- user: {}\n",
            message: "DIR/f:3: an entry of users must have a name and a map user"),
        Case(
            testDescription: "no current context", file: "contexts: [{name: x, context: {}}, {name: z, context: {}}]",
            message: "no current context in DIR/f: choose one with --context or kubectl config use-context; "
                + "there are: x, z"),
        Case(
            testDescription: "a current context that does not exist",
            file: "{current-context: z, contexts: [{name: x, context: {}}]}",
            message: "the current context \"z\" does not exist in DIR/f; there are: x"),
        Case(
            testDescription: "a context that does not exist", file: "{contexts: [{name: x, context: {}}]}",
            message: "there is no context \"q\" in DIR/f; there are: x", options: options { $0.context = "q" }),
        Case(
            testDescription: "a cluster that does not exist", file: context + "users: [{name: u, user: {}}]}",
            message: "the cluster \"a\" that context \"c\" names does not exist in DIR/f"),
        Case(
            testDescription: "a user that does not exist", file: context + cluster + "}",
            message: "the user \"u\" that context \"c\" names does not exist in DIR/f"),
        Case(
            testDescription: "a context without a cluster",
            file: "{current-context: c, contexts: [{name: c, context: {}}]}",
            message: "the context \"c\" in DIR/f has no cluster"),
        Case(
            testDescription: "a cluster without a server",
            file: context + "clusters: [{name: a, cluster: {}}], users: [{name: u, user: {}}]}",
            message: "the cluster \"a\" in DIR/f has no server"),
        Case(
            testDescription: "a server that is no address",
            file: context + "clusters: [{name: a, cluster: {server: \"https://:1\"}}], users: [{name: u, user: {}}]}",
            message: "\"https://:1\" is not the address of a server: https://HOST:PORT is expected"),
        Case(
            testDescription: "inline data that is not base64",
            file: context + "clusters: [{name: a, cluster: {server: https://a, certificate-authority-data: '?'}}], "
                + "users: [{name: u, user: {}}]}",
            message: "certificate-authority-data of \"a\" in DIR/f is not base64"),
        Case(
            testDescription: "a certificate without its key",
            file: context + cluster + ", users: [{name: u, user: {client-certificate-data: QQ==}}]}",
            message: "a client certificate needs its key: client-key is missing"),
        Case(
            testDescription: "a missing authority file",
            file: context + "clusters: [{name: a, cluster: {server: https://a, certificate-authority: ca}}], "
                + "users: [{name: u, user: {}}]}",
            message: "cannot read the certificate-authority of \"a\", DIR/ca: no such file or directory"),
        Case(
            testDescription: "an auth-provider",
            file: context + cluster + ", users: [{name: u, user: {auth-provider: {name: gcp}}}]}",
            message:
                "the user \"u\" in DIR/f uses the auth-provider \"gcp\", which clients no longer have: use an exec "
                + "plugin instead"),
        Case(
            testDescription: "an exec plugin of an old version",
            file: context + cluster
                + ", users: [{name: u, user: {exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}}}]}",
            message: "the exec plugin of the user \"u\" in DIR/f has the apiVersion "
                + "\"client.authentication.k8s.io/v1alpha1\"; known are client.authentication.k8s.io/v1, "
                + "client.authentication.k8s.io/v1beta1"),
        Case(
            testDescription: "groups without a user", file: context + cluster + ", users: [{name: u, user: {}}]}",
            message: "--as-group and --as-uid need --as: a group or uid alone cannot be impersonated",
            options: options { $0.impersonatedGroups = ["g"] }),
        Case(
            testDescription: "groups without a user in the file",
            file: context + cluster + ", users: [{name: u, user: {as-groups: [g]}}]}",
            message: "the user \"u\" in DIR/f has as-groups or as-uid without as: a group or uid alone cannot be "
                + "impersonated"),
    ])
    func aFaultIsSaidInOneLine(_ test: Case) throws {
        let folder = try KubeconfigFolder(["f": test.file])
        #expect(folder.message(test.options, kubeconfig: ["f"]) == test.message)
    }

    @Test func noKubeconfigAtAll() throws {
        #expect(
            try KubeconfigFolder().message()
                == "no kubeconfig found: set KUBECONFIG, or use --kubeconfig or --server to name a cluster")
    }
}
