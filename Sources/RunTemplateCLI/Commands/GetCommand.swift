import ArgumentParser
import KubeObjects

/// Shows runs by name.
struct GetCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "get", _superCommandName: "kubectl run-template", abstract: "Show runs by name.")

    @OptionGroup var named: NamedRuns
    @Flag(help: "A run that is not there is no error.")
    var ignoreNotFound = false
    @Flag(help: "No headings above the columns.")
    var noHeaders = false
    @OptionGroup(title: "Output") var printing: OutputArguments

    func execute(_ session: Session) async throws -> Int32 {
        let found = try await named.find(session, ignoresMissing: ignoreNotFound)
        let runs = found.runs
        if let format = try printing.read(hasHeaders: !noHeaders), !format.isWide {
            let objects = runs.map(\.object)
            // Whoever names several gets a list, however many of them are there.
            if named.names.count > 1 {
                session.output.text(try format.text(objects))
            } else if let object = objects.first {
                session.output.text(try format.text(object))
            }
        } else if !runs.isEmpty {
            let isWide = printing.format?.isWide == true
            let table = Table(runs: runs, withNamespace: false, isWide: isWide, now: session.time.now())
            session.output.text(table.text(withHeadings: !noHeaders))
        }
        return found.exitCode
    }
}
