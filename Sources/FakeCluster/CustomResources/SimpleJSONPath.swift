import KubeObjects

/// A JSON path as printer columns and selectable fields use it: fields, indexes, slices, `*` and filters that compare
/// with a constant, such as `.status.conditions[?(@.type=="Ready")].status` (client-go, `util/jsonpath`).
struct SimpleJSONPath: Sendable, Hashable {
    /// One step of the way.
    enum Step: Sendable, Hashable {
        /// A member by name.
        case field(String)
        /// Elements from one position to another, negative ones counted from the end.
        case slice(from: Int?, to: Int?, step: Int)
        /// One element.
        case index(Int)
        /// Every member or element.
        case all
        /// The elements of which a comparison holds.
        case filter(SimpleJSONPathFilter)
    }

    /// The steps from the object's root.
    let steps: [Step]

    /// Reads a path; it may stand in braces, begins with a dot or a bracket, and may name the root as `$`.
    /// - Throws: what is wrong with it, in words.
    init(_ text: String) throws(SimpleJSONPathError) {
        var reader = SimpleJSONPathReader(text)
        steps = try reader.readPath()
    }

    /// The values at the path, in order; none where something is missing.
    func values(in root: JSONValue) -> [JSONValue] {
        var values = [root]
        for step in steps {
            values = values.flatMap { Self.follow(step, in: $0) }
            if values.isEmpty { return [] }
        }
        return values
    }

    private static func follow(_ step: Step, in value: JSONValue) -> [JSONValue] {
        switch step {
        case .field(let name): return value[name].map { [$0] } ?? []
        case .all: return value.array ?? value.object?.values ?? []
        case .filter(let filter): return value.array?.filter(filter.holds) ?? []
        case .index(let position):
            let elements = value.array ?? []
            let place = position < 0 ? elements.count + position : position
            return elements.indices.contains(place) ? [elements[place]] : []
        case .slice(let from, let to, let stride):
            let elements = value.array ?? []
            func place(_ position: Int) -> Int {
                min(max(position < 0 ? elements.count + position : position, 0), elements.count)
            }
            let (start, end) = (place(from ?? 0), place(to ?? elements.count))
            guard start < end, stride > 0 else { return [] }
            return Swift.stride(from: start, to: end, by: stride).map { elements[$0] }
        }
    }
}

/// Why a text is no JSON path.
struct SimpleJSONPathError: Error, Hashable, CustomStringConvertible {
    /// What is wrong, in words.
    var description: String
}

/// A comparison that chooses elements: `@.type=="Ready"`, or `@.name` for those that have one.
struct SimpleJSONPathFilter: Sendable, Hashable {
    /// How the two sides are compared.
    enum Comparison: String, Sendable, CaseIterable {
        case equal = "=="
        case unequal = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case greater = ">"
    }

    /// Where the element's side is.
    var path: SimpleJSONPath
    /// The comparison and its constant; nil asks only whether there is a value.
    var comparison: Comparison?
    var constant: JSONValue

    /// Whether it holds of an element.
    func holds(_ element: JSONValue) -> Bool {
        guard let value = path.values(in: element).first else { return false }
        switch comparison {
        case nil: return true
        case .equal: return value == constant
        case .unequal: return value != constant
        case .less: return compare(value, <, <)
        case .greater: return compare(value, >, >)
        case .atMost: return compare(value, <=, <=)
        case .atLeast: return compare(value, >=, >=)
        }
    }

    private func compare(
        _ value: JSONValue, _ numbers: (Double, Double) -> Bool, _ texts: (String, String) -> Bool
    ) -> Bool {
        if let left = value.double, let right = constant.double { return numbers(left, right) }
        if let left = value.string, let right = constant.string { return texts(left, right) }
        return false
    }
}
