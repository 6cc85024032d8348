import FoundationEssentials
import KubeObjects

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A chart's folder on disk.
package struct ChartFolder: Sendable {
    /// The folder.
    package let path: String

    /// The folder at a path, whether it exists or not.
    package init(_ path: String) { self.path = path }

    /// What stands in the folder otherwise than in a chart: a line for each file that differs, is missing or too many.
    /// - Throws: an error of the file system.
    package func differences(from chart: Chart) throws -> [String] {
        let wanted = Set(chart.files.map(\.path))
        let surplus = try files().filter { !wanted.contains($0) }.map { "\($0): the code makes no such file" }
        let others = chart.files.compactMap { file -> String? in
            guard let text = try? String(contentsOfFile: "\(path)/\(file.path)", encoding: .utf8) else {
                return "\(file.path): is missing"
            }
            return text == file.text ? nil : "\(file.path): \(Self.firstDifference(text, file.text))"
        }
        return (surplus + others).sorted()
    }

    /// Makes the folder hold the chart and nothing else.
    /// - Throws: an error of the file system.
    package func write(_ chart: Chart) throws {
        let wanted = Set(chart.files.map(\.path))
        for surplus in try files() where !wanted.contains(surplus) { try remove(surplus) }
        for file in chart.files { try write(file) }
    }

    /// Writes one file.
    func write(_ file: ChartFile) throws {
        let target = "\(path)/\(file.path)"
        let folder = target.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try file.text.write(toFile: target, atomically: true, encoding: .utf8)
        } catch { throw ChartError("\(target): cannot be written: \(error.systemReason)") }
    }

    /// Removes the file at a path below the folder.
    func remove(_ subpath: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(subpath)") }

    /// The texts of all files, by path below the folder. What is no text is left out.
    func texts() throws -> [String: String] {
        var texts: [String: String] = [:]
        for file in try files() { texts[file] = try? String(contentsOfFile: "\(path)/\(file)", encoding: .utf8) }
        return texts
    }

    /// The paths of all files, relative to the folder.
    private func files() throws -> [String] {
        let manager = FileManager.default
        guard manager.fileExists(atPath: path) else { return [] }
        return try manager.subpathsOfDirectory(atPath: path).filter { subpath in
            var isFolder = false
            return manager.fileExists(atPath: "\(path)/\(subpath)", isDirectory: &isFolder) && !isFolder
        }
    }

    private static func firstDifference(_ old: String, _ new: String) -> String {
        let (old, new) = (
            old.split(separator: "\n", omittingEmptySubsequences: false),
            new.split(separator: "\n", omittingEmptySubsequences: false)
        )
        let line = zip(old, new).prefix { $0 == $1 }.count
        return
            "line \(line + 1) is \"\(line < old.count ? old[line] : "")\", the code makes \"\(line < new.count ? new[line] : "")\""
    }
}

extension Error {
    /// What the system says is wrong, where Foundation has it; else the whole error.
    var systemReason: String {
        let system = (self as? CocoaError)?.underlying ?? self
        guard let code = (system as? POSIXError)?.code else { return "\(self)" }
        return unsafe String(cString: strerror(code.rawValue))
    }
}
