import FoundationEssentials
import KubeObjects
import SystemPackage

/// Where a pod's files are on the host: `PODS/NAMESPACE_NAME_UID/`, in it a folder for each container (logs, scratch
/// folder, termination message) and one for volumes.
struct PodDirectory: Sendable, Hashable {
    /// The pod's folder.
    let path: String

    /// The folder of all pods.
    static func all(in dataDirectory: String) -> String { "\(dataDirectory)/pods" }

    init(in pods: String, of pod: KubeObject) {
        path = "\(pods)/\(pod.namespace ?? "")_\(pod.name ?? "")_\(pod.uid ?? "")"
    }

    /// A container's folder.
    func container(_ name: String) -> String { "\(path)/containers/\(name)" }

    /// Where a container's process starts if it does not say where.
    func scratch(_ container: String) -> String { "\(self.container(container))/work" }

    /// Where a container's termination message is expected.
    func terminationMessage(_ container: String) -> String { "\(self.container(container))/termination-log" }

    /// Where the process id of a container's present run is kept, for the next life of the runner.
    func processIdentifier(_ container: String) -> String { "\(self.container(container))/pid" }

    /// The log of a run of a container.
    func log(_ container: String, attempt: Int) -> FilePath { FilePath("\(self.container(container))/\(attempt).log") }

    /// A volume's folder.
    func volume(_ name: String) -> String { "\(path)/volumes/\(name)" }

    /// Makes a folder with all above it.
    static func make(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Gives a file or folder to a user of a container, if there is one and this process may.
    static func give(_ path: String, to user: Int64?) throws {
        guard let user, RunningProcess.isSuperuser else { return }
        try FileManager.default.setAttributes([.ownerAccountID: Int(user)], ofItemAtPath: path)
    }

    /// Removes all of the pod's files.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Removes what a run two before a given one has left; the last two are kept, as kubelets keep them.
    func removeLog(_ container: String, before attempt: Int) {
        guard attempt >= 2 else { return }
        let old = log(container, attempt: attempt - 2)
        try? FileManager.default.removeItem(atPath: old.string)
        try? FileManager.default.removeItem(atPath: ContainerLog.rotated(old).string)
    }
}
