import FoundationEssentials
import KubeObjects
import Subprocess
import SystemPackage

/// The program podman: its commands, and what it answers.
struct Podman: Sendable {
    private static let outputLimit = 1 << 20
    /// How often podman looks whether a container has ended.
    private static let interval = "20ms"
    /// As good as for ever: who asks a container to end ends it when its time is over.
    private static let longestStop = "1000000"

    /// Where it is.
    let program: String

    /// Looks for it on `PATH`.
    /// - Throws: ``PodmanMissing`` if it is not there.
    init() throws(PodmanMissing) {
        let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        do throws(LaunchFailure) {
            program = try ExecutableLookup.resolve("podman", searchPath: searchPath, workingDirectory: "/")
        } catch {
            throw PodmanMissing(
                description:
                    "podman, which runs containers' images, is not on PATH; install it (apt-get install podman), "
                    + "or run processes")
        }
    }

    /// Whether it works, and is one that can do what is asked of it.
    /// - Throws: ``PodmanMissing`` that says what is wrong.
    func check() async throws(PodmanMissing) {
        let answer = await run(["version", "--format", "{{.Client.Version}}"])
        guard answer.isSuccess else {
            throw PodmanMissing(description: "\(program) does not work: \(Self.reason(answer.error))")
        }
        let version = answer.output.trimmed
        guard let major = version.split(separator: ".").first.flatMap({ Int($0) }), major >= 4 else {
            throw PodmanMissing(description: "\(program) is version \(version); 4 or later is needed")
        }
    }

    /// Starts a container whose output goes to two descriptors, which are closed here.
    /// - Returns: whether the container runs now.
    func start(_ arguments: [String], _ output: FileDescriptor, _ error: FileDescriptor) async throws -> Bool {
        let result = try await Subprocess.run(
            configuration(arguments), input: .none,
            output: .fileDescriptor(output, closeAfterSpawningProcess: true),
            error: .fileDescriptor(error, closeAfterSpawningProcess: true))
        return result.terminationStatus.isSuccess
    }

    /// Waits for a container's end; returns its exit code, that of SIGKILL for one that somebody has removed.
    func wait(for name: String) async -> Int {
        Int(await run(["wait", "--interval", Self.interval, name]).output.trimmed) ?? 137
    }

    /// Asks a container to end, by the signal that its image names, and waits for that.
    func stop(_ name: String) async { _ = await run(["stop", "--time", Self.longestStop, name]) }

    /// Ends a container at once.
    func kill(_ name: String) async { _ = await run(["kill", "--signal", "KILL", name]) }

    /// Ends and removes containers; also when the task is cancelled.
    func remove(_ names: [String]) async {
        guard !names.isEmpty else { return }
        let command = ["rm", "--force", "--volumes", "--time", "0"] + names
        // A cancelled task runs no command, and has the most to remove.
        await Task { _ = await run(command) }.value
    }

    /// The ids of all containers with a label.
    func containers(label: String) async -> [String] {
        await run(["ps", "--all", "--quiet", "--filter", "label=\(label)"]).output.split(separator: "\n").map(
            String.init)
    }

    /// An image that is on this machine.
    func inspect(_ image: String) async -> ContainerImage? {
        let answer = await run(["image", "inspect", "--", image])
        guard answer.isSuccess, let found = try? JSONValue(parsing: answer.output)[0], let id = found["Id"]?.string
        else {
            return nil
        }
        return ContainerImage(
            name: id, statusID: found["RepoDigests"]?[0]?.string ?? "sha256:\(id)", size: found["Size"]?.integer ?? 0,
            user: found["Config"]?["User"]?.string ?? "")
    }

    /// Fetches an image from its registry.
    func pull(_ image: String) async throws(ImagePullFailure) {
        let answer = await run(["pull", "--quiet", "--", image])
        guard answer.isSuccess else { throw ImagePullFailure(description: Self.reason(answer.error)) }
    }

    /// A process that is a command of podman's, beside a container's.
    func command(_ arguments: [String], in process: ProcessSpecification) -> ProcessSpecification {
        var process = process
        process.arguments = [program] + arguments
        process.workingDirectory = "/"
        process.environment = ProcessInfo.processInfo.environment.map { EnvironmentVariable(name: $0, value: $1) }
        return process
    }

    /// Why it failed, of all that it has printed: its last word, without what it puts before it.
    static func reason(_ text: String) -> String {
        let lines = text.split(separator: "\n")
        let last = lines.last { $0.hasPrefix("Error: ") }?.dropFirst("Error: ".count) ?? lines.last
        return last.map(String.init) ?? "podman does not say why"
    }

    private struct Answer {
        var isSuccess = false
        var output = ""
        var error = ""
    }

    private func run(_ arguments: [String]) async -> Answer {
        do {
            let result = try await Subprocess.run(
                configuration(arguments), input: .none, output: .string(limit: Self.outputLimit),
                error: .string(limit: Self.outputLimit))
            return Answer(
                isSuccess: result.terminationStatus.isSuccess, output: result.standardOutput,
                error: result.standardError)
        } catch {
            return Answer(error: "\(error)")
        }
    }

    private func configuration(_ arguments: [String]) -> Configuration {
        var options = PlatformOptions()
        // Ctrl-C is for the cluster, which stops its containers itself.
        options.processGroupID = 0
        return Configuration(
            executable: .path(FilePath(program)), arguments: Arguments(["--log-level", "error"] + arguments),
            platformOptions: options)
    }
}

/// Why podman cannot run containers here.
struct PodmanMissing: Error, Sendable, CustomStringConvertible {
    var description: String
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
