import KubeObjects

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How podman is told to run a container.
enum PodmanArguments {
    private static let labelName = "fake-cluster.pods"

    /// What marks the containers of a cluster.
    static func label(_ owner: String) -> String { "\(labelName)=\(owner)" }

    /// The arguments that start a container in the background. Its output is that of podman itself, so that nothing of it
    /// is lost or put into another order (`passthrough`).
    static func run(_ name: String, owner: String, _ process: ProcessSpecification) -> [String] {
        let command = process.replacesEntrypoint ? process.arguments.prefix(1) : []
        return ["run", "--detach", "--replace", "--name", name, "--label", label(owner)]
            + ["--pull", "never", "--log-driver", "passthrough", "--network", "host", "--http-proxy=false"]
            + ["--systemd=false", "--no-healthcheck"] + limits
            + (process.hostname.isEmpty ? [] : ["--hostname", process.hostname])
            + (process.sharesHostProcesses ? ["--pid", "host"] : [])
            + (process.workingDirectory.isEmpty ? [] : ["--workdir", process.workingDirectory])
            + (process.user.map { ["--user", "\($0.user):\($0.group)"] } ?? [])
            + (process.hasReadOnlyRoot ? ["--read-only", "--read-only-tmpfs=false"] : [])
            + security(process.origin?.container["securityContext"])
            + process.environment.flatMap { ["--env", "\($0.name)=\($0.value)"] }
            + process.mounts.flatMap { ["--mount", mount($0)] }
            + command.flatMap { ["--entrypoint", JSONValue.array([.string($0)]).encodedString()] }
            + ["--", process.image] + process.arguments.dropFirst(command.count)
    }

    /// What a container may do beyond, and below, the usual.
    private static func security(_ context: JSONValue?) -> [String] {
        let capabilities = { (key: String) in (context?["capabilities"]?[key]?.array ?? []).compactMap(\.string) }
        return (context?["privileged"]?.bool == true ? ["--privileged"] : [])
            + capabilities("drop").flatMap { ["--cap-drop", $0] }
            + capabilities("add").flatMap { ["--cap-add", $0] }
            + (context?["allowPrivilegeEscalation"]?.bool == false ? ["--security-opt", "no-new-privileges"] : [])
    }

    /// A bind mount: a list of values separated by commas, as CSV.
    private static func mount(_ mount: ContainerMount) -> String {
        let fields =
            ["type=bind", "source=\(mount.hostPath)", "destination=\(mount.containerPath)"]
            + (mount.isReadOnly ? ["ro=true"] : [])
        return fields.map { field in
            guard field.contains(where: { $0 == "," || $0 == "\"" }) else { return field }
            return "\"\(field.replacing("\"", with: "\"\""))\""
        }.joined(separator: ",")
    }

    /// A container has the limits of this process, as other processes that it starts do: podman would raise them, which not
    /// everybody may.
    static var limits: [String] {
        // No more processes than there can be: podman does not let itself have more.
        let mostProcesses = WholeFile.bytes(of: "/proc/sys/kernel/pid_max")
            .flatMap { rlim_t(String(decoding: $0, as: UTF8.self).prefix(while: \.isNumber)) }
        let limits = [
            ("nofile", __rlimit_resource_t(7), rlim_t.max), ("nproc", __rlimit_resource_t(6), mostProcesses ?? .max),
        ]
        return limits.flatMap { name, resource, most -> [String] in
            var limit = rlimit()
            guard unsafe getrlimit(resource, &limit) == 0 else { return [] }
            let text = { (value: rlim_t) in min(value, most) == .max ? "-1" : "\(min(value, most))" }
            return ["--ulimit", "\(name)=\(text(limit.rlim_cur)):\(text(limit.rlim_max))"]
        }
    }
}
