/// The plugin's own flags by name, as far as splitting a command line needs them before it is parsed. A test holds the
/// table against what the parser knows.
struct FlagTable: Sendable {
    /// Flags without a value, with their dashes.
    let switches: Set<String>
    /// Flags with a value, with their dashes.
    let options: Set<String>

    /// The flags of all verbs together. Only `-f` means two things: a file, and `--follow` to `logs`.
    static let all = FlagTable(
        switches: [
            "-d", "--detach", "--wait", "--rm", "-q", "--quiet", "--command", "-A", "--all-namespaces", "--follow",
            "--timestamps", "--client", "--insecure-skip-tls-verify", "-h", "--help", "--version", "--diff", "--local",
            "--exact", "--no-headers", "--ignore-not-found", "--show-managed-fields", "--warnings-as-errors",
        ],
        options: [
            "--args", "-c", "--container", "-p", "--param", "--params-file", "--name", "--generate-name", "-l",
            "--labels", "--selector", "--annotation", "--idempotency-key", "--type", "--field-manager", "--validate",
            "-f", "--filename",
            "--image", "-e", "--env", "--env-from", "--cpu", "--memory", "--limits", "--requests", "--service-account",
            "--node-selector", "--timeout", "--retries", "--parallelism", "--completions", "--ttl", "--patch",
            "--wait-timeout", "--pending-timeout", "--exit-code-from", "-o", "--output", "--dir", "--template",
            "--sort-by", "--dry-run", "--on-interrupt",
            "--since", "--tail",
            "--include", "--exclude", "--highlight", "--log-output", "--color", "--max-log-requests",
            "-n", "--namespace", "--kubeconfig", "--context", "--cluster", "--user", "-s", "--server", "--token",
            "--username", "--password", "--as", "--as-group", "--as-uid", "--certificate-authority",
            "--client-certificate", "--client-key", "--tls-server-name", "--request-timeout", "--v", "-v",
        ])

    /// kubectl's global flags about its own caches, settings, logs and version: they are taken, and mean nothing here.
    static let idle = FlagTable(
        switches: ["--disable-compression", "--match-server-version"],
        options: ["--cache-dir", "--kuberc", "--log-flush-frequency", "--profile", "--profile-output", "--vmodule"])

    /// Whether a word is a flag that the plugin takes, so that no parameter can be given by that name.
    static func takes(_ word: String) -> Bool { all.knows(word) || idle.knows(word) }

    /// Options that may stand without a value, so that the next word may be a flag.
    private static let bare: Set = ["-f", "--dry-run", "--validate"]

    /// A command line without the flags of this table and their values, and the long names of those without dashes. What
    /// is the value of another flag stays, whatever it looks like.
    func removed(from arguments: [String]) -> (rest: [String], names: [String]) {
        var rest: [String] = []
        var names: [String] = []
        var words = arguments[...]
        while let word = words.popFirst() {
            if word == "--" { return (rest + [word] + words, names) }
            if knows(word) {
                names.append(String(word.dropFirst(2).prefix { $0 != "=" }))
                if takesNext(word) { words = words.dropFirst() }
                continue
            }
            rest.append(word)
            if Self.all.takesNext(word), !Self.bare.contains(word), let value = words.popFirst() { rest.append(value) }
        }
        return (rest, names)
    }

    /// The long names without dashes.
    var names: [String] {
        switches.union(options).filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2)) }.sorted()
    }

    /// Whether a word is one of the flags, with a value behind `=` or without.
    func knows(_ word: String) -> Bool {
        let name = word.firstIndex(of: "=").map { String(word[..<$0]) } ?? word
        return switches.contains(name) || options.contains(name)
    }

    /// Whether a flag's value is the next word.
    func takesNext(_ word: String) -> Bool { options.contains(word) }
}
