import TestSupport
import Testing

/// Which module may import what. The table is the one of docs/explanation/architecture.md, with the packages of others.
struct LayeringTests {
    struct Layer: Sendable, CustomTestStringConvertible {
        let module: String
        var ours: Set<String> = []
        var others: Set<String> = []
        var folder: String?
        var testDescription: String { module }

        var path: String { folder ?? "Sources/\(module)" }
    }

    /// What every module may import: the language's own modules, and C's library for what only it has.
    static let always: Set<String> = ["Synchronization", "Glibc", "Musl", "Darwin"]

    static let layers = [
        Layer(module: "KubeObjects", others: ["CLibyaml"]),
        Layer(module: "KubeSchema", ours: ["KubeObjects"]),
        Layer(module: "KubeWire", ours: ["KubeObjects"], others: ["HTTPTypes"]),
        Layer(module: "RunCore", ours: ["KubeObjects", "KubeSchema"]),
        Layer(
            module: "KubeClient", ours: ["KubeObjects", "KubeWire"],
            others: ["CLibcurl", "FoundationEssentials", "HTTPTypes", "Logging", "Subprocess", "SystemPackage"]),
        Layer(
            module: "KubeRuntime", ours: ["KubeClient", "KubeObjects", "KubeWire"],
            others: ["AsyncAlgorithms", "DequeModule", "Logging", "Metrics", "ServiceLifecycle"]),
        Layer(
            module: "RunController", ours: ["KubeClient", "KubeObjects", "KubeRuntime", "KubeWire", "RunCore"],
            others: [
                "CLibc", "Crypto", "FoundationEssentials", "HTTPTypes", "Hummingbird", "Logging", "Metrics",
                "NIOCore", "ServiceLifecycle", "UnixSignals",
            ]),
        Layer(
            module: "RunTemplateCLI", ours: ["KubeClient", "KubeObjects", "KubeWire", "RunCore"],
            others: ["ArgumentParser", "Dispatch", "FoundationEssentials", "HTTPTypes", "Logging"]),
        Layer(
            module: "FakeCluster", ours: ["KubeObjects", "KubeSchema", "KubeWire"],
            others: [
                "Crypto", "Dispatch", "Foundation", "FoundationEssentials", "GRDB", "HTTPTypes", "JWTKit", "Logging",
                "Subprocess",
                "SystemPackage",
            ]),
        Layer(
            module: "FakeClusterServer", ours: ["FakeCluster", "KubeObjects", "KubeWire"],
            others: [
                "CLibc", "Crypto", "Foundation", "FoundationEssentials", "HTTPTypes", "Hummingbird",
                "HummingbirdCore", "HummingbirdTLS", "Logging", "NIOCore", "NIOHTTP1", "NIOSSL", "ServiceLifecycle",
                "Subprocess",
                "SwiftASN1",
                "SystemPackage", "UnixSignals", "X509",
            ]),
        Layer(
            module: "ChartGenerator", ours: ["KubeObjects", "KubeSchema", "RunCore"],
            others: ["FoundationEssentials", "Subprocess"]),
        Layer(module: "ProgramStart", others: ["ArgumentParser", "CLibc"]),
        Layer(
            module: "chart-generator", ours: ["ChartGenerator", "KubeObjects", "ProgramStart"],
            others: ["ArgumentParser"]),
        Layer(
            module: "run-controller", ours: ["KubeObjects", "ProgramStart", "RunController"],
            others: ["ArgumentParser"]),
        Layer(
            module: "fake-cluster",
            ours: ["FakeClusterServer", "KubeObjects", "KubeWire", "ProgramStart", "RunController"],
            others: ["ArgumentParser"]),
        Layer(
            module: "kubectl-run_template", ours: ["RunTemplateCLI"], others: ["ArgumentParser"],
            folder: "kubectl-plugin"),
    ]

    @Test(arguments: layers)
    func modulesImportOnlyWhatIsBelowThem(_ layer: Layer) throws {
        let allowed = layer.ours.union(layer.others).union(Self.always)
        for file in Repository.files(under: layer.path, endingWith: ".swift") {
            for module in try Self.imports(of: file) where !allowed.contains(module) {
                Issue.record("\(file) imports \(module), which \(layer.module) may not")
            }
        }
    }

    @Test func everyModuleIsInTheTable() {
        let known = Set(Self.layers.map(\.path))
        for folder in Repository.folders(in: "Sources") where !folder.hasPrefix("Sources/CLib") {
            #expect(known.contains(folder), "\(folder) is missing in the table of this test")
        }
    }

    @Test func importsAreRead() throws {
        let imports = try Self.imports(of: "Sources/RunCore/Seam/RunFamily.swift")
        #expect(imports == ["KubeObjects"])
    }

    /// The modules that a file imports, in order.
    private static func imports(of file: String) throws -> [String] {
        try Repository.text(file).split(separator: "\n").compactMap { line in
            var words = line.split(separator: " ")[...]
            while let word = words.first, word.hasPrefix("@") || modifiers.contains(String(word)) {
                words.removeFirst()
            }
            guard words.first == "import", words.count > 1 else { return nil }
            // `import struct Module.Type` names the module in the last word.
            return words.last?.split(separator: ".").first.map(String.init)
        }
    }

    private static let modifiers: Set<String> = ["public", "package", "internal", "private", "fileprivate"]
}
