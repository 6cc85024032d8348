import FoundationEssentials
import KubeObjects
import KubeWire

/// The volumes of a pod as they are on the host.
struct PodVolumes: Sendable {
    private struct Volume: Sendable {
        var hostPath: String
        /// Made of objects of the cluster: containers cannot write to it.
        var isReadOnly: Bool
    }

    private var volumes: [String: Volume] = [:]

    /// Makes the volumes of a pod.
    /// - Throws: ``ContainerConfigError`` in the kubelet's words if something that a volume needs is missing.
    static func make(for pod: KubeObject, in directory: PodDirectory, context: PodContext) async throws -> PodVolumes {
        var result = PodVolumes()
        let content = VolumeContent(
            access: context.access, pod: pod, node: context.node, issueToken: context.issueToken)
        for volume in pod[path: "spec", "volumes"]?.array ?? [] {
            guard let name = volume["name"]?.string else { continue }
            let path = directory.volume(name)
            if let hostPath = volume["hostPath"]?["path"]?.string {
                result.volumes[name] = Volume(hostPath: hostPath, isReadOnly: false)
            } else if VolumeContent.isProjected(volume) {
                do {
                    try VolumeWriter.write(try await content.files(of: volume), to: path)
                } catch {
                    throw ContainerConfigError(
                        description: "MountVolume.SetUp failed for volume \"\(name)\" : \(error)")
                }
                result.volumes[name] = Volume(hostPath: path, isReadOnly: true)
            } else {
                // An emptyDir; and what stands for all volumes that would come from elsewhere.
                try PodDirectory.make(path)
                try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
                result.volumes[name] = Volume(hostPath: path, isReadOnly: false)
            }
        }
        return result
    }

    /// What is mounted into a container.
    func mounts(of container: JSONValue, in pod: KubeObject, node: NodeIdentity) -> [ContainerMount] {
        (container["volumeMounts"]?.array ?? []).compactMap { mount in
            guard let name = mount["name"]?.string, let volume = volumes[name],
                let path = mount["mountPath"]?.string
            else { return nil }
            var hostPath = volume.hostPath
            if let subPath = subPath(of: mount, container, pod, node), !subPath.isEmpty {
                hostPath += "/\(subPath)"
                if !volume.isReadOnly { try? PodDirectory.make(hostPath) }
            }
            return ContainerMount(
                hostPath: hostPath, containerPath: path,
                isReadOnly: volume.isReadOnly || mount["readOnly"]?.bool == true)
        }
    }

    private func subPath(
        of mount: JSONValue, _ container: JSONValue, _ pod: KubeObject, _ node: NodeIdentity
    ) -> String? {
        guard let expression = mount["subPathExpr"]?.string else { return mount["subPath"]?.string }
        return VariableExpansion.expand(expression) { name in
            guard let entry = container["env"]?.array?.last(where: { $0["name"]?.string == name }) else { return nil }
            if let path = entry["valueFrom"]?["fieldRef"]?["fieldPath"]?.string {
                return FieldReference.value(of: path, in: pod, node: node)
            }
            return entry["value"]?.string
        }
    }
}

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
        try PodDirectory.make("\(path)/\(data)")
        for file in files {
            let parts = file.path.split(separator: "/")
            if parts.count > 1 { try PodDirectory.make("\(path)/\(data)/\(parts.dropLast().joined(separator: "/"))") }
            let target = "\(path)/\(data)/\(file.path)"
            try Data(file.bytes).write(to: URL(filePath: target))
            try manager.setAttributes([.posixPermissions: file.mode], ofItemAtPath: target)
            try PodDirectory.give(target, to: file.owner)
            if let first = parts.first, !manager.fileExists(atPath: "\(path)/\(first)") {
                try manager.createSymbolicLink(
                    atPath: "\(path)/\(first)", withDestinationPath: "..data/\(first)")
            }
        }
        try manager.createSymbolicLink(atPath: "\(path)/..data", withDestinationPath: data)
    }
}
