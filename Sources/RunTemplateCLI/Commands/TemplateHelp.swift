import ArgumentParser
import KubeObjects
import RunCore

/// `kubectl run-template TEMPLATE --help`: the help of the command, behind the parameters of the template.
struct TemplateHelp {
    private let command: any TemplateVerb
    private let template: String

    /// Nil for a command line that does not ask for it.
    init?(_ type: any ParsableCommand.Type, _ words: [String]) {
        let end = words.firstIndex(of: "--") ?? words.endIndex
        let own = words[..<end]
        guard Self.isWanted(words),
            let command = try? type.parseAsRoot(own.filter { $0 != "--help" && $0 != "-h" }) as? any TemplateVerb,
            let template = command.template
        else { return nil }
        self.command = command
        self.template = template
    }

    /// Whether a command line asks for help: with a flag, not with a word that is another flag's value.
    static func isWanted(_ words: [String]) -> Bool {
        var rest = words[...]
        while let word = rest.popFirst(), word != "--" {
            if word == "--help" || word == "-h" { return true }
            if FlagTable.all.takesNext(word), word != "-f" { rest = rest.dropFirst() }
        }
        return false
    }

    /// Prints the help. Returns the exit code.
    func show(_ session: Session) async -> Int32 {
        if (try? ErrandName(template)) == nil { await showTemplate(session) }
        session.output.line(type(of: command).helpMessage())
        return RunExitCode.success
    }

    private func showTemplate(_ session: Session) async {
        do {
            let found = try await command.asked.source.template(try TemplateLookup.name(template), session)
            let name = found.object.name ?? ""
            if found.parameters.isEmpty {
                session.output.line("JobTemplate \"\(name)\" declares no parameters.\n")
            } else {
                session.output.line("PARAMETERS OF JOBTEMPLATE \"\(name)\":")
                for parameter in found.parameters { session.output.line(parameter.helpLine) }
                session.output.line("")
            }
            let overridable = found.overridable.joined(separator: ", ")
            session.output.line("A run may set: \(overridable.isEmpty ? "nothing" : overridable)\n")
        } catch {
            session.errors.line("Warning: the template's parameters cannot be shown: \(CommandFailure(error).message)")
        }
    }
}
