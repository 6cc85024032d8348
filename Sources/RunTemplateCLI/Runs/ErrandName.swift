import RunCore

/// `errand/NAME` where a template could stand: an object that is not copied into a run but told to run.
struct ErrandName {
    let run: RunName

    /// Nil if the argument names no such object.
    init?(_ argument: String) throws(CommandFailure) {
        let family = ExtendedJobFamily()
        let type = argument.split(separator: "/", omittingEmptySubsequences: false).first.map { $0.lowercased() }
        guard argument.contains("/"), let type, (family.runResource.words + family.nicknames).contains(type) else {
            return nil
        }
        run = try RunName(argument)
    }

    /// Refuses what an errand has no place for.
    func refuse(_ changes: GivenChanges, _ flags: RunArguments, _ source: TemplateSource) throws(CommandFailure) {
        let why = "an errand is started as it stands"
        try changes.refuse(why)
        let others = [
            ("--name", flags.name != nil), ("--generate-name", flags.generateName != nil),
            ("--labels", !flags.labels.isEmpty), ("--annotation", !flags.annotations.isEmpty),
            ("--idempotency-key", flags.idempotencyKey != nil), ("--filename", source.file != nil),
        ].filter(\.1).map(\.0)
        guard let other = others.first else { return }
        throw CommandFailure("\(why): \(other) cannot be given", exitCode: RunExitCode.usage)
    }
}
