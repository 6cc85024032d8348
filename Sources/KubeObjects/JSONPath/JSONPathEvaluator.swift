/// Follows a template's paths through a tree.
enum JSONPathEvaluator {
    typealias Part = JSONPathTemplate.Part
    typealias Step = JSONPathTemplate.Step

    /// What each part finds.
    static func results(of parts: [Part], in root: JSONValue) throws(JSONPathError) -> [[JSONValue]] {
        var results: [[JSONValue]] = []
        for part in parts {
            switch part {
            case .text(let text): results.append([.string(text)])
            case .path(let steps): results.append(try follow(steps, from: [root]))
            case .range(let steps, let body):
                for value in try follow(steps, from: [root]) { results += try self.results(of: body, in: value) }
            }
        }
        return results
    }

    private static func follow(_ steps: [Step], from start: [JSONValue]) throws(JSONPathError) -> [JSONValue] {
        var values = start
        for step in steps { values = try follow(step, from: values) }
        return values
    }

    private static func follow(_ step: Step, from values: [JSONValue]) throws(JSONPathError) -> [JSONValue] {
        switch step {
        case .field(let name): return values.compactMap { $0[name] }
        case .all: return values.flatMap(children)
        case .descend: return values.flatMap(descendants)
        case .constant(let constant): return values.map { _ in constant }
        case .unknown(let word): throw JSONPathError("unrecognized identifier \(word)")
        case .union(let paths):
            var found: [JSONValue] = []
            for path in paths { found += try follow(path, from: values) }
            return found
        case .slice(let slice):
            var found: [JSONValue] = []
            for value in values where !value.isNull { found += try elements(slice, of: value) }
            return found
        case .filter(let filter):
            var found: [JSONValue] = []
            for value in values {
                guard let elements = value.array else {
                    throw JSONPathError("\(value.goText) is not array or slice and cannot be filtered")
                }
                for element in elements where try holds(filter, of: element) { found.append(element) }
            }
            return found
        }
    }

    /// The members in the order of their names, or the elements.
    private static func children(_ value: JSONValue) -> [JSONValue] {
        value.array ?? value.object?.sortedByKey.map(\.value) ?? []
    }

    /// The value and all that is in it, as long as something is.
    private static func descendants(_ value: JSONValue) -> [JSONValue] {
        if let text = value.string { return text.isEmpty ? [] : [value] }
        let children = children(value)
        return children.isEmpty ? [] : [value] + children.flatMap(descendants)
    }

    private static func elements(
        _ slice: JSONPathTemplate.Slice, of value: JSONValue
    ) throws(JSONPathError) -> [JSONValue] {
        guard let elements = value.array else { throw JSONPathError("\(value.goDynamicType) is not array or slice") }
        let count = elements.count
        func place(_ position: Int) -> Int { position < 0 ? position + count : position }
        let start = place(slice.from ?? 0)
        let end = slice.isIndex ? start + 1 : slice.to.map(place) ?? count
        guard start != end else { return [] }
        guard (0..<count).contains(start) else {
            throw JSONPathError("array index out of bounds: index \(start), length \(count)")
        }
        guard (0...count).contains(end) else {
            throw JSONPathError("array index out of bounds: index \(end - 1), length \(count)")
        }
        guard start < end else {
            throw JSONPathError("starting index \(start) is greater than ending index \(end)")
        }
        guard slice.step ?? 1 > 0 else { throw JSONPathError("step must be > 0") }
        return stride(from: start, to: end, by: slice.step ?? 1).map { elements[$0] }
    }
}

/// Comparisons.
extension JSONPathEvaluator {
    private static func holds(
        _ filter: JSONPathTemplate.Filter, of element: JSONValue
    ) throws(JSONPathError) -> Bool {
        guard let comparison = filter.comparison else {
            // A path that does not fit an element does not find anything in it.
            return ((try? follow(filter.left, from: [element])) ?? []).isEmpty == false
        }
        guard let left = try single(filter.left, element), let right = try single(filter.right, element) else {
            return false
        }
        switch comparison {
        case "==": return try areEqual(left, right)
        case "!=": return try !areEqual(left, right)
        case "<": return try isLess(left, right)
        case ">=": return try !isLess(left, right)
        case "<=": return try !isLess(right, left)
        case ">": return try isLess(right, left)
        default: throw JSONPathError("unrecognized filter operator \(comparison)")
        }
    }

    private static func single(_ steps: [Step], _ element: JSONValue) throws(JSONPathError) -> JSONValue? {
        let found = try follow(steps, from: [element])
        guard found.count <= 1 else { throw JSONPathError("can only compare one element at a time") }
        return found.first
    }

    private static func areEqual(_ left: JSONValue, _ right: JSONValue) throws(JSONPathError) -> Bool {
        switch (left, right) {
        case (.string, .string), (.integer, .integer), (.double, .double), (.bool, .bool): return left == right
        default: throw mismatch(left, right)
        }
    }

    private static func isLess(_ left: JSONValue, _ right: JSONValue) throws(JSONPathError) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): return left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.integer(let left), .integer(let right)): return left < right
        case (.double(let left), .double(let right)): return left < right
        case (.bool, .bool): throw JSONPathError("invalid type for comparison")
        default: throw mismatch(left, right)
        }
    }

    private static func mismatch(_ left: JSONValue, _ right: JSONValue) -> JSONPathError {
        func isBasic(_ value: JSONValue) -> Bool {
            switch value {
            case .string, .integer, .double, .bool: true
            case .null, .array, .object: false
            }
        }
        return JSONPathError(
            isBasic(left) && isBasic(right) ? "incompatible types for comparison" : "invalid type for comparison")
    }
}
