import ArgumentParser

/// How objects are printed: kubectl's flags.
struct OutputArguments: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "name, json, yaml, wide, jsonpath=..., jsonpath-as-json=..., jsonpath-file=..., go-template=..., "
                + "go-template-file=..., custom-columns=... or custom-columns-file=...; as with kubectl.",
            valueName: "format"))
    var word: String?
    @Option(
        help: ArgumentHelp(
            "The template or its file, for -o jsonpath and its like; a Go template without -o.", valueName: "template"))
    var template: String?
    @Flag(help: "With -o json or yaml: shows who wrote which field.")
    var showManagedFields = false

    func validate() throws {
        do {
            _ = try read()
        } catch {
            throw ValidationError(error.message)
        }
    }

    /// The format; nil for what the command prints without one.
    var format: OutputFormat? { try? read() }

    /// The format, with headings above custom columns or without.
    func read(hasHeaders: Bool = true) throws(CommandFailure) -> OutputFormat? {
        // kubectl takes the flag alone for a Go template, and an empty format for none.
        guard let word = word ?? template.map({ _ in "go-template" }), !word.isEmpty else { return nil }
        var format = try OutputFormat(word, template: template, hasHeaders: hasHeaders)
        format.showsManagedFields = showManagedFields
        return format
    }
}
