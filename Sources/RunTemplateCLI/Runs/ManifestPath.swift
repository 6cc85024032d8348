import FoundationEssentials

/// A file or folder of manifests, as `-f` takes it.
enum ManifestPath {
    /// The files: the path itself, or what is in the folder with the name of a manifest, sorted. `-` is standard input.
    /// - Throws: a failure of usage for a path that does not exist, and for a folder without manifests.
    static func files(_ path: String) throws(CommandFailure) -> [String] {
        guard path != "-" else { return [path] }
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw CommandFailure("-f \(path): there is no such file or folder", exitCode: RunExitCode.usage)
        }
        guard isFolder else { return [path] }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        } catch {
            throw CommandFailure("-f \(path): the folder cannot be read", exitCode: RunExitCode.usage)
        }
        let manifests = names.filter { name in [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) } }
        guard !manifests.isEmpty else {
            throw CommandFailure(
                "-f \(path): the folder holds no .yaml, .yml or .json file", exitCode: RunExitCode.usage)
        }
        return manifests.map { "\(path)/\($0)" }
    }
}
