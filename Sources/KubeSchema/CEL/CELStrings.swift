import Synchronization

/// Texts: the standard functions, cel-go's string extension, and Kubernetes' `find` and `findAll`. Positions count Unicode
/// scalars.
enum CELStrings {
    static let functions = searching.merging(editing) { _, new in new }

    private static let searching: [String: CELFunction] = {
        let search: @Sendable ([CELValue]) -> Int = { CELCost.reading($0.first) * max(1, CELCost.reading($0.last)) }
        let match: @Sendable ([CELValue]) -> Int = {
            CELCost.reading($0.first) * max(1, (($0.count > 1 ? $0[1].size ?? 0 : 0) + 3) / 4)
        }
        return [
            "startsWith": CELFunction([.method([.string, .string], .bool)], cost: { CELCost.reading($0.last) }) {
                test($0) { $0.starts(with: $1) }
            },
            "endsWith": CELFunction([.method([.string, .string], .bool)], cost: { CELCost.reading($0.last) }) {
                test($0) { $0.reversed().starts(with: $1.reversed()) }
            },
            "contains": CELFunction([.method([.string, .string], .bool)], cost: search) {
                test($0) { $1.isEmpty || first(of: $1, in: $0, from: 0) != nil }
            },
            "matches": CELFunction(
                [.method([.string, .string], .bool), .function([.string, .string], .bool)], cost: match, matches),
            "find": CELFunction([.method([.string, .string], .string)], cost: match) {
                arguments throws(CELRuntimeError) in
                try found(arguments, limit: 1).map { .string($0.first ?? "") }
            },
            "findAll": CELFunction(
                [.method([.string, .string], .list(.string)), .method([.string, .string, .int], .list(.string))],
                cost: match
            ) { arguments throws(CELRuntimeError) in
                var limit = Int.max
                if arguments.count == 3 {
                    guard case .int(let value) = arguments[2] else { return nil }
                    if value >= 0 { limit = Int(value) }
                }
                return try found(arguments, limit: limit).map(strings)
            },
        ]
    }()

    private static let editing: [String: CELFunction] = {
        let read: @Sendable ([CELValue]) -> Int = { CELCost.reading($0.first) }
        return [
            "lowerAscii": CELFunction([.method([.string], .string)], cost: read) { changeCase($0, from: "A", by: 32) },
            "upperAscii": CELFunction([.method([.string], .string)], cost: read) { changeCase($0, from: "a", by: -32) },
            "trim": CELFunction([.method([.string], .string)], cost: read, trim),
            "reverse": CELFunction(
                [.method([.string], .string), .method([.list(.parameter("A"))], .list(.parameter("A")))], cost: read,
                reverse),
            "charAt": CELFunction([.method([.string, .int], .string)], cost: read, charAt),
            "substring": CELFunction(
                [.method([.string, .int], .string), .method([.string, .int, .int], .string)], cost: read, substring),
            "replace": CELFunction(
                [.method([.string, .string, .string], .string), .method([.string, .string, .string, .int], .string)],
                cost: read, replace),
            "split": CELFunction(
                [.method([.string, .string], .list(.string)), .method([.string, .string, .int], .list(.string))],
                cost: read, split),
            "join": CELFunction(
                [.method([.list(.string)], .string), .method([.list(.string), .string], .string)],
                cost: { ($0.first?.size ?? 0) }, join),
            "format": CELFunction([.method([.string, .list(.dyn)], .string)], cost: read) {
                arguments throws(CELRuntimeError) in
                guard case .string(let format) = arguments[0], case .list(let list) = arguments[1] else { return nil }
                return .string(try CELFormat.format(format, list.elements))
            },
            "strings.quote": CELFunction([.function([.string], .string)], cost: read) {
                guard case .string(let text) = $0[0] else { return nil }
                return .string(text.quoted)
            },
        ]
    }()

    private static func scalars(_ value: CELValue) -> [Unicode.Scalar]? {
        guard case .string(let text) = value else { return nil }
        return Array(text.unicodeScalars)
    }

    private static func text(_ scalars: some Sequence<Unicode.Scalar>) -> CELValue {
        var result = ""
        result.unicodeScalars.append(contentsOf: scalars)
        return .string(result)
    }

    static func strings(_ texts: [String]) -> CELValue { .list(CELList(elements: texts.map(CELValue.string))) }

    private static func test(
        _ arguments: [CELValue], _ holds: ([Unicode.Scalar], [Unicode.Scalar]) -> Bool
    ) -> CELValue? {
        guard let left = scalars(arguments[0]), let right = scalars(arguments[1]) else { return nil }
        return .bool(holds(left, right))
    }

    /// The first position of a text in another at or behind a position.
    static func first(of needle: [Unicode.Scalar], in text: [Unicode.Scalar], from start: Int) -> Int? {
        guard start + needle.count <= text.count else { return nil }
        return (start...text.count - needle.count).first { text[$0..<$0 + needle.count].elementsEqual(needle) }
    }

    /// The last position of a text in another at or before a position.
    static func last(of needle: [Unicode.Scalar], in text: [Unicode.Scalar], upTo end: Int) -> Int? {
        guard needle.count <= text.count else { return nil }
        return (0...min(end, text.count - needle.count)).last { text[$0..<$0 + needle.count].elementsEqual(needle) }
    }

