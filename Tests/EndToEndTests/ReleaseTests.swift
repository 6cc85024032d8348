import Foundation
import KubeObjects
import Testing

/// The scripts that make a release, on small programs: a whole release takes minutes and is made by hand.
@Suite(.timeLimit(.minutes(5)))
struct ReleaseTests {
    /// Runs a command line of a shell in a folder of its own.
    private static func inFolder(_ work: (_ folder: String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "release-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await work(folder)
    }

    @discardableResult
    private static func shell(_ line: String, in folder: String) async throws -> String {
        let result = try await Program.run(
            "/bin/sh", ["-ec", "cd '\(folder)'\n\(line)"],
            environment: [
                "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com", "GIT_COMMITTER_NAME": "a",
                "GIT_COMMITTER_EMAIL": "a@example.com", "GIT_CONFIG_GLOBAL": "/dev/null",
            ])
        try #require(result.exitCode == 0, "\(line): \(result)")
        return result.output
    }

    @Test(
        "every program says the project's version",
        arguments: [
            "run-controller", "fake-cluster", "chart-generator", "kubectl-run_template",
        ])
    func versions(_ program: String) async throws {
        let result = try await Program.run(program, ["--version"])
        #expect(result.output == "\(ProjectVersion.current)\n")
    }

    @Test("the image is called what the chart fetches")
    func imageName() async throws {
        let result = try await Program.run("\(Program.root)/scripts/image-name", [])
        let values = try String(contentsOfFile: "\(Program.root)/charts/job-template-run/values.yaml", encoding: .utf8)
        let repository = try YAML.parse(values).first?.value["image"]?["repository"]?.string
        #expect(result.output == "\(try #require(repository))\n")
    }

    @Test("an image holds a program and what it needs, and is the same each time")
    func image() async throws {
        try await Self.inFolder { folder in
            for name in ["one", "two"] {
                try await Self.shell(
                    """
                    python3 '\(Program.root)/scripts/release/image.py' /usr/bin/printf --version 1.2.3 \
                        --repository example.com/printf --epoch 1700000000 --revision abc --output \(name).tar
                    """, in: folder)
            }
            try await Self.shell("cmp one.tar two.tar; mkdir layout root; tar -xf one.tar -C layout", in: folder)
            // A blob is named after what is in it.
            try await Self.shell(
                "cd layout/blobs/sha256; for blob in *; do echo \"$blob  $blob\"; done | sha256sum --check --quiet",
                in: folder)
            let json = { (path: String) in
                try JSONValue(parsing: try String(contentsOfFile: "\(folder)/layout/\(path)", encoding: .utf8))
            }
            let blob = { (descriptor: JSONValue?) in
                "blobs/sha256/" + (descriptor?["digest"]?.string ?? "").replacing("sha256:", with: "")
            }
            #expect(try json("oci-layout") == ["imageLayoutVersion": "1.0.0"])
            let entry = try json("index.json")["manifests"]?[0]
            #expect(entry?["annotations"]?["io.containerd.image.name"] == "example.com/printf:1.2.3")
            let manifest = try json(blob(entry))
            let config = try json(blob(manifest["config"]))
            #expect(config["config"]?["User"] == "65532:65532")
            #expect(config["config"]?["Entrypoint"] == ["/usr/bin/printf"])
            #expect(config["created"] == "2023-11-14T22:13:20Z")
            let legacy = try json("manifest.json")[0]
            #expect(legacy?["RepoTags"] == ["example.com/printf:1.2.3"])
            for (layer, path) in zip(manifest["layers"]?.array ?? [], legacy?["Layers"]?.array ?? []) {
                #expect(path.string == blob(layer))
                try await Self.shell("tar -xzf layout/\(blob(layer)) -C root", in: folder)
            }
            // The program runs with the image's own loader and libraries only.
            let output = try await Self.shell(
                """
                grep -q '^nonroot:x:65532:65532:' root/etc/passwd
                test -s root/etc/ssl/certs/ca-certificates.crt
                loader=$(echo root/lib64/ld-linux-* root/lib/ld-linux-*); loader=${loader%% *}
                "$loader" --inhibit-cache --library-path "$(dirname root/lib/*/libc.so.6)" root/usr/bin/printf 'it runs'
                """, in: folder)
            #expect(output == "it runs")
        }
    }

    @Test("a bill of materials names packages and libraries with their versions")
    func materials() async throws {
        try await Self.inFolder { folder in
            try Data(
                #"""
                {"pins": [{"location": "https://github.com/example/swift-thing.git",
                           "state": {"revision": "abc", "version": "1.2.3"}},
                          {"location": "https://github.com/example/renamed",
                           "state": {"revision": "abc", "version": "2.0.0"}},
                          {"location": "https://github.com/example/swift-other",
                           "state": {"revision": "abc", "version": "3.0.0"}}]}
                """#.utf8
            ).write(to: URL(filePath: "\(folder)/resolved"))
            try await Self.shell(
                """
                mkdir -p checkouts/swift-thing/Sources/Thing checkouts/renamed checkouts/swift-other/Sources/Other
                echo '.target(name: "Named", path: "Code")' >checkouts/renamed/Package.swift
                echo '.target(name: "Other", dependencies: [.product(name: "Thing", package: "swift-thing")])' |
                    tee checkouts/swift-thing/Package.swift >checkouts/swift-other/Package.swift
                echo '/build/release/Thing.build/a.swift.o /build/release/Named.build/b.swift.o' >linked
                python3 '\(Program.root)/scripts/release/sbom.py' /usr/bin/printf --version 2.0.0 --image \
                    --resolved resolved --linked linked --checkouts checkouts --output sbom.json
                """, in: folder)
            let document = try JSONValue(parsing: try String(contentsOfFile: "\(folder)/sbom.json", encoding: .utf8))
            #expect(document["bomFormat"] == "CycloneDX")
            #expect(document["metadata"]?["component"]?["version"] == "2.0.0")
            let names = document["components"]?.array?.compactMap { $0["purl"]?.string } ?? []
            #expect(
                names.filter { $0.hasPrefix("pkg:swift/") } == [
                    "pkg:swift/github.com/example/swift-thing@1.2.3", "pkg:swift/github.com/example/renamed@2.0.0",
                ])
            #expect(names.contains { $0.hasPrefix("pkg:deb/debian/libc6@") })
            #expect(names.contains { $0.hasPrefix("pkg:deb/debian/ca-certificates@") })
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var before = ""
        var version = "1.2.3"
        let words: String
    }

    static let refusals = [
        Refusal(testDescription: "no version", version: "", words: "which version? Run: make release VERSION=1.2.3"),
        Refusal(testDescription: "no semantic version", version: "v1.2", words: "VERSION=v1.2 is no semantic version"),
        Refusal(
            testDescription: "another version than the sources'", version: "1.3.0",
            words: "Sources/KubeObjects/ProjectVersion.swift says 1.2.3. Write 1.3.0 there"),
        Refusal(testDescription: "a changed file", before: "echo >>scripts/say", words: " M scripts/say"),
        Refusal(testDescription: "a new file", before: "touch new", words: "?? new"),
        Refusal(
            testDescription: "a version that is out",
            before: "git tag v1.2.3; git commit --quiet --allow-empty -m more",
            words: "v1.2.3 is the tag of another commit"),
    ]

    /// A repository with the scripts, and a version.
    private static func repository(_ folder: String) async throws {
        try await shell(
            """
            cp -r '\(Program.root)/scripts' .; mkdir -p Sources/KubeObjects
            echo '    public static let current = "1.2.3"' >Sources/KubeObjects/ProjectVersion.swift
            git init --quiet; git add .; git commit --quiet -m 'Begin'
            """, in: folder)
    }

    @Test("what cannot be released is refused before anything is built", arguments: refusals)
    func refusal(_ given: Refusal) async throws {
        try await Self.inFolder { folder in
            try await Self.repository(folder)
            try await Self.shell(given.before, in: folder)
            let result = try await Program.run("\(folder)/scripts/make-release", [given.version])
            #expect(result.exitCode == 1)
            #expect(result.error.hasPrefix("make-release: ") && result.error.contains(given.words), "\(result)")
        }
    }

    @Test("the changelog has what came since the release before")
    func changelog() async throws {
        try await Self.inFolder { folder in
            try await Self.repository(folder)
            try await Self.shell(
                """
                git tag v1.2.2
                git commit --quiet --allow-empty -m 'Add a thing'; git commit --quiet --allow-empty -m 'Mend a thing'
                git tag v1.2.3
                """, in: folder)
            let text = try await Self.shell("scripts/make-changelog 1.2.3 | sed 's/([^)]*)$//'", in: folder)
            #expect(text == "# 1.2.3 \n\nSince 1.2.2:\n\n* Mend a thing \n* Add a thing \n")
        }
    }
}
