import KubeObjects

/// The flags of a command line that change what is run, by their names: what has no meaning where nothing can be changed.
struct GivenChanges {
    /// In the order of the help; empty if nothing is to be changed.
    var flags: [String]

    init(_ run: RunArguments, _ overrides: OverrideArguments, _ trailing: [String], _ parameters: ParameterFlags) throws
    {
        flags = [
            ("--args", !run.arguments.isEmpty), ("--command", run.command), ("--container", run.container != nil),
            ("--param", !run.parameters.isEmpty), ("--params-file", run.paramsFile != nil),
            ("arguments behind --", !trailing.isEmpty),
        ].filter(\.1).map(\.0)
        flags += try overrides.fields().keys.map { "an override of \($0)" }
        flags += parameters.flags.map { "--\($0.name)" }
    }

    /// Refuses them.
    func refuse(_ why: String) throws(CommandFailure) {
        guard let first = flags.first else { return }
        throw CommandFailure("\(why): \(first) cannot be given", exitCode: RunExitCode.usage)
    }
}
