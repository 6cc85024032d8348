/// Brings a command line into the form that the parser takes, where kubectl's habits are others: flags may stand before
/// the verb, a short flag's value right behind it, a switch may have a value, `--dry-run` may have none.
struct CommandLineNormalizer {
    /// Words that are verbs, not names of templates.
    let verbs: Set<String>
    /// Names of flags without values, with their dashes.
    let switches: Set<String>
    /// Names of flags with a value, with their dashes: the value of a short one may follow it without a space.
    var options: Set<String> = []

    /// The result.
    struct Result: Hashable {
        var arguments: [String]
        var warnings: [String] = []
        /// kubectl's flags that mean nothing here, by their names without dashes.
        var idle: [String] = []
    }

    func normalize(_ arguments: [String]) -> Result {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        var result = Result(arguments: [])
        var words = arguments[..<end]
        if let verb = verbPosition(words) {
            result.arguments.append(words[verb])
            words.remove(at: verb)
        }
        var isValue = false
        for (position, word) in zip(words.indices, words) {
            if word == "--validate", !isValue, words[(position + 1)...].first?.hasPrefix("-") != false {
                result.arguments.append("--validate=strict")
                continue
            }
            if isValue {
                isValue = false
                if isNegative(word), let flag = result.arguments.last, flag.hasPrefix("--") {
                    // The parser would take it for a flag, and say that the value is missing.
                    result.arguments[result.arguments.count - 1] = "\(flag)=\(word)"
                } else {
                    result.arguments.append(word)
                }
                continue
            }
            isValue = takesNext(word)
            if word == "--dry-run" {
                result.arguments.append("--dry-run=client")
                result.warnings.append("--dry-run without a value is deprecated; it means --dry-run=client")
            } else if let (name, value) = switchValue(word) {
                if value { result.arguments.append(name) }
            } else if word.hasPrefix("--"), word.firstIndex(of: "=") == word.indices.last {
                // The parser takes an empty value only as a word of its own.
                result.arguments += [String(word.dropLast()), ""]
            } else if isJoined(word) {
                result.arguments += [String(word.prefix(2)), String(word.dropFirst(2))]
            } else {
                result.arguments.append(word)
            }
        }
        result.arguments += arguments[end...]
        return result
    }

    /// Where the verb stands: it is the first word that is neither a flag nor a flag's value.
    private func verbPosition(_ words: ArraySlice<String>) -> Int? {
        var position = words.startIndex
        while position < words.endIndex {
            let word = words[position]
            guard word.hasPrefix("-"), word != "-" else { return verbs.contains(word) ? position : nil }
            let carriesValue = word.contains("=") || (!word.hasPrefix("--") && word.count > 2)
            position += carriesValue || switches.contains(word) || word == "--dry-run" ? 1 : 2
        }
        return nil
    }

    /// Whether the next word is a flag's value, whatever it looks like. `-f` takes one or none, by its verb.
    private func takesNext(_ word: String) -> Bool {
        options.contains(word) && word != "--dry-run" && word != "-f"
    }

    /// `-1`, `-5m`.
    private func isNegative(_ word: String) -> Bool { word.hasPrefix("-") && word.dropFirst().first?.isNumber == true }

    /// `-ndemo`, `-ojson`.
    private func isJoined(_ word: String) -> Bool {
        guard word.count > 2, !word.hasPrefix("--"), options.contains(String(word.prefix(2))) else { return false }
        return word[word.index(word.startIndex, offsetBy: 2)] != "="
    }

    /// Name and value of a switch that is given one: `--rm=false`.
    private func switchValue(_ word: String) -> (String, Bool)? {
        guard let equals = word.firstIndex(of: "="), switches.contains(String(word[..<equals])) else { return nil }
        switch word[word.index(after: equals)...] {
        case "true", "1", "t", "T", "True", "TRUE": return (String(word[..<equals]), true)
        case "false", "0", "f", "F", "False", "FALSE": return (String(word[..<equals]), false)
        default: return nil
        }
    }
}
