import ArgumentParser
import Foundation
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire

/// Runs from end to end on the fake cluster.
struct PodsCommand: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "pods",
        abstract: "The fake cluster with the controller: runs a second whose pods do nothing.",
        discussion: """
            Everything is real: JobRun, Job, pod, and a process of /bin/true. Compared with starting /bin/true as often, \
            two at a time; and again with pods whose containers a script plays, without a process.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "How many runs.") var runs = 300
    @Option(help: "How many runs are under way.") var inFlight = 32
    @Flag(help: "Leaves out the runs with a process each.") var noProcesses = false

    func measure() async throws -> [Figure] {
        var figures = noProcesses ? [] : try await measure("with a process each", options: [])
        let folder = try ScratchFolder(in: common.scratch)
        let script = folder.path + "/succeed.yaml"
        try Self.script.write(toFile: script, atomically: true, encoding: .utf8)
        figures += try await measure("without processes", options: ["--runner", "script", "--script", script])
        return figures
    }

    /// Every container ends well at once.
    private static let script = "rules: [{do: []}]\n"

    private func measure(_ label: String, options: [String]) async throws -> [Figure] {
        let name = "pods"
        let spawns = try await load(200, inFlight: 2) { _ in
            _ = try runCommand(["/bin/true"], keepsOutput: false)
        }
        let cluster = try ClusterProcess(common, options: ["--with-controller"] + options)
        let client = cluster.client
        try await client.push(
            .post, "/apis/cellbytes.io/v1/namespaces/default/jobtemplates", Self.template.encoded())
        let ends = RunEnds(client, namespace: "default")
        return try await beside(ends.watch) {
            let before = try cluster.usage.seconds
            let result = try await load(runs, inFlight: inFlight) { number in
                let run: JSONValue = [
                    "apiVersion": "cellbytes.io/v1", "kind": "JobRun", "metadata": ["name": .string("r\(number)")],
                    "spec": ["templateRef": "noop"],
                ]
                try await ends.create("r\(number)", run.encoded())
            }
            let cpu = (try cluster.usage.seconds - before) / Double(runs) * 1000
            let server = try await client.list(.pods, namespace: "default")
            guard server.items.count == runs else { throw BenchmarkError("\(server.items.count) pods of \(runs) runs") }
            return [
                Figure(
                    name, "no-op runs a second, \(label)", result.rate, "/s", against: ("/bin/true", spawns.rate),
                    goal: .atLeast(300)),
                Figure(name, "run, create to status, \(label), p50", result.latencies.median, "ms"),
                Figure(name, "cluster's and controller's processor time of a run, \(label)", cpu, "ms"),
            ]
        }
    }

    private static let template: JSONValue = [
        "apiVersion": "cellbytes.io/v1", "kind": "JobTemplate", "metadata": ["name": "noop"],
        "spec": [
            "backoffLimit": 0,
            "template": [
                "spec": [
                    "restartPolicy": "Never",
                    "containers": [["name": "main", "image": "busybox", "command": ["true"]]],
                ]
            ],
        ],
    ]
}
