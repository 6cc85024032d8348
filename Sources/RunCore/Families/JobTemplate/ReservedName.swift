/// The names that a template had better not have: `kubectl run-template` takes them for its verbs.
package enum ReservedName {
    /// The plugin's verbs. It knows them from here, and a test holds them against its commands.
    package static let all = [
        "cancel", "completion", "delete", "describe", "diff", "explain", "get", "help", "list", local, "logs", "params",
        "render", "rerun", "runs", "version", "wait",
    ]
    /// The verb that stands for a flag: the plugin has no command of its own for it.
    package static let local = "local"

    /// What to do about a template of such a name.
    package static func advice(_ name: String) -> String {
        "\"\(name)\" is also a verb of kubectl run-template: run the template as jt/\(name)"
    }
}
