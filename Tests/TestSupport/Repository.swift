public import Foundation

/// The files of this repository, found from where this source file lies.
public enum Repository {
    /// The folder with `Package.swift`.
    public static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file or folder by its path from the root.
    public static func url(_ path: String) -> URL { root.appending(path: path) }

    /// The text of a file by its path from the root.
    public static func text(_ path: String) throws -> String {
        try String(contentsOf: url(path), encoding: .utf8)
    }

    /// All files below a folder whose names end so, as paths from the root, sorted. What tools leave behind (names that
    /// begin with a dot) is left out.
    public static func files(under folder: String, endingWith ending: String = "") -> [String] {
        let start = url(folder)
        guard
            let found = FileManager.default.enumerator(
                at: start, includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles])
        else { return [] }
        let base = start.resolvingSymlinksInPath().path
        return found.compactMap { $0 as? URL }
            .filter { $0.lastPathComponent.hasSuffix(ending) && !$0.hasDirectoryPath }
            .map { folder + $0.resolvingSymlinksInPath().path.dropFirst(base.count) }
            .sorted()
    }

    /// The folders directly inside a folder, as paths from the root, sorted.
    public static func folders(in folder: String) -> [String] {
        let contents = try? FileManager.default.contentsOfDirectory(
            at: url(folder), includingPropertiesForKeys: [.isDirectoryKey], options: [.skipsHiddenFiles])
        return (contents ?? []).filter(\.hasDirectoryPath).map { folder + "/" + $0.lastPathComponent }.sorted()
    }
}
