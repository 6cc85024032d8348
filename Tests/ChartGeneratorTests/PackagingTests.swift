import Foundation
import KubeObjects
import Testing

@testable import ChartGenerator

/// Packages and indexes of chart repositories.
struct PackagingTests {
    private let chart = Chart(
        name: "small", version: "1.0.0",
        files: [
            ChartFile(path: "values.yaml", text: "a: 1"),
            ChartFile(path: "Chart.yaml", text: "name: small\nversion: 1.0.0"),
        ])

    @Test func aPackageIsAnArchiveThatTarReads() async throws {
        let package = try await ChartPackage(chart)
        #expect(package.fileName == "small-1.0.0.tgz")
        #expect(try await ChartPackage(chart).bytes == package.bytes)
        let folder = NSTemporaryDirectory() + "package-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(package.bytes).write(to: URL(fileURLWithPath: folder + "/p.tgz"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/tar")
        process.arguments = ["-xzf", "p.tgz"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try String(contentsOfFile: folder + "/small/values.yaml", encoding: .utf8) == "a: 1\n")
        #expect(try ChartFolder(folder + "/small").differences(from: chart) == [])
    }

    @Test func aPathThatTarHasNoRoomForIsRefused() {
        var archive = TarArchive()
        #expect(throws: TarArchive.PathTooLong.self) {
            try archive.add(path: String(repeating: "a", count: 101), contents: [])
        }
    }

    @Test func theIndexHasTheNewestVersionFirst() async throws {
        let created = Timestamp(seconds: 0)
        var index: String?
        for version in ["1.0.0", "1.10.0", "1.9.0-rc.1", "1.9.0", "1.10.0"] {
            var chart = chart
            chart = Chart(
                name: "small", version: version,
                files: [ChartFile(path: "Chart.yaml", text: "name: small\nversion: \(version)")])
            index = try ChartIndex.text(
                adding: chart, await ChartPackage(chart), to: index, baseURL: "https://example.com/charts",
                created: created)
        }
        let entries = try YAML.parse(try #require(index)).first?.value["entries"]?["small"]?.array ?? []
        #expect(entries.map { $0["version"] } == ["1.10.0", "1.9.0", "1.9.0-rc.1", "1.0.0"])
        #expect(entries.first?["urls"] == ["https://example.com/charts/small-1.10.0.tgz"])
        #expect(entries.first?["digest"]?.string?.count == 64)
    }

    @Test func aFileThatIsNoIndexIsRefused() async throws {
        let package = try await ChartPackage(chart)
        #expect(throws: ChartError.self) {
            try ChartIndex.text(adding: chart, package, to: "a: 1", baseURL: "", created: Timestamp(seconds: 0))
        }
    }

    @Test func differencesOfAFolderAreNamed() throws {
        let folder = NSTemporaryDirectory() + "folder-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let place = ChartFolder(folder)
        try place.write(chart)
        #expect(try place.differences(from: chart) == [])
        try "a: 2\n".write(toFile: folder + "/values.yaml", atomically: true, encoding: .utf8)
        try "b".write(toFile: folder + "/more.yaml", atomically: true, encoding: .utf8)
        try FileManager.default.removeItem(atPath: folder + "/Chart.yaml")
        #expect(
            try place.differences(from: chart) == [
                "Chart.yaml: is missing", "more.yaml: the code makes no such file",
                "values.yaml: line 1 is \"a: 2\", the code makes \"a: 1\"",
            ])
        try place.write(chart)
        #expect(try place.differences(from: chart) == [])
    }

    @Test(arguments: [
        ("1.0.0", true), ("1.2.3-rc.1+build.5", true), ("1.0", false), ("v1.0.0", false), ("1.0.0-", false),
        ("01.0.0", false),
        ("", false),
    ])
    func versionsAreSemantic(_ text: String, _ isValid: Bool) {
        #expect(SemanticVersion.isValid(text) == isValid)
    }

    /// The example of section 11 of semver.org.
    @Test func versionsHaveTheirOrder() {
        let sorted = [
            "nonsense", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0",
        ]
        #expect(sorted.reversed().sorted { SemanticVersion($0) < SemanticVersion($1) } == sorted)
    }
}
