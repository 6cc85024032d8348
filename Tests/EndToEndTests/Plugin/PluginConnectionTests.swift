import Foundation
import KubeObjects
import Testing

/// kubectl's global flags and files, with the built plugin: who it says it is, and which server and namespace it means.
@Suite(.timeLimit(.minutes(5)))
struct PluginConnectionTests {
    private static let greet = PluginTemplates.script("greet", "echo Hello")

    /// A cluster with one template, and what is in its kubeconfig.
    private func withCluster(_ body: (RunningCluster, JSONValue) async throws -> Void) async throws {
        try await RunningCluster.withTemplates(Self.greet) { cluster in
            let text = try await cluster.output("kubectl-1.34", "config", "view", "--raw", "--flatten", "-o", "json")
            try await body(cluster, try JSONValue(parsing: text))
        }
    }

    private func plugin(_ words: String..., kubeconfig: String) async throws -> ProgramResult {
        try await Program.run("kubectl-run_template", words, environment: ["KUBECONFIG": kubeconfig])
    }

    /// Whether the plugin finds the template, which only who is let in does.
    private func finds(_ result: ProgramResult) -> Bool {
        result.exitCode == 0 && result.output == "jobtemplate.cellbytes.io/greet\n"
    }

    @Test("a kubeconfig in several files, with contexts and namespaces")
    func contexts() async throws {
        try await withCluster { cluster, config in
            var first = config
            first["users"] = nil
            var other = try #require(first["contexts"]?[0])
            other["name"] = "demo"
            other.set("demo", at: ["context", "namespace"])
            first["contexts"] = .array((first["contexts"]?.array ?? []) + [other])
            let second: JSONValue = ["apiVersion": "v1", "kind": "Config", "users": config["users"] ?? []]
            let files = [
                try cluster.file("first", first.encodedString()), try cluster.file("second", second.encodedString()),
            ]
            let both = files.joined(separator: ":") + ":" + cluster.scratch + "/missing"
            #expect(finds(try await plugin("list", "-o", "name", kubeconfig: both)))
            let demo = try await plugin("list", "--context", "demo", kubeconfig: both)
            #expect(demo.error == "No resources found in demo namespace.\n", "\(demo)")
            #expect(finds(try await plugin("list", "--context=demo", "-n", "default", "-oname", kubeconfig: both)))
            let unknown = try await plugin("list", "--context", "nowhere", kubeconfig: both)
            #expect(unknown.exitCode == 125 && unknown.error.contains("nowhere"), "\(unknown)")
            let contexts = try await plugin("__complete", "list", "--context", "d", kubeconfig: both)
            #expect(contexts.output.hasPrefix("demo\n"), "\(contexts)")
            // Flags of kubectl's stand behind the plugin's name, through kubectl as well.
            let kubectl = try await Program.run(
                "kubectl-1.34", ["run-template", "list", "--context", "demo", "--namespace=default", "-o", "name"],
                environment: ["KUBECONFIG": both])
            #expect(finds(kubectl), "\(kubectl)")
        }
    }

