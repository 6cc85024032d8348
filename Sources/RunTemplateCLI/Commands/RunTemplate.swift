import ArgumentParser
import KubeObjects
import RunCore

/// The plugin: from a command line to an exit code.
package enum RunTemplate {
    /// The plugin's version.
    package static let version = ProjectVersion.current

    /// What the shells' scripts call, as with kubectl.
    private static let completionVerb = "__complete"
    /// What `make man` calls.
    private static let manualVerb = "__manual"

    /// Words that are no templates.
    static let verbs = Set(ReservedName.all)

    /// Runs the program under the name that it was called by. Returns the exit code.
    package static func main(program: String, _ arguments: [String], session: Session) async -> Int32 {
        switch program.split(separator: "/").last.map(String.init) {
        case CompletionInstaller.name: await complete(arguments, session)
        case "kubectl-create-jobrun": await main(["--detach"] + arguments, session: session)
        default: await main(arguments, session: session)
        }
    }

    /// Prints what may stand in place of the last word.
    private static func complete(_ line: [String], _ session: Session) async -> Int32 {
        let answer = await Completer(request: CompletionRequest(line), session: session).answer()
        session.output.text(answer.text)
        return RunExitCode.success
    }

    /// Runs a command line, without the program's name. Returns the exit code.
    package static func main(_ arguments: [String], session: Session) async -> Int32 {
        if arguments.first == completionVerb { return await complete(Array(arguments.dropFirst()), session) }
        if arguments.first == LocalRun.innerVerb {
            return await main(Array(arguments.dropFirst()), isWithinLocal: true, session)
        }
        if arguments == [manualVerb] {
            session.output.text(ManualPage.text)
            return RunExitCode.success
        }
        return await main(arguments, isWithinLocal: false, session)
    }

    /// - Parameter isWithinLocal: Whether the cluster is the plugin's own, which has nothing yet.
    private static func main(_ arguments: [String], isWithinLocal: Bool, _ session: Session) async -> Int32 {
        let line = normalized(arguments)
        if !isWithinLocal { for warning in line.warnings { session.errors.line("Warning: \(warning)") } }
        let command = command(line.arguments)
        var words = command.arguments
        var flags = ParameterFlags()
        if command.type is any ParameterVerb.Type {
            (flags, words) = ParameterFlags.split(words, .all)
            flags.idle = line.idle
        }
        if let help = TemplateHelp(command.type, words) { return await help.show(session) }
        if TemplateHelp.isWanted(words) {
            // Told at once: the parser would make the text once to know that it is no failure, and once to print it.
            session.output.line(command.type.helpMessage())
            return RunExitCode.success
        }
        let verb: any Verb
        do {
            var parsed = try command.type.parseAsRoot(words)
            guard let known = parsed as? any Verb else {
                // The parser's own: help.
                try parsed.run()
                return RunExitCode.success
            }
            verb = known
        } catch {
            guard command.type.exitCode(for: error) == .success else {
                session.errors.line("error: \(UsageMessage(command.type, words).text(error))")
                return RunExitCode.usage
            }
            session.output.line(command.type.fullMessage(for: error))
            return RunExitCode.success
        }
        if let root = verb as? RunTemplateCommand, root.local, !isWithinLocal {
            return await ended(session) {
                try root.check()
                return try LocalRun(source: root.asked.source, arguments: arguments).start()
            }
        }
        return await ended(session) {
            let code =
                if let verb = verb as? any ParameterVerb {
                    try await verb.execute(session, flags)
                } else {
                    try await verb.execute(session)
                }
            return warned(verb.exitsAsRun ? code : delivered(code, session), session)
        }
    }

    /// The exit code of a command whose warnings count, as with kubectl: an error is one anyway.
    private static func warned(_ code: Int32, _ session: Session) -> Int32 {
        let count = session.warnings.value
        guard code == RunExitCode.success, count > 0 else { return code }
        session.errors.line("error: \(count) warning\(count == 1 ? "" : "s") received")
        return RunExitCode.warned
    }

    /// The exit code of a command that prints: what was lost of its output, which has been said, is a failure.
    private static func delivered(_ code: Int32, _ session: Session) -> Int32 {
        code == RunExitCode.success && session.output.hasLost ? RunExitCode.notStarted : code
    }

    /// Does the work of a command; an error is said, and becomes the exit code.
    private static func ended(_ session: Session, _ work: () async throws -> Int32) async -> Int32 {
        do {
            return try await work()
        } catch {
            let failure = CommandFailure(error)
            session.errors.line("error: \(failure.message)")
            return failure.exitCode
        }
    }

    /// The command that the first word names, and what is left for it: the parser would take the word for a template.
    static func command(_ arguments: [String]) -> (type: any ParsableCommand.Type, arguments: [String]) {
        let root = RunTemplateCommand.self
        func verb(_ word: String?) -> (any ParsableCommand.Type)? {
            root.configuration.subcommands.first { $0.configuration.commandName == word }
        }
        if arguments.first == "help" {
            let word = arguments.dropFirst().first
            if let word, !verbs.contains(word) { return (root, arguments.dropFirst() + ["--help"]) }
            return (verb(word) ?? root, ["--help"])
        }
        if arguments.first == LocalRun.verb { return (root, ["--local"] + arguments.dropFirst()) }
        guard let type = verb(arguments.first) else { return (root, arguments) }
        return (type, Array(arguments.dropFirst()))
    }

    /// A command line as the parser takes it, without what means nothing here.
    static func normalized(_ arguments: [String]) -> CommandLineNormalizer.Result {
        let (rest, idle) = FlagTable.idle.removed(from: arguments)
        var result = normalizer.normalize(rest)
        result.idle = idle
        return result
    }

    private static let normalizer = CommandLineNormalizer(
        verbs: verbs, switches: FlagTable.all.switches, options: FlagTable.all.options)
}
