import KubeClient
import KubeObjects

/// `-o`: how objects are printed, in kubectl's forms and to the byte as kubectl prints them.
struct OutputFormat: Hashable, Sendable {
    /// The form.
    enum Form: Hashable, Sendable {
        case name, json, yaml, wide
        case jsonPath(JSONPathTemplate, source: String)
        case jsonPathAsJSON(JSONPathTemplate, source: String)
        case goTemplate(GoTemplate, source: String)
        case customColumns(CustomColumns)
    }

    var form: Form
    /// Whether the notes of who wrote which field are shown, which nobody reads.
    var showsManagedFields = false

    static let name = OutputFormat(form: .name)
    static let json = OutputFormat(form: .json)
    static let yaml = OutputFormat(form: .yaml)
    static let wide = OutputFormat(form: .wide)

    /// What `-o` takes, in the order of kubectl's messages.
    static let words = [
        "custom-columns", "custom-columns-file", "go-template", "go-template-file", "json", "jsonpath",
        "jsonpath-as-json", "jsonpath-file", "name", "template", "templatefile", "wide", "yaml",
    ]

    /// Whether a table is wanted.
    var isWide: Bool { form == .wide }

    /// Prints an object; `wide` is for tables and prints like `name`.
    /// - Throws: a failure of a template that does not fit the object.
    func text(_ object: KubeObject) throws(CommandFailure) -> String {
        switch form {
        case .name, .wide: Self.reference(object) + "\n"
        default: try text(trimmed(object).value)
        }
    }

    /// Prints a list of objects as kubectl does.
    /// - Throws: a failure of a template that does not fit the list.
    func text(_ objects: [KubeObject]) throws(CommandFailure) -> String {
        switch form {
        case .name, .wide: objects.map { Self.reference($0) + "\n" }.joined()
        case .customColumns(let columns): try columns.text(objects.map { trimmed($0).value })
        default:
            try text([
                "apiVersion": "v1", "kind": "List", "items": .array(objects.map { trimmed($0).value }),
                "metadata": ["resourceVersion": ""],
            ])
        }
    }

    /// Prints any value; a list is one row for each element where there are columns.
    /// - Throws: a failure of a template that does not fit the value.
    func text(_ value: JSONValue) throws(CommandFailure) -> String {
        switch form {
        case .name, .wide: return value.goText + "\n"
        case .json: return value.goEncodedString(indentation: 4) + "\n"
        case .yaml: return YAML.encode(value, sortedKeys: true)
        case .customColumns(let columns): return try columns.text(value.array ?? [value])
        case .jsonPath(let template, let source):
            do {
                return try template.text(filledFrom: value)
            } catch {
                throw Self.mismatch(source, error)
            }
        case .goTemplate(let template, let source):
            do {
                return try template.text(filledFrom: value)
            } catch {
                throw CommandFailure(
                    "error executing template \(GoQuote.quote(source)): \(error)", exitCode: 1)
            }
        case .jsonPathAsJSON(let template, let source):
            do {
                let results = try template.results(in: value)
                return results.map { JSONValue.array($0).goEncodedString(indentation: 4) + "\n" }.joined()
            } catch {
                throw Self.mismatch(source, error)
            }
        }
    }

    private static func mismatch(_ source: String, _ error: JSONPathError) -> CommandFailure {
        CommandFailure("error executing jsonpath \"\(source)\": \(error)", exitCode: 1)
    }

    /// `jobrun.cellbytes.io/echo-x2k4z`, as kubectl names objects.
    static func reference(_ object: KubeObject) -> String {
        let group = object.groupVersionKind.group
        return object.kind.lowercased() + (group.isEmpty ? "" : ".\(group)")
            + "/\(object.name ?? object.metadata["generateName"]?.string ?? "")"
    }

    private func trimmed(_ object: KubeObject) -> KubeObject {
        guard !showsManagedFields, object.metadata["managedFields"] != nil else { return object }
        var object = object
        object.metadata["managedFields"] = nil
        return object
    }
}

extension OutputFormat {
    /// Reads `-o` and `--template`, files included.
    /// - Parameter hasHeaders: Whether custom columns have headers.
    /// - Throws: a failure of usage in kubectl's words.
    init(_ text: String, template: String?, hasHeaders: Bool = true) throws(CommandFailure) {
        let word = String(text.prefix { $0 != "=" })
        let argument = text.contains("=") ? String(text.dropFirst(word.count + 1)) : template ?? ""
        let plain = ["json", "yaml", "name", "wide"]
        // What takes no argument may be written in any case, as with kubectl.
        switch plain.contains(text.lowercased()) ? text.lowercased() : plain.contains(word) ? text : word {
        case "name": self = .name
        case "json": self = .json
        case "yaml": self = .yaml
        case "wide": self = .wide
        case "jsonpath", "jsonpath-as-json", "jsonpath-file":
            let source = try Self.source(argument, isFile: word == "jsonpath-file")
            let template = try Self.template(source)
            form =
                word == "jsonpath-as-json"
                ? .jsonPathAsJSON(template, source: source) : .jsonPath(template, source: source)
        case "custom-columns":
            form = .customColumns(try CustomColumns(argument, hasHeaders: hasHeaders))
        case "custom-columns-file":
            guard !argument.isEmpty else {
                throw Self.usage("custom-columns-file format specified but no file given")
            }
            let columns = try CustomColumns(file: try Self.read(argument, flag: "template"), hasHeaders: hasHeaders)
            form = .customColumns(columns)
        case "go-template", "go-template-file", "template", "templatefile":
            let source = try Self.source(argument, isFile: word.hasSuffix("file"))
            form = .goTemplate(try Self.goTemplate(source), source: source)
        default:
            throw Self.usage(
                "unable to match a printer suitable for the output format \"\(text)\", allowed formats are: "
                    + Self.words.joined(separator: ",") + NearestName.hint(for: word, among: Self.words))
        }
    }

    /// A template that is given itself or by its file.
    private static func source(_ argument: String, isFile: Bool) throws(CommandFailure) -> String {
        guard !argument.isEmpty else { throw usage("template format specified but no template given") }
        return isFile ? try read(argument, flag: "--template") : argument
    }

    private static func goTemplate(_ source: String) throws(CommandFailure) -> GoTemplate {
        do {
            return try GoTemplate(source)
        } catch {
            throw usage("error parsing template \(source), \(error)")
        }
    }

    private static func template(_ source: String) throws(CommandFailure) -> JSONPathTemplate {
        do {
            return try JSONPathTemplate(source)
        } catch {
            throw usage("error parsing jsonpath \(source), \(error)")
        }
    }

    private static func read(_ path: String, flag: String) throws(CommandFailure) -> String {
        do {
            return String(decoding: try FileContents.read(path), as: UTF8.self)
        } catch {
            throw usage("error reading \(flag) \(path), \(error)")
        }
    }

    private static func usage(_ message: String) -> CommandFailure {
        CommandFailure(message, exitCode: RunExitCode.usage)
    }
}
