import RunCore

/// A command among whose flags may be the parameters of a template.
protocol ParameterVerb: Verb {
    /// Does it. Returns the exit code.
    /// - Parameter flags: what is no flag of the command: parameters of the template.
    func execute(_ session: Session, _ flags: ParameterFlags) async throws -> Int32
}

extension ParameterVerb {
    func execute(_ session: Session) async throws -> Int32 { try await execute(session, ParameterFlags()) }
}

/// A command about a run of one template, whose parameters are flags of it.
protocol TemplateVerb: ParameterVerb {
    /// The template, as it was named.
    var template: String? { get }
    /// The run of it that is asked for.
    var asked: AskedRun { get }
}
