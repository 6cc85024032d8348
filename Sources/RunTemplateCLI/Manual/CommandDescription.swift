import ArgumentParser
import KubeObjects

/// A command as the parser knows it: what completion offers and the manual tells.
struct CommandDescription {
    /// A flag, or a word at a place of its own.
    struct Argument {
        /// What it is.
        enum Kind: String { case positional, option, flag }

        var kind: Kind
        /// With their dashes, the short ones first.
        var names: [String]
        /// What stands for its value in the usage.
        var valueName: String
        var help: String
        /// The values that it takes, if they are few.
        var values: [String]
        var section: String
        var isRepeated: Bool
        var isOptional: Bool
        var defaultValue: String?
        /// Whether it takes only what stands behind `--`.
        var isBehindTerminator: Bool
        var isHidden: Bool

        /// The long name, or the only one.
        var name: String { names.last ?? valueName }
    }

    var name: String
    var abstract: String
    var discussion: String
    var arguments: [Argument]

    /// The flags that help shows.
    var flags: [Argument] { arguments.filter { $0.kind != .positional && !$0.isHidden } }

    /// The flag of a name with its dashes.
    func flag(_ name: String) -> Argument? { arguments.first { $0.kind != .positional && $0.names.contains(name) } }

    /// Describes a command without those below it.
    init(_ command: any ParsableCommand.Type) {
        name = command.configuration.commandName ?? ""
        abstract = command.configuration.abstract
        discussion = command.configuration.discussion
        arguments = Self.ownArguments(of: command)
    }

    private static func ownArguments<Command: ParsableCommand>(of command: Command.Type) -> [Argument] {
        arguments(of: Alone<Command>.self)
    }

    /// The arguments of a command or of a group of flags.
    static func arguments(of type: any ParsableArguments.Type) -> [Argument] {
        // The parser describes itself as JSON; a text of its own that cannot be read would be its bug, and shows as a
        // command without flags in the tests.
        let dump = try? JSONValue(parsing: type._dumpHelp())
        return (dump?["command"]?["arguments"]?.array ?? []).compactMap(Argument.init)
    }

    /// A command's arguments without its verbs, whose descriptions would be made as well.
    private struct Alone<Command: ParsableCommand>: ParsableArguments {
        @OptionGroup var command: Command
    }
}

extension CommandDescription.Argument {
    /// Reads the parser's description of an argument.
    fileprivate init?(_ json: JSONValue) {
        guard let kind = json["kind"]?.string.flatMap(Kind.init) else { return nil }
        self.kind = kind
        let names = (json["names"]?.array ?? []).compactMap { name -> (isLong: Bool, text: String)? in
            guard let text = name["name"]?.string else { return nil }
            return name["kind"]?.string == "long" ? (true, "--\(text)") : (false, "-\(text)")
        }
        self.names = (names.filter { !$0.isLong } + names.filter(\.isLong)).map(\.text)
        valueName = json["valueName"]?.string ?? ""
        help = json["abstract"]?.string ?? ""
        values = (json["allValues"]?.array ?? []).compactMap(\.string)
        section = json["sectionTitle"]?.string ?? ""
        isRepeated = json["isRepeating"]?.bool ?? false
        isOptional = json["isOptional"]?.bool ?? false
        defaultValue = json["defaultValue"]?.string
        isBehindTerminator = json["parsingStrategy"]?.string == "postTerminator"
        isHidden = json["shouldDisplay"]?.bool == false
    }
}