    /// Patterns met before: a rule over a list needs the same one for each element.
    private static let patterns = Mutex<[String: Pattern]>([:])

    private static func pattern(_ source: String) throws(CELRuntimeError) -> Pattern {
        if let known = patterns.withLock({ $0[source] }) { return known }
        do {
            let pattern = try Pattern(source)
            patterns.withLock {
                // Objects may bring patterns of their own; what is known must not grow with them.
                if $0.count >= 256 { $0.removeAll() }
                $0[source] = pattern
            }
            return pattern
        } catch {
            throw CELRuntimeError(message: "\(error)")
        }
    }

    private static func matches(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        guard case .string(let text) = arguments[0], case .string(let source) = arguments[1] else { return nil }
        return .bool(try pattern(source).matches(text))
    }

    private static func found(_ arguments: [CELValue], limit: Int) throws(CELRuntimeError) -> [String]? {
        guard case .string(let text) = arguments[0], case .string(let source) = arguments[1] else { return nil }
        return try pattern(source).matches(in: text, limit: limit)
    }

    private static func changeCase(_ arguments: [CELValue], from first: Unicode.Scalar, by offset: Int) -> CELValue? {
        scalars(arguments[0]).map { scalars in
            text(
                scalars.map { scalar in
                    (first.value..<first.value + 26).contains(scalar.value)
                        ? Unicode.Scalar(UInt32(Int(scalar.value) + offset)) ?? scalar : scalar
                })
        }
    }

    private static func trim(_ arguments: [CELValue]) -> CELValue? {
        scalars(arguments[0]).map { scalars in
            let isBlank: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
            return text(scalars.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
        }
    }

    private static func reverse(_ arguments: [CELValue]) -> CELValue? {
        if case .list(let list) = arguments[0] { return .list(CELList(elements: list.elements.reversed())) }
        return scalars(arguments[0]).map { text($0.reversed()) }
    }

    /// A position within 0 and a bound.
    static func index(_ value: CELValue, upTo bound: Int) throws(CELRuntimeError) -> Int? {
        guard case .int(let index) = value else { return nil }
        guard index >= 0, index <= bound else { throw CELRuntimeError(message: "index out of range: \(index)") }
        return Int(index)
    }

    private static func charAt(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        guard let scalars = scalars(arguments[0]), let index = try index(arguments[1], upTo: scalars.count) else {
            return nil
        }
        return text(scalars[index...].prefix(1))
    }

    private static func substring(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        guard let scalars = scalars(arguments[0]), let start = try index(arguments[1], upTo: scalars.count) else {
            return nil
        }
        guard arguments.count == 3 else { return text(scalars[start...]) }
        guard let end = try index(arguments[2], upTo: scalars.count) else { return nil }
        guard start <= end else {
            throw CELRuntimeError(message: "invalid substring range. start: \(start), end: \(end)")
        }
        return text(scalars[start..<end])
    }

    private static func replace(_ arguments: [CELValue]) -> CELValue? {
        guard let source = scalars(arguments[0]), let old = scalars(arguments[1]), let new = scalars(arguments[2])
        else {
            return nil
        }
        var left = Int.max
        if arguments.count == 4 {
            guard case .int(let limit) = arguments[3] else { return nil }
            if limit >= 0 { left = Int(limit) }
        }
        var result: [Unicode.Scalar] = []
        var position = 0
        while left > 0, let next = first(of: old, in: source, from: position) {
            result += source[position..<next] + new
            position = next + old.count
            left -= 1
            // An empty text is found between all characters.
            if old.isEmpty {
                guard next < source.count else { return text(result) }
                result.append(source[next])
                position = next + 1
            }
        }
        return text(result + source[min(position, source.count)...])
    }

    private static func split(_ arguments: [CELValue]) -> CELValue? {
        guard let source = scalars(arguments[0]), let separator = scalars(arguments[1]) else { return nil }
        var limit = Int.max
        if arguments.count == 3 {
            guard case .int(let value) = arguments[2] else { return nil }
            if value == 0 { return strings([]) }
            if value > 0 { limit = Int(value) }
        }
        var parts: [CELValue] = []
        var position = 0
        while parts.count < limit - 1 {
            if separator.isEmpty {
                guard position < source.count - 1 else { break }
                parts.append(text(source[position...position]))
                position += 1
                continue
            }
            guard let next = first(of: separator, in: source, from: position) else { break }
            parts.append(text(source[position..<next]))
            position = next + separator.count
        }
        if !separator.isEmpty || position < source.count { parts.append(text(source[position...])) }
        return .list(CELList(elements: parts))
    }

    private static func join(_ arguments: [CELValue]) throws(CELRuntimeError) -> CELValue? {
        guard case .list(let list) = arguments[0] else { return nil }
        var separator = ""
        if arguments.count == 2 {
            guard case .string(let text) = arguments[1] else { return nil }
            separator = text
        }
        var texts: [String] = []
        for element in list.elements {
            guard case .string(let text) = element else {
                throw CELRuntimeError(message: "join: invalid input: \(element.keyText)")
            }
            texts.append(text)
        }
        return .string(texts.joined(separator: separator))
    }
}
