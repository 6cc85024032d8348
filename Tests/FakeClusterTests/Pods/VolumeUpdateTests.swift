import Foundation
import KubeObjects
import Testing

@testable import FakeCluster

/// Volumes that change while containers read them.
struct VolumeUpdateTests {
    private static func files(_ contents: [String: String]) -> [VolumeWriter.File] {
        contents.sorted { $0.key < $1.key }
            .map { VolumeWriter.File(path: $0.key, bytes: Array($0.value.utf8), mode: 0o644) }
    }

    @Test func filesAreReplacedAllAtOnce() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/volume"
        let before = Self.files(["a": "1", "b": "2", "deep/c": "3"])
        let after = Self.files(["a": "one", "d": "4", "deep/e": "5"])
        try VolumeWriter.write(before, to: path)
        let open = try #require(FileHandle(forReadingAtPath: path + "/a"))
        defer { try? open.close() }
        try VolumeWriter.replace(with: after, in: path)
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        #expect(names == ["..data", "..data_2", "a", "d", "deep"])
        for file in after {
            #expect(FileManager.default.contents(atPath: "\(path)/\(file.path)").map(Array.init) == file.bytes)
        }
        #expect(!FileManager.default.fileExists(atPath: path + "/deep/c"))
        // Who has a file open reads the old one to its end.
        #expect(try open.readToEnd() == Data("1".utf8))
        try VolumeWriter.replace(with: before, in: path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted().contains("..data_3"))
    }

    struct LeftoverCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Links in the volume and where they lead.
        var links: [String: String] = [:]
        /// Files in the volume.
        var files: [String] = []
    }

    @Test(
        "a replacement that failed half-way does not keep the next one from succeeding",
        arguments: [
            LeftoverCase(testDescription: "while files were written", files: ["..data_2/half"]),
            LeftoverCase(
                testDescription: "before the new files were shown", links: ["..data_tmp": "..data_2"],
                files: ["..data_2/b"]),
            LeftoverCase(
                testDescription: "before what is gone was removed", links: ["gone": "..data/gone"],
                files: ["..data_0/gone"]),
        ])
    func leftovers(_ test: LeftoverCase) throws {
        let manager = FileManager.default
        let folder = try TemporaryFolder()
        let path = folder.path + "/volume"
        try VolumeWriter.write(Self.files(["a": "1"]), to: path)
        for file in test.files {
            let url = URL(filePath: "\(path)/\(file)")
            try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("old".utf8).write(to: url)
        }
        for (name, target) in test.links {
            try manager.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
        }
        try VolumeWriter.replace(with: Self.files(["b": "2"]), in: path)
        #expect(try manager.contentsOfDirectory(atPath: path).sorted() == ["..data", "..data_2", "b"])
        #expect(try manager.contentsOfDirectory(atPath: path + "/..data/") == ["b"])
        #expect(manager.contents(atPath: path + "/b") == Data("2".utf8))
    }
}
