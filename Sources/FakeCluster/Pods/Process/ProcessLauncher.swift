/// Runs the processes of containers. The plain launcher runs them on the host as they are; others may isolate them, or run
/// them in their images.
protocol ProcessLauncher: Sendable {
    /// Runs a process to its end.
    ///
    /// Cancelling the task ends the process, first with SIGTERM, then with SIGKILL.
    /// - Parameters:
    ///   - output: takes what the process writes, as it writes; called from two tasks, one for each stream.
    ///   - started: called once the process is there.
    /// - Throws: ``LaunchFailure`` if the process could not be started.
    func run(
        _ process: ProcessSpecification, output: @escaping @Sendable (OutputStream, [UInt8]) -> Void,
        started: @Sendable (RunningProcess) -> Void
    ) async throws(LaunchFailure) -> ProcessExit

    /// Finds out what the host allows; the same answer each time.
    func isolation() async -> Isolation

    /// Whether a container that has no command cannot be run.
    var needsCommand: Bool { get }

    /// Whether containers see files. None are made for one that is only played, but for what it leaves behind: twenty files
    /// and folders for a pod cost as much as all the rest of its life.
    var usesFiles: Bool { get }

    /// Whether containers have the files, the variables, the folder and the user of their images, and their commands.
    var runsImages: Bool { get }

    /// An image that is there and need not be fetched.
    func find(_ image: ImageReference) async -> ContainerImage?

    /// Fetches an image.
    /// - Throws: ``ImagePullFailure`` if it cannot be had.
    func pull(_ image: ImageReference) async throws(ImagePullFailure) -> ContainerImage

    /// Ends and removes what a former life of the runner, which ended without warning, has left behind.
    func removeLeftovers() async
}

extension ProcessLauncher {
    var needsCommand: Bool { true }
    var usesFiles: Bool { true }
    var runsImages: Bool { false }

    /// An image is only a name, so all are there that can be.
    func find(_ image: ImageReference) async -> ContainerImage? {
        image.pullFailure == nil ? ContainerImage(unread: image) : nil
    }

    func pull(_ image: ImageReference) async throws(ImagePullFailure) -> ContainerImage {
        if let failure = image.pullFailure { throw ImagePullFailure(description: failure) }
        return ContainerImage(unread: image)
    }

    func removeLeftovers() async {}
}

/// A process to run.
struct ProcessSpecification: Sendable, Hashable {
    /// What is executed, then its arguments; empty only where no command is needed.
    var arguments: [String]
    /// Whether the arguments begin with what is executed, and are not only the arguments of what the image names.
    var replacesEntrypoint = true
    /// The image, as the launcher names it.
    var image = ""
    /// The whole environment; a later entry of a name wins.
    var environment: [EnvironmentVariable]
    /// Where it starts; empty means where its image says.
    var workingDirectory: String
    /// What appears where inside.
    var mounts: [ContainerMount] = []
    /// The container's own folder, which it can always write to.
    var scratch = "/"
    /// The name of the machine that it sees.
    var hostname = ""
    /// Whether it sees the host's processes (`hostPID`).
    var sharesHostProcesses = false
    /// Whether it can write to its mounts only (`readOnlyRootFilesystem`).
    var hasReadOnlyRoot = false
    /// As whom it runs; nil is the user who runs the cluster.
    var user: ProcessUser?
    /// The process of a container inside whose surroundings it runs, such as for a probe.
    var neighbour: RunningProcess?
    /// Which container it is.
    var origin: ProcessOrigin?
}

/// Ids of a user and its first group.
struct ProcessUser: Sendable, Hashable {
    var user: Int64
    var group: Int64
}

/// A variable of a process's environment.
struct EnvironmentVariable: Sendable, Hashable {
    var name: String
    var value: String
}

/// A file or directory of the host that appears inside a container.
struct ContainerMount: Sendable, Hashable {
    /// Where it is on the host.
    var hostPath: String
    /// Where it appears.
    var containerPath: String
    /// Whether the container may not write to it.
    var isReadOnly = false
}

/// One of a process's two output streams, as CRI log files name them.
enum OutputStream: String, Sendable, Hashable { case stdout, stderr }

/// How a process ended.
enum ProcessExit: Sendable, Hashable {
    /// By itself, with this code.
    case exited(Int)
    /// By a signal.
    case signalled(Int)

    /// The exit code as container runtimes tell it: 128 and the signal's number for a signal.
    var code: Int {
        switch self {
        case .exited(let code): code
        case .signalled(let signal): 128 + signal
        }
    }
}

/// Why a process could not be started, in the words of a container runtime.
struct LaunchFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong: `exec: "/no/such/program": stat /no/such/program: no such file or directory`.
    var description: String
    /// Whether that is all that the runtime says, and not only what went wrong with the executable.
    var isWhole = false
}
