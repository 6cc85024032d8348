import ArgumentParser
import KubeObjects

/// `--validate`, in kubectl's words.
enum FieldValidation: String, CaseIterable, ExpressibleByArgument {
    case strict, warn, ignore

    /// kubectl also takes truth values.
    init?(argument: String) {
        switch argument {
        case "true": self = .strict
        case "false": self = .ignore
        default: self.init(rawValue: argument)
        }
    }

    /// As the API server names it.
    var fieldValidation: String {
        switch self {
        case .strict: "Strict"
        case .warn: "Warn"
        case .ignore: "Ignore"
        }
    }
}

/// Whether and how the run comes to be.
struct CreationArguments: ParsableArguments {
    @Option(help: "Creates nothing: client prints the run and its Job, server asks the server.")
    var dryRun: DryRun = .none
    @Flag(help: "Creates nothing: shows what the run's Job has otherwise than the template.")
    var diff = false
    @Option(help: "What happens with fields that the server does not know: strict, warn or ignore.")
    var validate: FieldValidation = .strict

    /// Whether nothing is asked of the server but the template.
    var isOffline: Bool { dryRun == .client || diff }

    /// Whether something is created.
    var creates: Bool { dryRun == .none && !diff }

    /// Refuses flags that do not go together.
    func check() throws(CommandFailure) {
        if diff, dryRun == .server {
            throw CommandFailure("--diff and --dry-run=server exclude each other", exitCode: RunExitCode.usage)
        }
    }

    /// Shows what would be; nothing is created.
    func show(_ planned: PlannedRun, format: OutputFormat?, _ session: Session) throws(CommandFailure) -> Int32 {
        if diff {
            session.output.text(planned.differences)
        } else {
            try print([planned.run, planned.job], format: format, session)
        }
        return RunExitCode.success
    }

    /// Prints what a dry run has made: the run, and its Job as it was rendered here.
    func print(_ objects: [KubeObject], format: OutputFormat?, _ session: Session) throws(CommandFailure) {
        switch format?.form {
        case nil, .yaml:
            let format = format ?? .yaml
            let documents = try objects.map { object throws(CommandFailure) in try format.text(object) }
            session.output.text(documents.joined(separator: "---\n"))
        case .name, .wide, .json, .jsonPath, .jsonPathAsJSON, .goTemplate, .customColumns:
            session.output.text(try (format ?? .json).text(objects))
        }
    }
}
