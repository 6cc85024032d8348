/// A text with paths into a JSON tree, as `kubectl -o jsonpath` and the printer columns of a CustomResourceDefinition use
/// them: `{range .items[*]}{.metadata.name}{"\n"}{end}`.
///
/// The language and its words for what is wrong are those of client-go's `util/jsonpath`. A path to what does not exist
/// gives nothing.
public struct JSONPathTemplate: Sendable, Hashable {
    /// The parts of the template, in order.
    let parts: [Part]

    /// Reads a template: what stands in braces is looked up, all else is text.
    /// - Throws: what is wrong with it, in words.
    public init(_ text: String) throws(JSONPathError) {
        var parser = JSONPathParser(text)
        parts = try parser.template()
    }

    /// Reads one path without braces, as a printer column has it: `.status.phase`.
    /// - Throws: what is wrong with it, in words.
    public init(path: String) throws(JSONPathError) { try self.init("{\(path)}") }

    /// Reads one path as kubectl's `--sort-by` and custom columns take it: braces and the first dot may be missing.
    /// - Throws: what is wrong with it, in words.
    public init(relaxed text: String) throws(JSONPathError) {
        var path = text[...]
        if path.hasPrefix("{"), path.hasSuffix("}") { path = path.dropFirst().dropLast() }
        if path.hasPrefix(".") { path = path.dropFirst() }
        guard !path.isEmpty, !path.contains(where: { $0 == "{" || $0 == "}" }) else {
            throw JSONPathError(
                "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or "
                    + "'{.name1.name2}'")
        }
        try self.init(path: ".\(path)")
    }

    /// What each part finds in a tree, in order; a range has its parts once for each of its elements.
    /// - Throws: what does not fit the tree, such as an index of something that is no list.
    public func results(in root: JSONValue) throws(JSONPathError) -> [[JSONValue]] {
        try JSONPathEvaluator.results(of: parts, in: root)
    }

    /// What the first path finds in a tree.
    /// - Throws: what does not fit the tree.
    public func values(in root: JSONValue) throws(JSONPathError) -> [JSONValue] { try results(in: root).first ?? [] }

    /// The template filled from a tree: several values of one path have a space between them, lists and objects are
    /// JSON.
    /// - Throws: what does not fit the tree.
    public func text(filledFrom root: JSONValue) throws(JSONPathError) -> String {
        try results(in: root).map { values in values.map(Self.text).joined(separator: " ") }.joined()
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .object, .array: value.goEncodedString()
        default: value.goText
        }
    }
}

extension JSONPathTemplate {
    /// A part of a template.
    enum Part: Sendable, Hashable {
        /// Text as it is.
        case text(String)
        /// What stood in braces: steps from the current value.
        case path([Step])
        /// Parts for each of the values that a path leads to.
        case range([Step], [Part])
    }

    /// One step of the way.
    indirect enum Step: Sendable, Hashable {
        /// A member by name.
        case field(String)
        /// Elements of a list.
        case slice(Slice)
        /// The elements of which a comparison holds.
        case filter(Filter)
        /// Every member or element.
        case all
        /// The value and all that is in it, at any depth.
        case descend
        /// What several paths find, one after another.
        case union([[Step]])
        /// A value that is given.
        case constant(JSONValue)
        /// A word that means nothing.
        case unknown(String)
    }

    /// Some elements of a list; negative positions count from the end.
    struct Slice: Sendable, Hashable {
        var from: Int?
        var to: Int?
        var step: Int?
        /// Whether a single element is meant.
        var isIndex = false
    }

    /// A comparison that chooses elements.
    struct Filter: Sendable, Hashable {
        var left: [Step]
        /// Nil asks only whether there is something on the left.
        var comparison: String?
        var right: [Step]
    }
}

/// Why a text is no template, or a template does not fit a tree.
public struct JSONPathError: Error, Hashable, CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String

    /// What is wrong, in words.
    public init(_ description: String) { self.description = description }
}
