import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Finds the file that a command names, as a container runtime does, and refuses in its words.
enum ExecutableLookup {
    /// The path of the executable.
    /// - Parameters:
    ///   - command: a path, or a name that is looked for in `searchPath`.
    ///   - searchPath: directories separated by colons.
    ///   - workingDirectory: what a relative path is relative to.
    static func resolve(
        _ command: String, searchPath: String, workingDirectory: String
    ) throws(LaunchFailure) -> String {
        guard !command.isEmpty else {
            throw LaunchFailure(description: "exec: \"\": executable file not found in $PATH")
        }
        guard !command.utf8.contains(UInt8(ascii: "/")) else {
            let path = command.hasPrefix("/") ? command : "\(workingDirectory)/\(command)"
            switch FileKind(of: path) {
            case .absent:
                throw LaunchFailure(description: "exec: \"\(command)\": stat \(command): no such file or directory")
            case .directory:
                throw LaunchFailure(description: "exec: \"\(command)\": is a directory")
            case .other where !isExecutable(path):
                throw LaunchFailure(description: "exec: \"\(command)\": permission denied")
            case .other:
                return path
            }
        }
        for directory in searchPath.split(separator: ":") {
            let path = "\(directory)/\(command)"
            if case .other = FileKind(of: path), isExecutable(path) { return path }
        }
        throw LaunchFailure(description: "exec: \"\(command)\": executable file not found in $PATH")
    }

    private static func isExecutable(_ path: String) -> Bool {
        unsafe access(path, X_OK) == 0
    }

    private enum FileKind {
        case absent, directory, other

        init(of path: String) {
            var information = stat()
            guard unsafe stat(path, &information) == 0 else {
                self = .absent
                return
            }
            self = information.st_mode & S_IFMT == S_IFDIR ? .directory : .other
        }
    }
}
