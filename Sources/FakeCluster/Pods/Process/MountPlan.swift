import FoundationEssentials

/// How a container's surroundings are put together from the host's: everything of the host where it is, the container's
/// mounts at their paths, and a `/tmp` of its own, without leaving a trace on the host.
///
/// A folder of the host that a mount is to appear in is rebuilt: an empty one with all that the host's has bound into it.
/// Otherwise the mount's path would be made on the host.
struct MountPlan: Sendable {
    private struct Node {
        var children: [String: Node] = [:]
        var isMount = false

        mutating func insert(_ path: ArraySlice<String>, isMount: Bool) {
            guard let first = path.first else {
                self.isMount = self.isMount || isMount
                return
            }
            children[first, default: Node()].insert(path.dropFirst(), isMount: isMount)
        }
    }

    /// The arguments for bubblewrap (bwrap(1)) up to the command.
    let arguments: [String]

    /// A plan for a process.
    init(_ process: ProcessSpecification, _ isolation: Isolation) {
        var root = Node()
        var bindings: [String] = []
        // Outer ones first, so that a mount inside another is not hidden.
        for mount in process.mounts.sorted(by: { $0.containerPath.utf8.count < $1.containerPath.utf8.count }) {
            let path = Self.canonical(mount.containerPath)
            root.insert(Self.parts(path)[...], isMount: true)
            bindings += [mount.isReadOnly ? "--ro-bind" : "--bind", mount.hostPath, path]
        }
        for special in ["/proc", "/dev", "/tmp"] { root.insert(Self.parts(special)[...], isMount: true) }
        let directory = Self.canonical(process.workingDirectory)
        let isAbsent = !FileManager.default.fileExists(atPath: directory) && !Self.isBelow(process.mounts, directory)
        if isAbsent { root.insert(Self.parts(directory)[...], isMount: false) }
        let bind = process.hasReadOnlyRoot ? "--ro-bind-try" : "--bind-try"
        let showsProcesses = isolation != .full || process.sharesHostProcesses
        arguments =
            ["--die-with-parent"] + (isolation == .full ? Self.namespaces(of: process) : [])
            + ["--tmpfs", "/"] + Self.rebuild("", root, bind)
            + (showsProcesses ? ["--bind", "/proc", "/proc"] : ["--proc", "/proc"])
            + ["--dev", "/dev", "--perms", "1777"]
            + (process.hasReadOnlyRoot ? ["--dir", "/tmp"] : ["--tmpfs", "/tmp"])
            + bindings + (isAbsent ? ["--dir", directory] : [])
            + (FileManager.default.fileExists(atPath: process.scratch)
                ? ["--bind", process.scratch, process.scratch] : [])
            + (process.hasReadOnlyRoot ? ["--remount-ro", "/"] : [])
    }

    private static func namespaces(of process: ProcessSpecification) -> [String] {
        (process.sharesHostProcesses ? [] : ["--unshare-pid", "--as-pid-1"])
            + ["--unshare-ipc", "--unshare-uts"] + (process.hostname.isEmpty ? [] : ["--hostname", process.hostname])
    }

    private static func isBelow(_ mounts: [ContainerMount], _ path: String) -> Bool {
        mounts.contains { path == $0.containerPath || path.hasPrefix($0.containerPath + "/") }
    }

    /// Binds what a folder of the host has into the same folder of the container.
    private static func rebuild(_ folder: String, _ node: Node, _ bind: String) -> [String] {
        let manager = FileManager.default
        var arguments: [String] = []
        let names = (try? manager.contentsOfDirectory(atPath: folder.isEmpty ? "/" : folder)) ?? []
        for name in names.sorted() {
            let path = "\(folder)/\(name)"
            if let child = node.children[name] {
                if !child.isMount { arguments += ["--dir", path] + rebuild(path, child, bind) }
            } else if let target = try? manager.destinationOfSymbolicLink(atPath: path) {
                arguments += ["--symlink", target, path]
            } else {
                arguments += [bind, path, path]
            }
        }
        // Made here, because bubblewrap makes what is above a mount for root alone.
        for (name, child) in node.children.sorted(by: { $0.key < $1.key }) where !names.contains(name) && !child.isMount
        {
            arguments += ["--dir", "\(folder)/\(name)"] + rebuild("\(folder)/\(name)", child, bind)
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
