import KubeObjects

/// `--sort-by`: an order by what a path leads to, as kubectl sorts.
struct ObjectOrder {
    private let path: JSONPathTemplate
    private let source: String

    /// Reads a path.
    /// - Throws: a failure of usage.
    init(_ text: String) throws(CommandFailure) {
        source = text
        do {
            path = try JSONPathTemplate(relaxed: text)
        } catch {
            throw CommandFailure("--sort-by: \(error)", exitCode: RunExitCode.usage)
        }
    }

    /// Values in the order of what the path finds in them; those where it finds nothing come first.
    /// - Throws: a failure if it finds nothing anywhere, which is a typo most likely.
    func sorted<Value>(_ values: [Value], by json: (Value) -> JSONValue) throws(CommandFailure) -> [Value] {
        var keyed: [(key: JSONValue?, position: Int)] = []
        for (position, value) in values.enumerated() {
            do {
                keyed.append((try path.values(in: json(value)).first, position))
            } catch {
                throw CommandFailure("--sort-by: \(error)", exitCode: 1)
            }
        }
        guard values.isEmpty || keyed.contains(where: { $0.key != nil }) else {
            throw CommandFailure("couldn't find any field with path \"\(source)\" in the list of objects", exitCode: 1)
        }
        return keyed.sorted { left, right in
            if Self.isLess(left.key, right.key) { return true }
            return Self.isLess(right.key, left.key) ? false : left.position < right.position
        }.map { values[$0.position] }
    }

    private static func isLess(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
        guard let right else { return false }
        guard let left else { return true }
        if let left = left.double, let right = right.double { return left < right }
        guard let left = left.string, let right = right.string else { return false }
        if let first = Quantity(left), let second = Quantity(right) { return first < second }
        return left.utf8.lexicographicallyPrecedes(right.utf8)
    }
}
