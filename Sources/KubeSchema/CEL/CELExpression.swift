/// A CEL expression, parsed. Macros (`has`, `all`, `map`, ...) are resolved; operators are calls by the names that CEL
/// gives them (`_+_`), which error messages use too.
struct CELExpression: Sendable {
    indirect enum Kind: Sendable {
        case literal(CELValue)
        case identifier(String)
        /// `operand.field`, or `operand.?field`.
        case select(CELExpression, field: String, isOptional: Bool)
        /// `has(operand.field)`.
        case test(CELExpression, field: String)
        /// A function, or an operator, or with a target a method.
        case call(String, target: CELExpression?, [CELExpression])
        case list([ListElement])
        case map([MapEntry])
        case comprehension(CELComprehension)
        /// `cel.bind(name, value, body)`.
        case bind(String, CELExpression, CELExpression)
    }

    /// An element of a list; an optional one is left out if it has no value.
    struct ListElement: Sendable {
        var value: CELExpression
        var isOptional: Bool
    }

    /// An entry of a map; an optional one is left out if it has no value.
    struct MapEntry: Sendable {
        var key: CELExpression
        var value: CELExpression
        var isOptional: Bool
    }

    var kind: Kind
    /// The offset in Unicode scalars that messages point to: the operator, the parenthesis, the dot.
    var position: Int
}

/// A macro that walks a list or a map.
struct CELComprehension: Sendable {
    enum Macro: Sendable {
        case all, exists, existsOne, filter, map
        /// With two variables: a list, or a map, of other values.
        case transformList, transformMap
    }

    var macro: Macro
    var range: CELExpression
    var variable: String
    /// The second variable: the element beside its index, the value beside its key.
    var secondVariable: String?
    /// What is tested; for `map` and the transformations only what passes is used, nil passes all.
    var predicate: CELExpression?
    /// What is made of an element.
    var transform: CELExpression?
}

/// Why an expression cannot be compiled: one line with position and snippet for each fault, as cel-go prints them.
struct CELCompilationError: Error, Sendable, CustomStringConvertible {
    struct Issue: Sendable, Hashable {
        /// In Unicode scalars from the start.
        var position: Int
        var message: String
    }

    var source: String
    var issues: [Issue]

    var description: String {
        issues.map { issue in
            var line = 1
            var column = 0
            for scalar in source.unicodeScalars.prefix(issue.position) {
                if scalar == "\n" {
                    line += 1
                    column = 0
                } else {
                    column += 1
                }
            }
            let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            let snippet = lines.indices.contains(line - 1) ? lines[line - 1].replacing("\t", with: " ") : ""
            let dots = String(repeating: ".", count: column)
            return "ERROR: <input>:\(line):\(column + 1): \(issue.message)\n | \(snippet)\n | \(dots)^"
        }
        .joined(separator: "\n")
    }
}
