import FoundationEssentials
import RunCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `--local`: the same command line once more, as the command of a throw-away fake cluster.
///
/// The fake cluster replaces this process (exec), so that its signals, streams and exit code are ours, and nothing is
/// left behind when it ends. The words of the command line are handed on as they are, behind a verb of its own: only the
/// parser knows which of them are flags.
struct LocalRun {
    /// Where the manifests are.
    let source: TemplateSource
    /// The command line.
    let arguments: [String]

    /// `kubectl run-template local TEMPLATE` is `kubectl run-template TEMPLATE --local`.
    static let verb = ReservedName.local
    static let usage = "kubectl run-template local TEMPLATE -f PATH [flags] [-- ARG...]"
    static let abstract = "Run a template of a file on a cluster of its own, which is gone afterwards: as --local does."
    /// Says that the rest is a command line for the plugin within its own cluster.
    static let innerVerb = "__local"

    /// Names the program if it is in none of the usual places.
    private static let variable = "RUN_TEMPLATE_FAKE_CLUSTER"

    /// Becomes the fake cluster. Returns only by throwing.
    func start() throws -> Int32 {
        guard let file = source.file else { return RunExitCode.usage }
        _ = try ManifestPath.files(file)
        let program = try Self.program()
        guard let plugin = OwnProgram.path else {
            throw CommandFailure("--local: the plugin cannot find its own file")
        }
        try Self.replaceProcess(
            program, [program, "run", "--with-controller", "--", plugin, Self.innerVerb] + arguments)
        return RunExitCode.notStarted
    }

    /// The fake cluster's program: where the environment says, beside the plugin, else on the `PATH`.
    private static func program() throws(CommandFailure) -> String {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment[variable], !path.isEmpty {
            guard isExecutable(path) else {
                throw CommandFailure("\(variable): \(path) is no program")
            }
            return path
        }
        let beside = OwnProgram.path.map { [String($0[..<($0.lastIndex(of: "/") ?? $0.startIndex)])] } ?? []
        let folders = beside + (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for folder in folders where isExecutable("\(folder)/fake-cluster") { return "\(folder)/fake-cluster" }
        throw CommandFailure(
            "--local needs the program fake-cluster, which is neither beside the plugin nor on the PATH; "
                + "set \(variable) to where it is")
    }

    private static func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 }

    private static func replaceProcess(_ program: String, _ words: [String]) throws(CommandFailure) {
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        unsafe _ = execv(program, &arguments)
        throw CommandFailure("--local: \(program) cannot be started (\(errno))")
    }
}
