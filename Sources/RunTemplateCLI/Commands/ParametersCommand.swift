import ArgumentParser
import KubeObjects
import RunCore

/// Shows a template's parameters.
struct ParametersCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "params", _superCommandName: "kubectl run-template", abstract: "Show a template's parameters.")

    @Argument(help: "The JobTemplate.")
    var template: String
    @Flag(help: "No headings above the columns.")
    var noHeaders = false
    @OptionGroup(title: "Output") var printing: OutputArguments
    @OptionGroup(title: "Template and server") var source: TemplateSource

    func execute(_ session: Session) async throws -> Int32 {
        let found = try await source.template(try TemplateLookup.name(template), session)
        let declared = found.object["parameters"]?.array ?? []
        switch printing.format {
        case .some(let format) where format == .name:
            for parameter in found.parameters { session.output.line(parameter.name) }
        case .some(let format) where !format.isWide:
            session.output.text(try format.text(.array(declared)))
        default:
            if found.parameters.isEmpty {
                session.errors.line("JobTemplate \"\(found.object.name ?? "")\" declares no parameters.")
            } else {
                session.output.text(Table(parameters: found.parameters).text(withHeadings: !noHeaders))
                for advice in found.parameters.compactMap(\.flagAdvice) { session.errors.line("Warning: \(advice)") }
            }
        }
        return RunExitCode.success
    }
}

extension Table {
    /// Parameters in the template's order.
    init(parameters: [JobParameter]) {
        self.init(rows: [["NAME", "TYPE", "DEFAULT", "ALLOWED", "DESCRIPTION"]])
        for parameter in parameters {
            let fallback = parameter.defaultValue?.parameterText ?? (parameter.isRequired ? "<required>" : "")
            add([parameter.name, parameter.type.rawValue, fallback, parameter.allowedText, parameter.description ?? ""])
        }
    }
}

extension JobParameter {
    /// What limits the values, in a few words.
    var allowedText: String {
        var words: [String] = []
        if !allowed.isEmpty { words.append(allowed.map(\.parameterText).joined(separator: "|")) }
        if let pattern { words.append("/\(pattern)/") }
        if let minimum { words.append(">=\(JSONValue.double(minimum).parameterText)") }
        if let maximum { words.append("<=\(JSONValue.double(maximum).parameterText)") }
        return words.joined(separator: " ")
    }

    /// Says how a parameter is given that has the name of a flag; nil for all others.
    var flagAdvice: String? {
        guard FlagTable.takes("--\(name)") else { return nil }
        let owner = FlagTable.idle.knows("--\(name)") ? "kubectl" : "kubectl run-template"
        return "--\(name) is a flag of \(owner): give the parameter as -p \(name)=VALUE"
    }

    /// The parameter as `--help` shows a flag: `  --database <string>   Which database. (default: orders)`. One with the
    /// name of a flag of ours can be given with `-p` only.
    var helpLine: String {
        let isFlag = flagAdvice == nil
        let usage =
            isFlag ? "--\(name)" + (type == .boolean ? "" : " <\(type.rawValue)>") : "-p \(name)=<\(type.rawValue)>"
        var notes: [String] = []
        if let defaultValue { notes.append("default: \(defaultValue.parameterText)") }
        if isRequired { notes.append("required") }
        if !allowedText.isEmpty { notes.append(allowedText) }
        let text = [description, notes.isEmpty ? nil : "(\(notes.joined(separator: "; ")))"].compactMap(\.self)
        let column = 26
        let head = "  \(usage)"
        let gap =
            head.count < column - 1
            ? String(repeating: " ", count: column - head.count) : "\n" + String(repeating: " ", count: column)
        return text.isEmpty ? head : head + gap + text.joined(separator: " ")
    }
}
