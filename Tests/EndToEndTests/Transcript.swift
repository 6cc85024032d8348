import Foundation
import TestSupport
import Testing

/// The commands of a real client and what it printed, held against a golden file.
///
/// The commands are in `Clients/FOLDER/NAME.txt`, one a line; `Clients/transcript.sh` runs them. What differs from one run
/// to the next (times, ids, random names, the width of a table's columns) is made equal first.
struct Transcript {
    /// The folder of the commands.
    var folder: String
    /// The file of the commands, without its ending.
    var name: String
    /// The client's version, for lines of one version only.
    var version: String
    /// The names by which the commands call the clients, and which clients those are.
    var clients: [String: String]

    private static let clientsFolder = Repository.url("Tests/EndToEndTests/Clients").path

    /// Runs the commands on a cluster and holds what they print against the golden file.
    func run(on cluster: RunningCluster, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let folder = cluster.scratch + "/" + self.folder
        try FileManager.default.createDirectory(atPath: folder + "/bin", withIntermediateDirectories: true)
        for (name, client) in clients {
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/bin/\(name)", withDestinationPath: try Program.path(of: client))
        }
        let source = Self.clientsFolder + "/" + self.folder
        let server = try await cluster.output(
            "kubectl-1.34", "config", "view", "-o", "jsonpath={.clusters[0].cluster.server}")
        let result = try await Program.run(
            Self.clientsFolder + "/transcript.sh", ["\(source)/\(name).txt", version, folder],
            environment: [
                "KUBECONFIG": cluster.kubeconfig, "FILES": source + "/files", "SERVER": server,
                "CA": (cluster.kubeconfig as NSString).deletingLastPathComponent + "/ca.crt",
            ])
        #expect(result.exitCode == 0, "\(result)", sourceLocation: sourceLocation)
        let text = Self.comparable(result.output)
            .replacing(server, with: "https://SERVER").replacing(source, with: "FOLDER")
            .replacing(folder, with: "SCRATCH")
        try Golden.expect(
            text, matches: "Tests/Golden/\(self.folder)/\(name)-\(version).txt", sourceLocation: sourceLocation)
    }

    /// A text without what differs between two runs.
    static func comparable(_ text: String) -> String {
        var text = text
        for (pattern, replacement) in replacements {
            text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { sortedReplicaSets(String($0)) }.joined(separator: "\n")
    }

    /// kubectl puts replica sets in the order of the seconds in which they were made, and those of one second by name.
    private static func sortedReplicaSets(_ line: String) -> String {
        let label = "OldReplicaSets:  "
        guard line.hasPrefix(label) else { return line }
        return label + line.dropFirst(label.count).components(separatedBy: ", ").sorted().joined(separator: ", ")
    }

    private static let replacements = [
        // What kubectl logs about a watch that its own timeout ends depends on which of the two it notices first.
        (#"(?m)^[IWE]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ reflector\.go:\d+\] .*\n"#, ""),
        (#"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( \+0000 UTC|Z)"#, "TIME"),
        (#"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}"#, "TIME"),
        (#"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}"#, "TIME"),
        // A column is as wide as its widest time, and Go leaves out zeros at a fraction's end.
        (#"TIME +\t"#, "TIME\t"),
        (#"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"#, "UID"),
        (#"(?m)(resourceVersion"?: ?|Resource Version: +)"?\d+"?"#, "$1N"),
        (#"eyJ[\w-]+\.[\w-]+\.[\w-]+"#, "TOKEN"),
        (#"10\.96\.\d+\.\d+"#, "CLUSTER-IP"),
        (#"127\.[1-9]\d*\.\d+\.\d+"#, "POD-IP"),
        // The ends of generated names, after the API server's alphabet.
        (#"-[bcdfghjklmnpqrstvwxz2456789]{5}\b"#, "-RANDOM"),
        (#"(?m)(?<=\s)(\d+(ms|[smh])){1,2}(?=\s|$)"#, "AGE"),
        (#"(?<=\S) {2,}"#, "  "),
        (#"(?m)[ \t]+$"#, ""),
    ]
}