    @Test("impersonation is the server's to judge")
    func impersonation() async throws {
        try await withCluster { cluster, config in
            let nobody = try await cluster.plugin("list", "--as", "nobody")
            #expect(nobody.exitCode == 125, "\(nobody)")
            #expect(
                nobody.error.hasPrefix("error: jobtemplates.cellbytes.io is forbidden: User \"nobody\""), "\(nobody)")
            let admin = try await cluster.plugin(
                "list", "-o", "name", "--as", "nobody", "--as-group", "some", "--as-group", "system:masters",
                "--as-uid", "7")
            #expect(finds(admin), "\(admin)")
            let run = try await cluster.plugin("greet", "--as", "nobody")
            #expect(run.exitCode == 125 && run.output.isEmpty, "\(run)")
            let alone = try await cluster.plugin("list", "--as-group", "system:masters")
            #expect(alone.exitCode == 2, "\(alone)")
            #expect(alone.error.hasPrefix("error: --as-group and --as-uid need --as"), "\(alone)")
            var acting = config
            var user = try #require(config["users"]?[0])
            user.set("nobody", at: ["user", "as"])
            acting["users"] = [user]
            let file = try cluster.file("acting", acting.encodedString())
            #expect(try await plugin("list", kubeconfig: file).exitCode == 125)
            #expect(finds(try await plugin("list", "-o", "name", "--as-group", "system:masters", kubeconfig: file)))
        }
    }

    @Test("credentials from a program, as a cloud's kubeconfig has them")
    func execCredentials() async throws {
        try await withCluster { cluster, config in
            let token = try #require(config["users"]?[0]?["user"]?["token"]?.string)
            let script = try cluster.file(
                "login",
                """
                #!/bin/sh
                echo "$GREETING" >'\(cluster.scratch)/greeting'
                cat <<END
                {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "\(token)"}}
                END
                """)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
            var other = config
            let exec: JSONValue = [
                "apiVersion": "client.authentication.k8s.io/v1", "command": .string(script),
                "interactiveMode": "Never", "env": [["name": "GREETING", "value": "hello"]],
            ]
            other["users"] = [["name": config["users"]?[0]?["name"] ?? "", "user": ["exec": exec]]]
            let file = try cluster.file("exec", other.encodedString())
            let result = try await plugin("list", "-o", "name", kubeconfig: file)
            #expect(finds(result), "\(result)")
            #expect(try String(contentsOfFile: cluster.scratch + "/greeting", encoding: .utf8) == "hello\n")
            let broken = other.encodedString().replacing(script, with: "/nowhere/login")
            let failed = try await plugin("list", kubeconfig: try cluster.file("broken", broken))
            #expect(failed.exitCode == 125 && failed.error.contains("/nowhere/login"), "\(failed)")
        }
    }

    @Test("server, token and certificates by flags alone")
    func flagsAlone() async throws {
        try await withCluster { cluster, config in
            let server = try #require(config["clusters"]?[0]?["cluster"]?["server"]?.string)
            let token = try #require(config["users"]?[0]?["user"]?["token"]?.string)
            let authority = (cluster.kubeconfig as NSString).deletingLastPathComponent + "/ca.crt"
            func list(_ flags: String...) async throws -> ProgramResult {
                try await Program.run(
                    "kubectl-run_template", ["list", "-o", "name", "-s", server] + flags,
                    environment: ["KUBECONFIG": "/dev/null"])
            }
            #expect(finds(try await list("--token", token, "--certificate-authority", authority)))
            #expect(finds(try await list("--token", token, "--insecure-skip-tls-verify")))
            let untrusted = try await list("--token", token)
            #expect(untrusted.exitCode == 125 && untrusted.error.contains("certificate"), "\(untrusted)")
            let wrongName = try await list(
                "--token", token, "--certificate-authority", authority, "--tls-server-name", "other.example")
            #expect(wrongName.exitCode == 125 && wrongName.error.contains("certificate"), "\(wrongName)")
            let wrongToken = try await list("--token", "wrong", "--insecure-skip-tls-verify")
            #expect(wrongToken.exitCode == 125 && wrongToken.error.contains("nauthorized"), "\(wrongToken)")
        }
    }

    @Test("kubectl create jobrun is a second entrance")
    func secondEntrance() async throws {
        try await withCluster { cluster, _ in
            let folder = cluster.scratch + "/bin"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/kubectl-create-jobrun",
                withDestinationPath: try Program.path(of: "kubectl-run_template"))
            let kubectl = try Program.path(of: "kubectl-1.34")
            let result = try await cluster.run(
                "/bin/sh", "-c", "PATH='\(folder)':$PATH '\(kubectl)' create jobrun greet --name made")
            #expect(result.exitCode == 0, "\(result)")
            #expect(result.error.hasPrefix("jobrun.cellbytes.io/made created\n"), "\(result)")
            try await cluster.output(
                "kubectl-1.34", "wait", "--for=condition=Complete", "jobrun/made", "--timeout=120s")
        }
    }
}
