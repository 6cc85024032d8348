import FoundationEssentials
import KubeObjects
import KubeWire

extension ContainerRunner {
    /// Finds out what is to be run, and waits until everything for it is there.
    /// - Returns: nil if the container has to end before.
    func prepare() async -> ProcessSpecification? {
        guard let image = await waitForImage() else { return nil }
        while !Task.isCancelled && !stop.hasHappened {
            let change = worker.configurationChanged.signal
            do {
                return try await specification(image)
            } catch let error as ContainerConfigError {
                show("CreateContainerConfigError", error.description)
            } catch let error as CommandMissing {
                show("CreateContainerError", error.description)
            } catch {
                show("CreateContainerConfigError", "\(error)")
            }
            guard await wait(RestartBackOff.initialDelay, orFor: change) else { return nil }
        }
        return nil
    }

    private struct CommandMissing: Error, CustomStringConvertible {
        var image: String

        var description: String {
            "failed to generate container spec: no command specified: the fake cluster runs no images, "
                + "so it does not know the command of \"\(image)\"; give the container a command"
        }
    }

    private func specification(_ image: ContainerImage) async throws -> ProcessSpecification {
        let pod = worker.pod
        let environment = try await ContainerEnvironment(
            access: context.access, pod: pod, node: context.node, apiServer: await context.apiServer.wait() ?? nil,
            inherited: context.inherited
        ).make(for: container)
        let values = Dictionary(environment.map { ($0.name, $0.value) }) { _, last in last }
        let words = { (key: String) in
            (container[key]?.array ?? []).compactMap(\.string).map { VariableExpansion.expand($0) { values[$0] } }
        }
        let (command, arguments) = (words("command"), words("args"))
        let scratch = directory.scratch(name)
        if context.launcher.usesFiles { try PodDirectory.make(scratch) }
        let isIsolated = await context.launcher.isolation() != .none
        let runsImages = context.launcher.runsImages
        var process = ProcessSpecification(
            arguments: runsImages ? command + arguments : try commandLine(command: command, arguments: arguments),
            replacesEntrypoint: !command.isEmpty, image: image.name, environment: environment,
            workingDirectory: container["workingDir"]?.string ?? (runsImages ? "" : isIsolated ? "/" : scratch),
            mounts: allMounts, scratch: scratch)
        process.hostname = ContainerEnvironment.hostname(of: pod)
        process.sharesHostProcesses = pod[path: "spec", "hostPID"]?.bool ?? false
        process.hasReadOnlyRoot = container["securityContext"]?["readOnlyRootFilesystem"]?.bool ?? false
        process.user = try processUser(of: pod, image)
        process.origin = ProcessOrigin(
            pod: pod, container: container, restartCount: record.restartCount,
            terminationMessage: directory.terminationMessage(name))
        if values["HOME"] == nil, !runsImages {
            // Nobody but root can look into the cluster's folder; runtimes give a user without an entry the root.
            let home = isIsolated && process.user.map { $0.user != 0 } ?? false ? "/" : scratch
            process.environment.append(EnvironmentVariable(name: "HOME", value: home))
        }
        if !isIsolated {
            process.rewritePaths(PathRewriting(process.mounts))
            // A folder that an image would have had is the container's own one.
            var isDirectory = false
            let isThere = FileManager.default.fileExists(
                atPath: process.workingDirectory, isDirectory: &isDirectory)
            if !isThere || !isDirectory { process.workingDirectory = scratch }
        }
        return process
    }

    /// What is run: a container's command with its arguments, or what its image would run.
    private func commandLine(command: [String], arguments: [String]) throws(CommandMissing) -> [String] {
        if !command.isEmpty { return command + arguments }
        let image = container["image"]?.string ?? ""
        guard let known = ImageReference(image)?.command(arguments: arguments) else {
            if !context.launcher.needsCommand { return arguments }
            throw CommandMissing(image: image)
        }
        return known
    }

    /// As whom the container runs: what it asks for, else what its pod does; nil is whom its image names, else root.
    private func processUser(of pod: KubeObject, _ image: ContainerImage) throws(ContainerConfigError) -> ProcessUser? {
        let own = container["securityContext"]
        let common = pod[path: "spec", "securityContext"]
        let user = own?["runAsUser"]?.integer ?? common?["runAsUser"]?.integer
        let refusesRoot = own?["runAsNonRoot"]?.bool ?? common?["runAsNonRoot"]?.bool ?? false
        let place = "(pod: \"\(pod.name ?? "")_\(pod.namespace ?? "")(\(pod.uid ?? ""))\", container: \(name))"
        if refusesRoot, user == 0 {
            throw ContainerConfigError(description: "container's runAsUser breaks non-root policy \(place)")
        }
        if refusesRoot, user == nil, let refusal = image.rootRefusal {
            throw ContainerConfigError(description: "container has runAsNonRoot and image \(refusal) \(place)")
        }
        guard let user else { return nil }
        return ProcessUser(user: user, group: own?["runAsGroup"]?.integer ?? common?["runAsGroup"]?.integer ?? 0)
    }

    /// The mounts, with the file for the termination message.
    private var allMounts: [ContainerMount] {
        let path = container["terminationMessagePath"]?.string ?? "/dev/termination-log"
        return mounts + [ContainerMount(hostPath: directory.terminationMessage(name), containerPath: path)]
    }
}

extension ProcessSpecification {
    /// Names the places of the mounts on the host, where they cannot be where they should.
    fileprivate mutating func rewritePaths(_ rewriting: PathRewriting) {
        arguments = arguments.map(rewriting.apply)
        environment = environment.map { EnvironmentVariable(name: $0.name, value: rewriting.apply(to: $0.value)) }
        workingDirectory = rewriting.apply(to: workingDirectory)
    }
}
