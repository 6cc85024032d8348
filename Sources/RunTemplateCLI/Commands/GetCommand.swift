import ArgumentParser
import KubeObjects

/// Shows runs by name.
struct GetCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "get", _superCommandName: "kubectl run-template", abstract: "Show runs by name.")

    @OptionGroup var named: NamedRuns
    @Flag(help: "No headings above the columns.")
    var noHeaders = false
    @OptionGroup(title: "Output") var printing: OutputArguments

    func execute(_ session: Session) async throws -> Int32 {
        let runs = try await named.find(session).runs
        if let format = try printing.read(hasHeaders: !noHeaders), !format.isWide {
            let objects = runs.map(\.object)
            session.output.text(try objects.count == 1 ? format.text(objects[0]) : format.text(objects))
        } else {
            let isWide = printing.format?.isWide == true
            let table = Table(runs: runs, withNamespace: false, isWide: isWide, now: session.time.now())
            session.output.text(table.text(withHeadings: !noHeaders))
        }
        return RunExitCode.success
    }
}
