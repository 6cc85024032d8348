import KubeObjects
import KubeWire

extension ContainerRunner {
    /// Sees to it that the image is there, as the pull policy says; tries again while it cannot be had.
    /// - Returns: nil if the container has to end before.
    func waitForImage() async -> ContainerImage? {
        let image = container["image"]?.string ?? ""
        guard let reference = ImageReference(image) else {
            let failure = "couldn't parse image name \"\(image)\": invalid reference format"
            show(
                "InvalidImageName", "Failed to apply default image tag \"\(image)\": \(failure)",
                event: "Error: InvalidImageName")
            _ = await stop.wait()
            return nil
        }
        var backOff = RestartBackOff()
        _ = backOff.failed(at: context.time.now())
        while !Task.isCancelled && !stop.hasHappened {
            if let found = await fetch(reference) {
                worker.change(name, isVisible: false) { $0.imageID = found.statusID }
                return found
            }
            guard await wait(backOff.failed(at: context.time.now())) else { return nil }
        }
        return nil
    }

    /// Tries once to have the image; shows why not.
    private func fetch(_ reference: ImageReference) async -> ContainerImage? {
        let image = reference.text
        let policy = container["imagePullPolicy"]?.string
        if policy != "Always", let present = await context.launcher.find(reference) {
            report("Pulled", "Container image \"\(image)\" already present on machine and can be accessed by the pod")
            return present
        }
        guard policy != "Never" else {
            let refusal = "Container image \"\(image)\" is not present with pull policy of Never"
            context.report(worker.pod, container: record, .warning, reason: "ErrImageNeverPull", refusal)
            show("ErrImageNeverPull", refusal, event: "Error: ErrImageNeverPull")
            return nil
        }
        report("Pulling", "Pulling image \"\(image)\"")
        let begin = ContinuousClock.now
        switch await pull(reference) {
        case .success(let pulled):
            let time = max(.milliseconds(1), ContinuousClock.now - begin).goMilliseconds
            report(
                "Pulled",
                "Successfully pulled image \"\(image)\" in \(time) (\(time) including waiting). "
                    + "Image size: \(pulled.size) bytes.")
            return pulled
        case .failure(let failure):
            await showPullFailure(of: image, failure.description)
            return nil
        case nil: return nil
        }
    }

    /// Fetches the image; nil if the container has to end before it is there.
    private func pull(_ reference: ImageReference) async -> Result<ContainerImage, ImagePullFailure>? {
        await withTaskGroup(of: Result<ContainerImage, ImagePullFailure>?.self) { group in
            group.addTask {
                do throws(ImagePullFailure) {
                    return .success(try await context.launcher.pull(reference))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                _ = await stop.wait()
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    private func showPullFailure(of image: String, _ failure: String) async {
        context.report(
            worker.pod, container: record, .warning, reason: "Failed", "Failed to pull image \"\(image)\": \(failure)")
        show("ErrImagePull", failure, event: "Error: ErrImagePull")
        guard await wait(.seconds(1)) else { return }
        report("BackOff", "Back-off pulling image \"\(image)\"")
        show(
            "ImagePullBackOff", "Back-off pulling image \"\(image)\": ErrImagePull: \(failure)",
            event: "Error: ImagePullBackOff")
    }

    private func report(_ reason: String, _ message: String) {
        context.report(worker.pod, container: record, reason: reason, message)
    }
}

extension Duration {
    /// As Go writes times of some milliseconds to some minutes: `53ms`, `1.25s`, `1m2.5s`.
    fileprivate var goMilliseconds: String {
        let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        guard milliseconds >= 1000 else { return "\(milliseconds)ms" }
        var fraction = Substring(String(milliseconds % 1000 + 1000).dropFirst())
        while fraction.last == "0" { fraction.removeLast() }
        let seconds = milliseconds / 1000
        let minutes = seconds >= 60 ? "\(seconds / 60)m" : ""
        return "\(minutes)\(seconds % 60)\(fraction.isEmpty ? "" : ".")\(fraction)s"
    }
}
