import ArgumentParser

/// What is said of a command line that the parser refuses: its words, what would be right, and where everything stands.
struct UsageMessage {
    private let type: any ParsableCommand.Type
    private let words: [String]

    init(_ type: any ParsableCommand.Type, _ words: [String]) {
        self.type = type
        self.words = words
    }

    /// The parser's error in one line.
    func text(_ error: any Error) -> String {
        var message = type.message(for: error)
        if message.lowercased().contains("unexpected argument") {
            message += verbHint
        } else if let help = help(for: message) {
            message += (message.hasSuffix(".") ? " " : ". ") + help
        }
        return "\(message) (see \(helpCommand))"
    }

    /// `lgos r` is no template with an argument too many, but most likely a verb.
    private var verbHint: String {
        guard type is RunTemplateCommand.Type else { return "" }
        var rest = words[...]
        while let word = rest.popFirst(), word != "--" {
            guard word.hasPrefix("-") else { return NearestName.hint(for: word, among: [], verbs: RunTemplate.verbs) }
            if FlagTable.all.takesNext(word) { rest = rest.dropFirst() }
        }
        return ""
    }

    /// How the parser begins when something is wrong with an argument, or missing; its name comes next.
    private static let beginnings = ["is invalid for '", "Missing expected argument '", "Missing value for '"]

    /// What the help says of the argument that a message names; nil if the message says itself what would be right.
    private func help(for message: String) -> String? {
        guard !message.contains("Please provide"),
            let beginning = Self.beginnings.compactMap({ message.firstRange(of: $0) }).first
        else { return nil }
        let name = message[beginning.upperBound...].prefix { $0 != " " && $0 != "'" }
        let help = CommandDescription(type).arguments.first { argument in
            argument.kind == .positional ? name == "<\(argument.valueName)>" : argument.names.contains(String(name))
        }?.help
        return help?.isEmpty == false ? help : nil
    }

    /// What shows the command's help.
    private var helpCommand: String {
        let verb = type.configuration._superCommandName == nil ? "" : " \(type.configuration.commandName ?? "")"
        return "kubectl run-template\(verb) --help"
    }
}
