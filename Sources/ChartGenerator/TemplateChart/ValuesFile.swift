import KubeObjects

/// A `values.yaml` that a person may have edited, changed line by line so that their comments, order and spelling stay.
///
/// Only lines in block style are understood. After each change the text is read again and held against what it must
/// mean, so that what is not understood is refused and never spoilt.
struct ValuesFile: Sendable {
    private(set) var text: String
    /// What the text means.
    private(set) var value: JSONValue
    private var document: YAMLDocument?

    /// The text cannot be changed by lines, or is no YAML object.
    struct Unreadable: Error {
        /// `LINE: what is wrong`.
        let description: String
    }

    init(_ text: String) throws(Unreadable) {
        self.text = text
        value = [:]
        document = nil
        try read()
    }

    /// The value at a path; nil if there is none.
    subscript(path: [String]) -> JSONValue? {
        path.reduce(value as JSONValue?) { value, name in value?[name] }
    }

    private mutating func read() throws(Unreadable) {
        do throws(YAMLError) {
            let documents = try YAML.parse(text)
            guard documents.count <= 1 else { throw YAMLError("there are several documents", line: 1, column: 1) }
            document = documents.first
            value = documents.first?.value ?? [:]
        } catch { throw Unreadable(description: "\(error.line): \(error.message)") }
        guard value.object != nil else { throw Unreadable(description: "1: is no map of values") }
    }

    // MARK: Changes

    /// Replaces the value at a path.
    mutating func replace(_ path: [String], with new: JSONValue) throws(Unreadable) {
        guard let name = path.last, let old = self[path], let place = place(of: path) else { return }
        let indent = place.column - 1
        var lines = self.lines
        let (oldText, newText) = (
            ChartValue.line(name, old, indent: indent).dropLast(), ChartValue.line(name, new, indent: indent).dropLast()
        )
        let range = extent(of: place, in: lines)
        // A comment behind a value of one line stays there.
        let rest =
            range.count == 1 && !newText.contains("\n") && lines[range.lowerBound].hasPrefix(oldText)
            ? lines[range.lowerBound].dropFirst(oldText.count) : ""
        lines.replaceSubrange(range, with: (newText + rest).split(separator: "\n", omittingEmptySubsequences: false))
        var expected = value
        expected.set(new, at: path)
        try change(to: lines, meaning: expected, at: place.line)
    }

    /// Adds a value behind the last one of the map at a path.
    mutating func insert(_ new: ChartValue, into path: [String]) throws(Unreadable) {
        var lines = self.lines
        var indent = 0
        var end = lines.count
        if let place = place(of: path) {
            end = extent(of: place, in: lines).upperBound
            indent = place.column + 1
        }
        if let sibling = self[path]?.object?.keys.first, let place = place(of: path + [sibling]) {
            indent = place.column - 1
        }
        while path.isEmpty, end > 0, lines[end - 1].isEmpty { end -= 1 }
        let added = new.text(indent: indent).dropLast()
        lines.insert(contentsOf: added.split(separator: "\n", omittingEmptySubsequences: false), at: end)
        var expected = value
        expected.set(new.json, at: path + [new.name])
        try change(to: lines, meaning: expected, at: end)
    }

    /// Removes the value at a path, and the comment above it.
    mutating func remove(_ path: [String]) throws(Unreadable) {
        guard let place = place(of: path) else { return }
        var lines = self.lines
        let range = extent(of: place, in: lines)
        var start = range.lowerBound
        let comment = String(repeating: " ", count: place.column - 1) + "#"
        while start > 0, lines[start - 1].hasPrefix(comment) { start -= 1 }
        lines.removeSubrange(start..<range.upperBound)
        var expected = value
        expected.set(nil, at: path)
        // A map without members is written as one that is empty.
        if let parent = path.dropLast().last, expected.member(path.dropLast())?.object?.isEmpty == true,
            let place = self.place(of: Array(path.dropLast()))
        {
            let indent = place.column - 1
            lines[place.line - 1] = ChartValue.line(parent, [:], indent: indent).dropLast()
        }
        try change(to: lines, meaning: expected, at: place.line)
    }

    private mutating func change(to lines: [Substring], meaning expected: JSONValue, at line: Int) throws(Unreadable) {
        let before = (text, value, document)
        text = lines.joined(separator: "\n")
        let isRead = (try? read()) != nil
        guard isRead, value == expected else {
            (text, value, document) = before
            throw Unreadable(description: "\(line): is not in block style, one value a line")
        }
    }

    // MARK: Lines

    private var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    private func place(of path: [String]) -> YAMLDocument.Location? {
        guard !path.isEmpty, self[path] != nil else { return nil }
        return document?.location(of: path.map(JSONPathElement.key))
    }

    /// The lines of a name and its value: to the last line that is further to the right.
    private func extent(of place: YAMLDocument.Location, in lines: [Substring]) -> Range<Int> {
        let start = place.line - 1
        var end = start + 1
        for index in lines.indices.dropFirst(start + 1) {
            let code = lines[index].drop { $0 == " " }
            if code.isEmpty || code.hasPrefix("#") { continue }
            let column = lines[index].count - code.count + 1
            let isElement = column == place.column && (code == "-" || code.hasPrefix("- "))
            guard column > place.column || isElement else { break }
            end = index + 1
        }
        // Empty lines at the end of a text of several lines are part of it.
        while end < lines.count, lines[end].isEmpty, text(lines[start..<end]) != text(lines[start...end]) { end += 1 }
        return start..<end
    }

    private func text(_ lines: ArraySlice<Substring>) -> JSONValue? {
        try? YAML.parse(lines.joined(separator: "\n") + "\n").first?.value
    }
}

extension JSONValue {
    fileprivate func member(_ path: ArraySlice<String>) -> JSONValue? {
        path.reduce(self as JSONValue?) { value, name in value?[name] }
    }
}

extension ChartValue {
    /// The default, as JSON.
    var json: JSONValue {
        switch content {
        case .leaf(let fallback, _): fallback
        case .group(let values): .object(JSONObject(values.map { ($0.name, $0.json) }))
        }
    }
}
