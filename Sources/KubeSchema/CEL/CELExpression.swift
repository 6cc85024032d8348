/// A CEL expression, parsed. Macros (`has`, `all`, `map`, ...) are resolved; operators are calls by the names that CEL
/// gives them (`_+_`), which error messages use too.
struct CELExpression: Sendable {
    indirect enum Kind: Sendable {
        case literal(CELValue)
        case identifier(String)
        /// `operand.field`, or `operand.?field`.
        case select(CELExpression, field: CELFieldName, isOptional: Bool)
        /// `has(operand.field)`.
        case test(CELExpression, field: CELFieldName)
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

    let kind: Kind
    /// The offset in Unicode scalars that messages point to: the operator, the parenthesis, the dot.
    let position: Int
    /// How many expressions there are on the longest way down. The parser bounds it: whatever walks an expression, and be
    /// it to release it, needs that much stack.
    let height: Int

    init(kind: Kind, position: Int) {
        self.kind = kind
        self.position = position
        height = 1 + (kind.children.map(\.height).max() ?? 0)
    }
}

extension CELExpression {
    /// The name that a field of this expression has if the expression is a name itself: `variables.x`.
    func qualifiedName(with field: CELFieldName) -> String? {
        guard case .identifier(let name) = kind else { return nil }
        return "\(name).\(field.text)"
    }

    /// The height with the expressions behind names such as `variables.x` in their places.
    /// - Parameter heights: the heights of those expressions, by name.
    func height(composedOf heights: [String: Int]) -> Int {
        if heights.isEmpty { return height }
        if case .select(let operand, let field, _) = kind, let name = operand.qualifiedName(with: field),
            let behind = heights[name]
        {
            return 1 + behind
        }
        return 1 + (kind.children.map { $0.height(composedOf: heights) }.max() ?? 0)
    }
}

extension CELExpression.Kind {
    /// The expressions right below.
    var children: [CELExpression] {
        switch self {
        case .literal, .identifier: []
        case .select(let operand, _, _), .test(let operand, _): [operand]
        case .call(_, let target, let arguments): target.map { [$0] + arguments } ?? arguments
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        case .comprehension(let comprehension):
            [comprehension.range] + [comprehension.predicate, comprehension.transform].compactMap { $0 }
        case .bind(_, let value, let body): [value, body]
        }
    }
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
