import ArgumentParser

/// A command that does its work in a session.
protocol Verb: ParsableCommand {
    /// Does it. Returns the exit code.
    func execute(_ session: Session) async throws -> Int32
    /// Whether the exit code is that of a run, which holds whatever became of the output.
    var exitsAsRun: Bool { get }
}

extension Verb {
    var exitsAsRun: Bool { false }
}
