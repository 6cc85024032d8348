import FoundationEssentials
import KubeObjects
import KubeWire
import Logging

/// The volumes of a pod as they are on the host.
struct PodVolumes: Sendable {
    private struct Volume: Sendable {
        var hostPath: String
        /// Made of objects of the cluster: containers cannot write to it.
        var isReadOnly: Bool
        /// What was written, where that changes with the cluster's objects.
        var files: [VolumeWriter.File]?
    }

    private var volumes: [String: Volume] = [:]

    /// Makes the volumes of a pod. For containers that are only played it is just seen to it that what they need is there.
    /// - Throws: ``ContainerConfigError`` in the kubelet's words if something that a volume needs is missing.
    static func make(for pod: KubeObject, in directory: PodDirectory, context: PodContext) async throws -> PodVolumes {
        var result = PodVolumes()
        let isReal = context.launcher.usesFiles
        let content = VolumeContent(
            access: context.access, pod: pod, node: context.node, issueToken: isReal ? context.issueToken : nil)
        for volume in pod[path: "spec", "volumes"]?.array ?? [] {
            guard let name = volume["name"]?.string else { continue }
            let path = directory.volume(name)
            do {
                let files = VolumeContent.isProjected(volume) ? try await content.files(of: volume) : nil
                guard isReal else { continue }
                if let hostPath = volume["hostPath"]?["path"]?.string {
                    result.volumes[name] = Volume(hostPath: hostPath, isReadOnly: false)
                } else if let files {
                    try VolumeWriter.write(files, to: path)
                    let isLive = VolumeContent.isLive(volume)
                    result.volumes[name] = Volume(hostPath: path, isReadOnly: true, files: isLive ? files : nil)
                } else {
                    // An emptyDir; and what stands for all volumes that would come from elsewhere.
                    try PodDirectory.make(path)
                    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
                    result.volumes[name] = Volume(hostPath: path, isReadOnly: false)
                }
            } catch {
                throw ContainerConfigError(description: "MountVolume.SetUp failed for volume \"\(name)\" : \(error)")
            }
        }
        return result
    }

    /// Whether there are volumes that change with the cluster's objects.
    var areLive: Bool { volumes.values.contains { $0.files != nil } }

    /// Writes anew what has changed in the cluster since, as a kubelet does within a minute. What is gone stays as it was.
    mutating func refresh(for pod: KubeObject, context: PodContext) async {
        let content = VolumeContent(
            access: context.access, pod: pod, node: context.node, issueToken: context.issueToken)
        for volume in pod[path: "spec", "volumes"]?.array ?? [] {
            guard let name = volume["name"]?.string, let present = volumes[name], let before = present.files,
                let files = try? await content.files(of: volume), files != before
            else { continue }
            do {
                try VolumeWriter.replace(with: files, in: present.hostPath)
                volumes[name]?.files = files
            } catch {
                context.logger.warning("volume not renewed", metadata: ["volume": "\(name)", "error": "\(error)"])
            }
        }
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
