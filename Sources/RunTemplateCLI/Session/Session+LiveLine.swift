extension Session {
    /// A line that changes in place on the terminal that standard error is; nil if it is none.
    func liveLine() -> LiveLine? { errorWidth.map { LiveLine(terminal: errors, width: $0) } }

    /// The same session with everything for the terminal written above a line.
    func above(_ line: LiveLine) -> Session {
        var session = self
        session.errors = line.sink(errors)
        if outputIsTerminal { session.output = line.sink(output) }
        session.ask = { [ask] question in
            line.show("")
            return await ask(question)
        }
        return session
    }
}
