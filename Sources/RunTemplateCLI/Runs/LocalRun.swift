import FoundationEssentials

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `--local`: the same command line once more, as the command of a throw-away fake cluster that has the manifests.
///
/// The fake cluster replaces this process (exec), so that its signals, streams and exit code are ours, and nothing is
/// left behind when it ends.
struct LocalRun {
    /// Where the manifests are.
    let source: TemplateSource
    /// The command line.
    let arguments: [String]

    /// Names the program if it is in none of the usual places.
    private static let variable = "RUN_TEMPLATE_FAKE_CLUSTER"

    /// Becomes the fake cluster. Returns only by throwing.
    func start(_ session: Session) throws -> Int32 {
        guard let file = source.file else { return RunExitCode.usage }
        let program = try Self.program()
        guard let plugin = OwnProgram.path else {
            throw CommandFailure("--local: the plugin cannot find its own file")
        }
        let manifests = try ManifestPath.files(file).flatMap { ["--apply", $0] }
        let command = [program, "run", "--with-controller"] + manifests + ["--", plugin] + withoutLocal
        try Self.replaceProcess(program, command)
        return RunExitCode.notStarted
    }

    /// The command line for the plugin within the cluster: the template is on the server there.
    private var withoutLocal: [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var result: [String] = []
        var words = arguments[..<end]
        while let word = words.popFirst() {
            switch word {
            case "--local", "--local=true": break
            case "-f", "--filename": words = words.dropFirst()
            case _ where word.hasPrefix("--filename=") || (word.hasPrefix("-f") && !word.hasPrefix("--")): break
            default: result.append(word)
            }
        }
        return result + arguments[end...]
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
