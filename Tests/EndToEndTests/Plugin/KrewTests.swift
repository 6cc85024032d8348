import Foundation
import KubeObjects
import Testing

/// What `make krew` packs, held against krew's rules for manifests (krew.sigs.k8s.io, "Writing a plugin manifest"), and
/// unpacked as krew unpacks it.
@Suite(.timeLimit(.minutes(5)))
struct KrewTests {
    private func packed<Value>(_ body: (String, JSONValue) async throws -> Value) async throws -> Value {
        let folder = NSTemporaryDirectory() + "krew-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let plugin = try Program.path(of: "kubectl-run_template")
        let result = try await Program.run(
            Program.root + "/scripts/krew", [folder, plugin, "darwin-arm64", plugin],
            environment: ["URI": "https://releases.invalid/download"])
        try #require(result.exitCode == 0, "\(result)")
        let text = try Data(contentsOf: URL(fileURLWithPath: folder + "/run-template.yaml"))
        let documents = try YAML.parse(Array(text))
        return try await body(folder, try #require(documents.first).value)
    }

    @Test("the manifest keeps krew's rules")
    func manifest() async throws {
        try await packed { folder, manifest in
            #expect(manifest["apiVersion"] == "krew.googlecontainertools.github.com/v1alpha2")
            #expect(manifest["kind"] == "Plugin")
            #expect(manifest["metadata"] == ["name": "run-template"])
            let spec = try #require(manifest["spec"]?.object)
            let known: Set = ["version", "homepage", "shortDescription", "description", "caveats", "platforms"]
            #expect(Set(spec.keys) == known)
            #expect(spec["version"]?.string?.wholeMatch(of: /v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?/) != nil)
            let short = try #require(spec["shortDescription"]?.string)
            #expect(short.count <= 50 && !short.hasSuffix(".") && !short.lowercased().contains("kubectl"))
            let platforms = try #require(spec["platforms"]?.array)
            #expect(platforms.count == 2)
            for platform in platforms {
                #expect(Set(platform.object?.keys ?? []) == ["selector", "uri", "sha256", "files", "bin"])
                let labels = try #require(platform[path: "selector", "matchLabels"]?.object)
                #expect(["linux", "darwin", "windows"].contains(labels["os"]?.string))
                #expect(["amd64", "arm64", "386", "arm"].contains(labels["arch"]?.string))
                let uri = try #require(platform["uri"]?.string.flatMap(URL.init(string:)))
                #expect(uri.absoluteString.hasPrefix("https://releases.invalid/download/v"))
                #expect(
                    uri.lastPathComponent.hasSuffix(
                        "-\(labels["os"]?.string ?? "")-\(labels["arch"]?.string ?? "").tar.gz"))
                let sum = try await Program.run("/usr/bin/sha256sum", ["\(folder)/\(uri.lastPathComponent)"])
                #expect(platform["sha256"]?.string == sum.output.prefix { $0 != " " }.description)
                #expect(platform["bin"] == "kubectl-run_template")
            }
        }
    }

    @Test("the archive holds what the manifest names, and the programs in it run")
    func archive() async throws {
        try await packed { folder, manifest in
            let platform = try #require(manifest[path: "spec", "platforms"]?.array?.first)
            let archive = try #require(platform["uri"]?.string?.split(separator: "/").last.map(String.init))
            let place = folder + "/installed"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            let listing = try await Program.run("/bin/tar", ["-tvzf", "\(folder)/\(archive)"])
            // krew takes files and folders only.
            for line in listing.output.split(separator: "\n") { #expect("-d".contains(line.prefix(1)), "\(line)") }
            let unpacked = try await Program.run("/bin/tar", ["-xzf", "\(folder)/\(archive)", "-C", place])
            #expect(unpacked.exitCode == 0, "\(unpacked)")
            for file in try #require(platform["files"]?.array) {
                let path = place + "/" + (file["from"]?.string ?? "?")
                #expect(FileManager.default.fileExists(atPath: path), "\(path)")
            }
            let help = try await Program.run(place + "/kubectl-run_template", ["--help"])
            #expect(help.output.contains("USAGE: kubectl run-template TEMPLATE"), "\(help)")
            // krew links the program into a folder of the PATH.
            let link = folder + "/kubectl_complete-run_template"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: place + "/kubectl_complete-run_template")
            let answer = try await Program.run(link, ["completion", "b"])
            #expect(answer.output == "bash\n:4\n", "\(answer)")
        }
    }
}
