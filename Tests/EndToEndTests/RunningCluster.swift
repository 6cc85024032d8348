import Foundation
import KubeObjects
import Subprocess
import SystemPackage
import Testing

/// A `fake-cluster up` of its own for one test: the real program, over HTTPS, on a free port.
struct RunningCluster: Sendable {
    /// The kubeconfig that it printed.
    let kubeconfig: String
    /// A folder for the test's own files.
    let scratch: String

    /// Starts a cluster, does the work, stops the cluster.
    /// - Parameters:
    ///   - data: the cluster's folder; nil makes one that is removed afterwards.
    ///   - programs: a folder of programs that containers find before all others.
    ///   - faults: a plan of faults.
    ///   - listen: the place where it listens; nil picks a free port.
    static func with<Value: Sendable>(
        controller: Bool = true, data: String? = nil, programs: String? = nil, faults: String? = nil,
        listen: String? = nil, _ work: (RunningCluster) async throws -> Value
    ) async throws -> Value {
        let scratch = NSTemporaryDirectory() + "end-to-end-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        var arguments =
            ["up", "--data", data ?? scratch + "/cluster"] + (controller ? ["--with-controller"] : [])
            + (listen.map { ["--listen", $0] } ?? [])
        if let faults {
            try faults.write(toFile: scratch + "/faults.yaml", atomically: true, encoding: .utf8)
            arguments += ["--faults", scratch + "/faults.yaml"]
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let result = try await Subprocess.run(
            .path(FilePath(try Program.path(of: "fake-cluster"))), arguments: Arguments(arguments),
            environment: .inherit.updating(["PATH": ([programs].compactMap(\.self) + [path]).joined(separator: ":")]),
            input: .none, output: .sequence, error: .currentStandardError
        ) { execution in
            var lines = execution.standardOutput.strings().makeAsyncIterator()
            let line = try #require(try await lines.next(), "fake-cluster ended before it was ready")
            let prefix = "export KUBECONFIG="
            try #require(line.hasPrefix(prefix), "unexpected first line: \(line)")
            let path = line.dropFirst(prefix.count).trimmingCharacters(in: .whitespacesAndNewlines)
            defer { try? execution.send(signal: .terminate) }
            return try await work(RunningCluster(kubeconfig: path, scratch: scratch))
        }
        #expect(result.terminationStatus == .exited(0), "fake-cluster did not stop cleanly")
        return result.closureResult
    }

    /// Runs a client against the cluster.
    func run(_ program: String, _ arguments: String..., input: String = "") async throws -> ProgramResult {
        try await Program.run(program, arguments, environment: ["KUBECONFIG": kubeconfig], input: input)
    }

    /// Runs a client that is expected to succeed and returns what it printed.
    @discardableResult
    func output(
        _ program: String, _ arguments: String..., input: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        try await output(program, arguments, input: input, sourceLocation: sourceLocation)
    }

    /// Runs a client that is expected to succeed, with arguments in a list, and returns what it printed.
    @discardableResult
    func output(
        _ program: String, _ arguments: [String], input: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let result = try await Program.run(
            program, arguments, environment: ["KUBECONFIG": kubeconfig], input: input)
        try #require(
            result.exitCode == 0, "\(program) \(arguments.joined(separator: " ")): \(result)",
            sourceLocation: sourceLocation)
        return result.output
    }

    /// The same cluster for a service account, by a kubeconfig with its token.
    func asAccount(_ name: String, in namespace: String) async throws -> RunningCluster {
        let kubectl = "kubectl-1.34"
        let token = try await output(kubectl, "create", "token", name, "-n", namespace)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        var config = try JSONValue(parsing: try await output(kubectl, "config", "view", "--raw", "-o", "json"))
        config["users"] = [["name": "account", "user": ["token": .string(token)]]]
        let cluster = config["clusters"]?[0]?["name"] ?? .null
        config["contexts"] = [
            [
                "name": "account",
                "context": ["cluster": cluster, "user": "account", "namespace": .string(namespace)],
            ]
        ]
        config["current-context"] = "account"
        let path = try file("\(namespace)-\(name).kubeconfig", config.encodedString())
        return RunningCluster(kubeconfig: path, scratch: scratch)
    }

    /// Writes a file for a client to read and returns its path.
    func file(_ name: String, _ text: String) throws -> String {
        let path = scratch + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
