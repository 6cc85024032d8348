import RunCore

/// A command about a run of one template, whose parameters are flags of it.
protocol TemplateVerb: Verb {
    /// The template, as it was named.
    var template: String? { get }
    /// Where templates come from.
    var source: TemplateSource { get }

    /// Does it. Returns the exit code.
    /// - Parameter flags: what is no flag of the command: parameters of the template.
    func execute(_ session: Session, _ flags: ParameterFlags) async throws -> Int32
}

extension TemplateVerb {
    func execute(_ session: Session) async throws -> Int32 { try await execute(session, ParameterFlags()) }
}

extension RunRequest {
    /// Adds the parameters that were given as flags of their own, which win over those given otherwise.
    mutating func add(_ flags: ParameterFlags, of template: JobTemplate) throws(CommandFailure) {
        let given = try flags.parameters(of: template)
        let names = Set(given.map(\.name))
        parameters = parameters.filter { !names.contains($0.name) } + given
    }
}
