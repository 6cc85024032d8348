import ArgumentParser

/// A command that does its work in a session.
protocol Verb: ParsableCommand {
    /// Does it. Returns the exit code.
    func execute(_ session: Session) async throws -> Int32
}
