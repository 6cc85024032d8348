import KubeObjects

/// Runs containers with their images, by podman: each container is one of podman's, in the network of this machine.
///
/// Its name carries the uid of its pod, and a label whose cluster it belongs to, so that a runner whose former life ended
/// without warning finds and removes what it has left behind.
struct PodmanLauncher: ProcessLauncher {
    let podman: Podman
    /// Which cluster's containers these are: the folder of its pods.
    let owner: String

    var needsCommand: Bool { false }
    var runsImages: Bool { true }

    func isolation() async -> Isolation { .full }

    func run(
        _ process: ProcessSpecification, output: @escaping @Sendable (OutputStream, [UInt8]) -> Void,
        started: @Sendable (RunningProcess) -> Void
    ) async throws(LaunchFailure) -> ProcessExit {
        guard let name = process.origin?.containerName else {
            throw LaunchFailure(description: "no container belongs to the process", isWhole: true)
        }
        guard process.neighbour == nil else {
            return try await PlainLauncher().run(
                podman.program, of: podman.command(["exec", name] + process.arguments, in: process), output: output,
                started: started)
        }
        let outcome = await runContainer(name, process, output: output, started: started)
        await podman.remove([name])
        return try outcome.get()
    }

    private func runContainer(
        _ name: String, _ process: ProcessSpecification,
        output: @escaping @Sendable (OutputStream, [UInt8]) -> Void, started: @Sendable (RunningProcess) -> Void
    ) async -> Result<ProcessExit, LaunchFailure> {
        // What podman itself prints, which is why it could not start the container, must not get into its log.
        let gate = OutputGate(output)
        do {
            let standardOutput = try OutputPipe { gate.pass(.stdout, $0) }
            let standardError = try OutputPipe { gate.pass(.stderr, $0) }
            let isRunning = try await podman.start(
                PodmanArguments.run(name, owner: owner, process), standardOutput.writeEnd, standardError.writeEnd)
            guard isRunning else {
                await standardOutput.finish()
                await standardError.finish()
                return .failure(LaunchFailure(description: Podman.reason(gate.close()), isWhole: true))
            }
            gate.open()
            let control = ProcessControl()
            started(RunningProcess(control: control))
            let code = await waitForEnd(of: name, control)
            await standardOutput.finish()
            await standardError.finish()
            return .success(.exited(code))
        } catch {
            return .failure(LaunchFailure(description: "\(error)", isWhole: true))
        }
    }

    /// Waits for a container's end, and asks it to end, or ends it, when that is wanted.
    private func waitForEnd(of name: String, _ control: ProcessControl) async -> Int {
        await withTaskGroup(of: Int?.self) { [podman] group in
            group.addTask { await podman.wait(for: name) }
            group.addTask {
                // Sends the signal that the image names. How long that may take is not podman's to decide.
                if await control.stop.wait() != nil { await podman.stop(name) }
                return nil
            }
            group.addTask {
                if await control.kill.wait() != nil { await podman.kill(name) }
                return nil
            }
            defer { group.cancelAll() }
            for await code in group { if let code { return code } }
            return 137
        }
    }

    func find(_ image: ImageReference) async -> ContainerImage? {
        // As it is written, too: an image that was made here may have no registry.
        for name in [image.text, image.fullName] {
            if let found = await podman.inspect(name) { return found }
        }
        return nil
    }

    func pull(_ image: ImageReference) async throws(ImagePullFailure) -> ContainerImage {
        try await podman.pull(image.fullName)
        guard let image = await podman.inspect(image.fullName) else {
            throw ImagePullFailure(description: "podman has pulled \(image.fullName), and has it not")
        }
        return image
    }

    func removeLeftovers() async {
        await podman.remove(await podman.containers(label: PodmanArguments.label(owner)))
    }
}

extension ProcessOrigin {
    /// How podman calls the container.
    var containerName: String {
        "fake-cluster-\(pod.uid ?? "")-\(container["name"]?.string ?? "")-\(restartCount)"
    }
}
