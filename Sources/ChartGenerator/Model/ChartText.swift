/// Text as it stands in a chart's files.
enum ChartText {
    /// A comment of lines of at most 110 characters, each behind `# `.
    static func comment(_ text: String, indent: Int = 0) -> String {
        let margin = String(repeating: " ", count: indent) + "# "
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, margin.count + line.count + 1 + word.count > 110 {
                    lines.append(line)
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            lines.append(line)
        }
        return lines.map { ($0.isEmpty ? String(margin.dropLast()) : margin + $0) + "\n" }.joined()
    }

    /// Text in which Helm's template engine finds nothing to do: `{{` is printed by the engine itself.
    static func escaped(_ text: String) -> String {
        text.contains("{{") ? text.replacing("{{", with: "{{ \"{{\" }}") : text
    }

    /// Every line but empty ones moved to the right.
    static func indented(_ text: String, by spaces: Int) -> String {
        let margin = String(repeating: " ", count: spaces)
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
    }
}
