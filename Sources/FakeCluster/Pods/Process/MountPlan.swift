import FoundationEssentials

/// How a container's file system is put together from the host's: everything of the host where it is, and the
/// container's mounts at their paths, without leaving a trace on the host.
///
/// A folder of the host that a mount is to appear in is rebuilt: an empty one with all that the host's has bound into it.
/// Otherwise the mount's path would be made on the host. A `/tmp` that something is mounted in begins empty.
struct MountPlan: Sendable {
    private struct Node {
        var children: [String: Node] = [:]
        var isMount = false

        mutating func insert(_ path: ArraySlice<String>) {
            guard let first = path.first else {
                isMount = true
                return
            }
            children[first, default: Node()].insert(path.dropFirst())
        }
    }

    /// The arguments for bubblewrap (bwrap(1)) up to the command.
    let arguments: [String]

    /// A plan for these mounts.
    /// - Parameter scratch: the container's own folder, which it sees, too, wherever it is.
    init(_ mounts: [ContainerMount], scratch: String) {
        var root = Node()
        var bindings: [String] = []
        // Outer ones first, so that a mount inside another is not hidden.
        for mount in mounts.sorted(by: { $0.containerPath.utf8.count < $1.containerPath.utf8.count }) {
            let path = Self.canonical(mount.containerPath)
            root.insert(Self.parts(path)[...])
            bindings += [mount.isReadOnly ? "--ro-bind" : "--bind", mount.hostPath, path]
        }
        for special in ["/proc", "/dev"] { root.insert(Self.parts(special)[...]) }
        arguments =
            ["--die-with-parent", "--tmpfs", "/"] + Self.rebuild("", root)
            + ["--bind", "/proc", "/proc", "--dev", "/dev"] + bindings
            + (FileManager.default.fileExists(atPath: scratch) ? ["--bind", scratch, scratch] : [])
    }

    /// Binds what a folder of the host has into the same folder of the container.
    private static func rebuild(_ folder: String, _ node: Node) -> [String] {
        guard folder != "/tmp" else { return [] }
        let manager = FileManager.default
        var arguments: [String] = []
        let names = (try? manager.contentsOfDirectory(atPath: folder.isEmpty ? "/" : folder)) ?? []
        for name in names.sorted() {
            let path = "\(folder)/\(name)"
            if let child = node.children[name] {
                if !child.isMount { arguments += ["--dir", path] + rebuild(path, child) }
            } else if let target = try? manager.destinationOfSymbolicLink(atPath: path) {
                arguments += ["--symlink", target, path]
            } else {
                arguments += ["--bind-try", path, path]
            }
        }
        return arguments
    }

    private static func parts(_ path: String) -> [String] { path.split(separator: "/").map(String.init) }

    /// The path without symbolic links of the host: `/var/run/x` is `/run/x` where `/var/run` points there.
    private static func canonical(_ path: String) -> String {
        var result = ""
        for part in parts(path) {
            let next = "\(result)/\(part)"
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next) else {
                result = next
                continue
            }
            result = target.hasPrefix("/") ? canonical(target) : canonical("\(result)/\(target)")
        }
        return result
    }
}
