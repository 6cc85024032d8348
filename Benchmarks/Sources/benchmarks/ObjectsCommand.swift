import ArgumentParser
import Foundation
import HTTPTypes
import KubeClient
import KubeObjects
import KubeWire

/// What many objects cost.
struct ObjectsCommand: Benchmark {
    static let configuration = CommandConfiguration(
        commandName: "objects",
        abstract: "The fake cluster: memory with 10,000 objects, and how long a list of all of them takes.",
        discussion: """
            The objects are pods that nobody schedules. The list is compared with the time in which this process parses \
            its answer, once, with the codec that the controller uses.
            """)

    @OptionGroup var common: CommonOptions
    @Option(help: "How many objects.") var objects = 10_000

    func measure() async throws -> [Figure] {
        let name = "objects"
        let cluster = try ClusterProcess(common)
        let client = cluster.client
        let path = "/api/v1/namespaces/default/pods"
        let idle = try cluster.usage
        _ = try await load(objects, inFlight: 32) { try await client.push(.post, path, pod("pod-\($0)")) }
        let full = try cluster.usage
        var lists: [Duration] = []
        var answer: [UInt8] = []
        let clock = ContinuousClock()
        let before = try cluster.usage.seconds
        for _ in 0..<5 {
            let begin = clock.now
            let response = try await client.send(.get, path, timeout: .seconds(60))
            answer = try await response.body.collect(upTo: 1 << 30)
            lists.append(clock.now - begin)
        }
        let cpu = (try cluster.usage.seconds - before) / 5 * 1000
        let parse = clock.now
        let items = try JSONValue(parsing: answer)["items"]?.array?.count ?? 0
        let parsing = (clock.now - parse).milliseconds
        guard items == objects else { throw BenchmarkError("the list has \(items) of \(objects) objects") }
        let begin = clock.now
        var page = ListOptions(limit: 500)
        repeat {
            page.continue = try await client.list(.pods, namespace: "default", options: page).continue
        } while page.continue != nil
        let pages = (clock.now - begin).milliseconds
        let listed = try cluster.usage
        let bytes = Double(answer.count)
        return [
            Figure(name, "memory with \(objects) pods, resident", full.residentMegabytes, "MB"),
            Figure(
                name, "memory of a pod", (full.residentMegabytes - idle.residentMegabytes) * 1024 / Double(objects),
                "KB", against: ("its JSON", bytes / 1024 / Double(objects))),
            Figure(name, "memory after 5 lists of them", listed.residentMegabytes, "MB"),
            Figure(
                name, "list of \(objects), median of 5", Latencies(lists).median, "ms",
                against: ("parsing it", parsing)),
            Figure(name, "server's processor time of the list", cpu, "ms"),
            Figure(name, "the same in pages of 500, parsed", pages, "ms", against: ("parsing it", parsing)),
        ]
    }
}

/// A pod that no scheduler knows, as a request's body.
func pod(_ name: String) -> [UInt8] {
    let object: JSONValue = [
        "apiVersion": "v1", "kind": "Pod",
        "metadata": ["name": .string(name), "labels": ["app": "benchmarks", "number": .string(name)]],
        "spec": [
            "schedulerName": "nobody", "restartPolicy": "Never",
            "containers": [["name": "main", "image": "busybox", "command": ["true"]]],
        ],
    ]
    return object.encoded()
}
