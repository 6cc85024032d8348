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
        try VolumeWriter.replace(before, with: after, in: path)
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        #expect(names == ["..data", "..data_2", "a", "d", "deep"])
        for file in after {
            #expect(FileManager.default.contents(atPath: "\(path)/\(file.path)").map(Array.init) == file.bytes)
        }
        #expect(!FileManager.default.fileExists(atPath: path + "/deep/c"))
        // Who has a file open reads the old one to its end.
        #expect(try open.readToEnd() == Data("1".utf8))
        try VolumeWriter.replace(after, with: before, in: path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted().contains("..data_3"))
    }
}
