import KubeObjects
import RunCore

/// The flags of a command line that are none of the plugin's: parameters of the template, once the template is known.
struct ParameterFlags: Hashable {
    /// A flag as it was given: `--database orders`, `--database=orders`, `--verbose`.
    struct Flag: Hashable {
        var name: String
        /// Nil if nothing follows that could be a value.
        var value: String?
    }

    /// In order.
    var flags: [Flag] = []
    /// kubectl's flags that mean nothing here and were given, by their names without dashes.
    var idle: [String] = []

    /// Takes the unknown flags out of a command line.
    ///
    /// An unknown flag's value is the next word unless that looks like a flag itself; a number may be negative. Flags
    /// before the template's name, and words behind `--`, are left alone.
    static func split(_ arguments: [String], _ table: FlagTable) -> (flags: ParameterFlags, rest: [String]) {
        var result = ParameterFlags()
        var rest: [String] = []
        var hasTemplate = false
        var words = arguments[...]
        while let word = words.popFirst() {
            if word == "--" {
                rest.append(word)
                break
            }
            guard word.hasPrefix("-"), word != "-" else {
                hasTemplate = true
                rest.append(word)
                continue
            }
            if hasTemplate, word.hasPrefix("--"), !table.knows(word) {
                result.flags.append(flag(word, next: &words))
            } else {
                rest.append(word)
                if table.takesNext(word), let value = words.popFirst() { rest.append(value) }
            }
        }
        return (result, rest + words)
    }

    private static func flag(_ word: String, next words: inout ArraySlice<String>) -> Flag {
        let text = word.dropFirst(2)
        if let equals = text.firstIndex(of: "=") {
            return Flag(name: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
        }
        guard let next = words.first, !next.hasPrefix("-") || Double(next) != nil else {
            return Flag(name: String(text))
        }
        words.removeFirst()
        return Flag(name: String(text), value: next)
    }

    /// The parameters that the flags mean.
    /// - Throws: a failure of usage for a flag that is no parameter, with the nearest name, and for one of kubectl's that
    ///   would be taken for a parameter.
    func parameters(of template: JobTemplate) throws(CommandFailure) -> [RunRequest.Parameter] {
        for parameter in template.parameters where idle.contains(parameter.name) {
            if let advice = parameter.flagAdvice { throw CommandFailure(advice, exitCode: RunExitCode.usage) }
        }
        var parameters: [RunRequest.Parameter] = []
        for flag in flags {
            guard let declared = template.parameters.first(where: { $0.name == flag.name }) else {
                throw Self.unknown(flag.name, template)
            }
            guard let value = flag.value ?? (declared.type == .boolean ? "true" : nil) else {
                throw CommandFailure("--\(flag.name) needs a value", exitCode: RunExitCode.usage)
            }
            parameters.append(RunRequest.Parameter(name: flag.name, value: .string(value)))
        }
        return parameters
    }

    private static func unknown(_ name: String, _ template: JobTemplate) -> CommandFailure {
        let names = template.parameters.map(\.name)
        let declared = names.isEmpty ? "declares none" : "declares " + names.joined(separator: ", ")
        let hint = NearestName.hint(for: "--\(name)", among: (names + FlagTable.all.names).map { "--\($0)" })
        return CommandFailure(
            "unknown flag --\(name): it is no flag of kubectl run-template and no parameter of JobTemplate "
                + "\"\(template.object.name ?? "")\", which \(declared)\(hint)", exitCode: RunExitCode.usage)
    }
}
