import ArgumentParser

/// A command line with the cursor at its last word.
struct CompletionRequest {
    /// What the word under the cursor is.
    enum Place {
        /// The value of a flag.
        case value(of: CommandDescription.Argument)
        /// The value of a flag that is none of ours, a parameter most likely.
        case parameter(String)
        /// The name of a flag.
        case flag
        /// A word at a place of its own.
        case word
        /// An argument of the container.
        case argument
    }

    /// A flag as it was given, and its value if it has one.
    struct GivenFlag: Hashable {
        var name: String
        var value: String?
    }

    /// The verb; the root for a line that has none yet.
    let command: CommandDescription
    let isRoot: Bool
    private(set) var place = Place.word
    /// What is there of the word already; of a flag's value that is given behind `=`, the value.
    private(set) var current: String
    /// The words at places of their own so far.
    private(set) var words: [String] = []
    /// The flags so far.
    private(set) var flags: [GivenFlag] = []
    /// The flag whose value is to come.
    private var pending: String?
    private var isTerminated = false

    /// - Parameter line: All words; the last is the one under the cursor, and may be empty.
    init(_ line: [String]) {
        let before = RunTemplate.normalized(line.dropLast()).arguments
        let (type, words) = RunTemplate.command(before)
        isRoot = type == RunTemplateCommand.self && before.first != LocalRun.verb
        command = CommandDescription(type)
        current = line.last ?? ""
        for word in words { read(word) }
        place = findPlace()
    }

    /// The value of a flag that was given under one of these names.
    func value(_ names: String...) -> String? { flags.last { names.contains($0.name) }?.value }

    private mutating func findPlace() -> Place {
        if isTerminated { return .argument }
        if let pending, command.flag(pending) != nil || !Self.isFlag(current) { return value(of: pending) }
        guard Self.isFlag(current) || current == "-" else { return .word }
        guard current.hasPrefix("--"), let equals = current.firstIndex(of: "=") else { return .flag }
        let name = String(current[..<equals])
        current = String(current[current.index(after: equals)...])
        return value(of: name)
    }

    private func value(of flag: String) -> Place {
        command.flag(flag).map { .value(of: $0) } ?? .parameter(String(flag.dropFirst(2)))
    }

    /// A parameter's value may be a negative number, but no flag.
    private static func isFlag(_ word: String) -> Bool { word.hasPrefix("-") && word != "-" && Double(word) == nil }

    private mutating func read(_ word: String) {
        if isTerminated { return }
        if let flag = pending {
            pending = nil
            if command.flag(flag) != nil || !Self.isFlag(word) {
                flags.append(GivenFlag(name: flag, value: word))
                return
            }
            flags.append(GivenFlag(name: flag))
        }
        if word == "--" {
            isTerminated = true
        } else if Self.isFlag(word) {
            read(flag: word)
        } else {
            words.append(word)
        }
    }

    private mutating func read(flag word: String) {
        if let equals = word.firstIndex(of: "=") {
            flags.append(GivenFlag(name: String(word[..<equals]), value: String(word[word.index(after: equals)...])))
        } else if let flag = command.flag(word) {
            if flag.kind == .option { pending = word } else { flags.append(GivenFlag(name: word)) }
        } else if !word.hasPrefix("--"), command.flag(String(word.prefix(2)))?.kind == .option {
            flags.append(GivenFlag(name: String(word.prefix(2)), value: String(word.dropFirst(2))))
        } else if word.hasPrefix("--"), !words.isEmpty {
            pending = word
        }
    }
}
