import ArgumentParser
import Foundation
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire

/// What a user waits for.
struct PluginCommand: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "plugin",
        abstract: "The plugin beside kubectl: start, a run created, logs of 1 and of 50 pods.",
        discussion: """
            Each command is a process of its own, from its start to its end. kubectl is the one on PATH, or --kubectl; \
            without one, its figures are left out.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "How often a command is started.") var starts = 30
    // Of a container's log the cluster keeps the last 10 to 20 MB, times included, as a kubelet does.
    @Option(help: "How many megabytes of logs are read; at most 13.") var logMegabytes = 12
    @Option(help: ArgumentHelp("The kubectl to compare with.", valueName: "file")) var kubectl = "kubectl"

    private var name: String { "plugin" }

    func measure() async throws -> [Figure] {
        let plugin = try common.program("kubectl-run_template")
        let hasKubectl = (try? runCommand([kubectl, "version", "--client"], mayFail: true)) != nil
        var figures: [Figure] = []
        let bare = try median(["/bin/true"])
        let help = try median([plugin, "--help"])
        figures.append(Figure(name, "start to --help", help.wall, "ms", against: ("/bin/true", bare.wall)))
        let client = hasKubectl ? try median([kubectl, "version", "--client"]) : nil
        figures.append(
            Figure(
                name, "processor time of --help", help.cpu, "ms",
                against: client.map { ("kubectl version --client", $0.cpu) }, goal: .atMost(10)))

        let completion = try median([plugin, "__complete", "get", "--names"])
        figures.append(
            Figure(name, "processor time of a completion answer", completion.cpu, "ms", goal: .atMost(10)))

        let cluster = try ClusterProcess(common, options: ["--with-controller"])
        for template in [
            Self.logTemplate("one", pods: 1, bytes: logMegabytes << 20),
            Self.logTemplate("fifty", pods: 50, bytes: (logMegabytes << 20) / 50),
        ] {
            try await cluster.client.push(
                .post, "/apis/cellbytes.io/v1/namespaces/default/jobtemplates", template.encoded())
        }
        let environment = ["KUBECONFIG": cluster.kubeconfig]
        figures += try created(plugin, cluster, hasKubectl, environment)
        for (template, pods) in [("one", 1), ("fifty", 50)] {
            figures += try logs(plugin, template, pods, hasKubectl, environment)
        }
        return figures
    }

    private func created(
        _ plugin: String, _ cluster: ClusterProcess, _ hasKubectl: Bool, _ environment: [String: String]
    ) throws -> [Figure] {
        let file = cluster.folder.path + "/run.json"
        let run: JSONValue = [
            "apiVersion": "cellbytes.io/v1", "kind": "JobRun", "metadata": ["generateName": "made-"],
            "spec": ["templateRef": "none"],
        ]
        try run.encodedString().write(toFile: file, atomically: true, encoding: .utf8)
        let count = min(starts, 10)
        let ours = try median([plugin, "one", "--detach", "--args", "true"], environment, count: count)
        let theirs = hasKubectl ? try median([kubectl, "create", "-f", file], environment, count: count) : nil
        return [
            Figure(
                name, "start to JobRun created", ours.wall, "ms",
                against: theirs.map { ("kubectl create", $0.wall) }, goal: .ratioAtMost(1)),
            Figure(
                name, "processor time of it", ours.cpu, "ms", against: theirs.map { ("kubectl create", $0.cpu) },
                goal: .ratioAtMost(1)),
        ]
    }

    private func logs(
        _ plugin: String, _ template: String, _ pods: Int, _ hasKubectl: Bool, _ environment: [String: String]
    ) throws -> [Figure] {
        let run = "logs-\(template)"
        try runCommand([plugin, template, "--name", run, "--wait"], environment: environment)
        let ours = try timed([plugin, "logs", run, "--log-output", "raw"], environment)
        let theirs =
            hasKubectl
            ? try timed(
                [
                    kubectl, "logs", "-l", "cellbytes.io/job-run=\(run)", "--tail=-1", "--max-log-requests=60",
                ], environment) : nil
        let label = pods == 1 ? "1 pod" : "\(pods) pods"
        return [
            Figure(
                name, "logs of \(label)", ours.megabytesPerSecond, "MB/s",
                against: theirs.map { ("kubectl logs", $0.megabytesPerSecond) }, goal: .ratioAtLeast(1)),
            Figure(
                name, "processor time of a megabyte, \(label)", ours.cpuOfMegabyte, "ms",
                against: theirs.map { ("kubectl logs", $0.cpuOfMegabyte) }, goal: .ratioAtMost(1)),
        ]
    }

    /// Reads logs to a file, as many bytes as there must be.
    private func timed(
        _ command: [String], _ environment: [String: String]
    ) throws -> (megabytesPerSecond: Double, cpuOfMegabyte: Double) {
        let folder = try ScratchFolder(in: common.scratch)
        let file = folder.path + "/log"
        let child = try ChildProcess(command, environment: environment, output: .file(file))
        let end = try child.wait()
        let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
        let megabytes = Double(size) / Double(1 << 20)
        guard end.status == 0, megabytes > Double(logMegabytes) * 0.99 else {
            let tail = String(
                decoding: FileManager.default.contents(atPath: file)?.suffix(300) ?? Data(), as: UTF8.self)
            throw BenchmarkError("\(command.joined(separator: " ")) gave \(megabytes) MB, code \(end.status): \(tail)")
        }
        return (megabytes / end.wall.seconds, end.cpu * 1000 / megabytes)
    }

    private func median(
        _ command: [String], _ environment: [String: String] = [:], count: Int? = nil
    ) throws -> (wall: Double, cpu: Double) {
        var walls: [Duration] = []
        var cpu = 0.0
        let count = count ?? starts
        for _ in 0..<count {
            let run = try runCommand(command, environment: environment, keepsOutput: false)
            walls.append(run.wall)
            cpu += run.cpu
        }
        return (Latencies(walls).median, cpu * 1000 / Double(count))
    }

    private static func logTemplate(_ name: String, pods: Int, bytes: Int) -> JSONValue {
        let line = "2026-01-01 00:00:00 worker 17: processed item 123456 of a batch of 1000000 in 0.123 seconds"
        let script = "[ \"$1\" = true ] || yes '\(line)' | head -c \(bytes)"
        return [
            "apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "metadata": ["name": .string(name)],
            "spec": [
                "backoffLimit": 0, "completions": .integer(Int64(pods)), "parallelism": .integer(Int64(pods)),
                "template": [
                    "spec": [
                        "restartPolicy": "Never",
                        "containers": [
                            [
                                "name": "main", "image": "busybox", "command": ["sh", "-c", .string(script), "sh"],
                                "args": ["write"],
                            ]
                        ],
                    ]
                ],
            ],
        ]
    }
}
