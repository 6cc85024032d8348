import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Writes the files of a volume as the kubelet does: into a folder with the time in its name, to which `..data` points,
/// with a symbolic link for each file (or its first folder) beside it.
enum VolumeWriter {
    /// One file.
    struct File: Sendable, Hashable {
        /// Where it is in the volume, such as `certs/tls.key`.
        var path: String
        var bytes: [UInt8]
        /// Its permissions, such as 0o644.
        var mode: Int
        /// Whose it is, where the cluster may give files away.
        var owner: Int64?
    }

    /// Writes files; what was there goes.
    static func write(_ files: [File], to path: String) throws {
        let manager = FileManager.default
        try? manager.removeItem(atPath: path)
        let data = "..data_1"
        try fill("\(path)/\(data)", with: files)
        try link(files, in: path)
        try manager.createSymbolicLink(atPath: "\(path)/..data", withDestinationPath: data)
    }

    /// Puts other files in the place of those that are there, all at once: who reads sees the old ones or the new. It may
    /// have failed half-way before: it goes on from what is there.
    static func replace(with files: [File], in path: String) throws {
        let manager = FileManager.default
        let old = try manager.destinationOfSymbolicLink(atPath: "\(path)/..data")
        for name in try manager.contentsOfDirectory(atPath: path)
        where name.hasPrefix("..") && name != "..data" && name != old {
            try manager.removeItem(atPath: "\(path)/\(name)")
        }
        let data = "..data_\((Int(old.drop { !$0.isNumber }) ?? 0) + 1)"
        try fill("\(path)/\(data)", with: files)
        try manager.createSymbolicLink(atPath: "\(path)/..data_tmp", withDestinationPath: data)
        guard unsafe rename("\(path)/..data_tmp", "\(path)/..data") == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
        try link(files, in: path)
        let present = Set(files.compactMap(\.first).map(String.init))
        for name in try manager.contentsOfDirectory(atPath: path)
        where !present.contains(name)
            && (try? manager.destinationOfSymbolicLink(atPath: "\(path)/\(name)")) == "..data/\(name)"
        {
            try manager.removeItem(atPath: "\(path)/\(name)")
        }
        try manager.removeItem(atPath: "\(path)/\(old)")
    }

    private static func fill(_ folder: String, with files: [File]) throws {
        try PodDirectory.make(folder)
        for file in files {
            let parts = file.path.split(separator: "/")
            if parts.count > 1 { try PodDirectory.make("\(folder)/\(parts.dropLast().joined(separator: "/"))") }
            let target = "\(folder)/\(file.path)"
            try Data(file.bytes).write(to: URL(filePath: target))
            try FileManager.default.setAttributes([.posixPermissions: file.mode], ofItemAtPath: target)
            try PodDirectory.give(target, to: file.owner)
        }
    }

    /// Makes a symbolic link for each file, or its first folder, that has none yet.
    private static func link(_ files: [File], in path: String) throws {
        let manager = FileManager.default
        for first in Set(files.compactMap(\.first))
        where (try? manager.destinationOfSymbolicLink(atPath: "\(path)/\(first)")) == nil {
            try manager.createSymbolicLink(atPath: "\(path)/\(first)", withDestinationPath: "..data/\(first)")
        }
    }
}

extension VolumeWriter.File {
    /// The file's name in the volume, or that of its first folder.
    fileprivate var first: Substring? { path.split(separator: "/").first }
}
