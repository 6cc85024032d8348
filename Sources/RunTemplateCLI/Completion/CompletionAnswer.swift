/// What a shell may put in place of the word under the cursor, in the form that kubectl and its shell scripts read:
/// one `value<TAB>help` a line, then `:` and what the shell is to make of it.
struct CompletionAnswer: Hashable {
    /// A value and what it means.
    struct Candidate: Hashable {
        var value: String
        var help = ""
    }

    /// What the shell is to make of the candidates; the numbers are kubectl's.
    struct Directive: OptionSet, Hashable {
        let rawValue: Int
        /// Something went wrong; there are no candidates.
        static let error = Directive(rawValue: 1)
        /// No space behind the value: more is to follow.
        static let noSpace = Directive(rawValue: 2)
        /// Names of files are no candidates.
        static let noFiles = Directive(rawValue: 4)
    }

    var candidates: [Candidate]
    var directive: Directive = .noFiles

    /// Nothing.
    static let nothing = CompletionAnswer(candidates: [])
    /// Names of files, which the shell finds itself.
    static let files = CompletionAnswer(candidates: [], directive: [])

    /// These values.
    init(candidates: [Candidate], directive: Directive = .noFiles) {
        self.candidates = candidates
        self.directive = directive
    }

    /// The candidates that begin with what is there already.
    func starting(with prefix: String) -> CompletionAnswer {
        CompletionAnswer(candidates: candidates.filter { $0.value.hasPrefix(prefix) }, directive: directive)
    }

    /// The lines.
    var text: String {
        candidates.map { candidate in
            let help = candidate.help.onOneLine
            return (help.isEmpty ? candidate.value : "\(candidate.value)\t\(help)") + "\n"
        }.joined() + ":\(directive.rawValue)\n"
    }
}
