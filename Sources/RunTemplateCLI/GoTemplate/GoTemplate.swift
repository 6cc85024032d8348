import KubeObjects

/// A text with actions in double braces, as `kubectl -o go-template` takes it: `{{range .items}}{{.metadata.name}}{{end}}`.
///
/// The language is that of Go's `text/template`, as far as it makes sense of JSON: no methods, and no templates within
/// templates. The words for what is wrong are Go's.
struct GoTemplate: Sendable, Hashable {
    let nodes: [Node]
    private let source: String

    /// Reads a template.
    /// - Throws: what is wrong with it, in words, with the line.
    init(_ source: String) throws(GoTemplateError) {
        self.source = source
        var parser = GoTemplateParser(source)
        nodes = try parser.template()
    }

    /// The template filled from a value.
    /// - Throws: what does not fit the value, in words, with the place.
    func text(filledFrom root: JSONValue) throws(GoTemplateError) -> String {
        var run = GoTemplateRun(root: root)
        do {
            return try run.fill(nodes)
        } catch {
            throw located(error)
        }
    }

    /// The failure with its place as Go tells it: line, bytes before it in the line, and what stands there.
    private func located(_ failure: GoTemplateFailure) -> GoTemplateError {
        let before = String(String.UnicodeScalarView(source.unicodeScalars.prefix(failure.place.offset)))
        let lines = before.split(separator: "\n", omittingEmptySubsequences: false)
        let column = lines.last?.utf8.count ?? 0
        return GoTemplateError(
            description:
                "template: output:\(lines.count):\(column): executing \"output\" at <\(failure.place.text)>: \(failure.message)"
        )
    }
}

extension GoTemplate {
    /// A part of a template.
    indirect enum Node: Sendable, Hashable {
        /// Text as it is.
        case text(String)
        /// What a pipeline gives, printed unless it only sets a variable.
        case output(Pipeline)
        /// One of two parts.
        case choice(Branch)
        /// A part with another dot, if there is something.
        case with(Branch)
        /// A part for each element.
        case range(Branch)
        /// The end of a range, or of one round of it.
        case leave(again: Bool)
    }

    /// What is done if a pipeline gives something, and otherwise.
    struct Branch: Sendable, Hashable {
        var pipeline: Pipeline
        var body: [Node]
        var otherwise: [Node] = []
    }

    /// Commands, each of which gets what the one before it gave as its last argument.
    struct Pipeline: Sendable, Hashable {
        /// The variables that it sets: the value, or in a range the index and the element.
        var variables: [String] = []
        /// Whether the variables are there already.
        var isAssignment = false
        var commands: [Command] = []
    }

    /// A function with its arguments, or a single value.
    struct Command: Sendable, Hashable {
        var operands: [Operand]
        var place: Place
    }

    /// One word of a command.
    struct Operand: Sendable, Hashable {
        var value: Value
        /// The members that lead on from the value.
        var path: [String] = []
        var place: Place
    }

    /// What a word stands for.
    indirect enum Value: Sendable, Hashable {
        case dot
        case variable(String)
        case constant(JSONValue)
        case function(String)
        case group(Pipeline)
    }

    /// Where something stands in the source, and its text there.
    struct Place: Sendable, Hashable {
        var offset: Int
        var text: String
    }
}

/// Why a text is no template, or a template does not fit a value.
struct GoTemplateError: Error, Hashable, CustomStringConvertible {
    var description: String
}

/// What went wrong at a place of a template that is being filled.
struct GoTemplateFailure: Error {
    var message: String
    var place: GoTemplate.Place
}
