import FoundationEssentials
import KubeClient

/// Puts `kubectl_complete-run_template`, which kubectl asks for completions, where kubectl finds it: a link to the plugin
/// itself, which looks at how it was called.
struct CompletionInstaller {
    /// The folders of the `PATH`.
    let path: [String]
    /// The plugin's own file.
    let plugin: String

    /// The name that kubectl looks for.
    static let name = "kubectl_complete-run_template"

    init(path: String = ProcessEnvironment.value("PATH") ?? "", plugin: String) {
        self.path = path.split(separator: ":").map(String.init)
        self.plugin = plugin
    }

    /// Makes the link. Returns where it is.
    /// - Parameter folder: where it is to be; nil for beside the plugin.
    /// - Throws: a failure that says what to do.
    func install(in folder: String?) throws(CommandFailure) -> String {
        let place = if let folder { folder } else { try self.place() }
        let link = "\(place)/\(Self.name)"
        do {
            if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link) {
                if target == plugin { return link }
                try FileManager.default.removeItem(atPath: link)
            } else if FileManager.default.fileExists(atPath: link) {
                throw CommandFailure("\(link) is there already, and is no link: remove it first")
            }
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: plugin)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure("\(link) cannot be made; name a folder of your PATH with --dir")
        }
        return link
    }

    /// The folder in which kubectl finds the plugin.
    private func place() throws(CommandFailure) -> String {
        let own = plugin.lastIndex(of: "/").map { String(plugin[..<$0]) }
        if let found = path.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/kubectl-run_template") })
        {
            return found
        }
        guard let own, path.contains(own) else {
            throw CommandFailure("kubectl-run_template is in no folder of your PATH; name one with --dir")
        }
        return own
    }
}
