import HTTPTypes
import KubeObjects
import KubeWire
import Logging
import Testing

@testable import FakeCluster

/// What a pod has to talk to the API server with.
@Suite(.timeLimit(.minutes(5)))
struct ServiceAccountVolumeTests {
    @Test func aPodHasATokenOfItsAccount() async throws {
        let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let cluster = try FakeCluster(configuration: .init(runsPods: true), logger: quiet)
        try await withRunning([{ try? await cluster.run() }]) {
            let namespace = "/api/v1/namespaces/default"
            try await Self.post("\(namespace)/serviceaccounts", ["metadata": ["name": "robot"]], to: cluster)
            try await Self.post(
                "\(namespace)/pods",
                [
                    "metadata": ["name": "p"],
                    "spec": [
                        "serviceAccountName": "robot", "restartPolicy": "Never",
                        "containers": [
                            [
                                "name": "m", "image": "busybox",
                                "command": ["cat", "/var/run/secrets/kubernetes.io/serviceaccount/token"],
                            ]
                        ],
                    ],
                ], to: cluster)
            let watch = await cluster.handle(
                WireRequest(method: .get, path: "\(namespace)/pods?watch=true&timeoutSeconds=30"), identity: .admin)
            var lines = LineSplitter()
            frames: for try await chunk in watch.body {
                for line in lines.append(chunk) {
                    let pod = try JSONValue(parsing: line)["object"]
                    if pod?["status"]?["phase"]?.string == "Succeeded" { break frames }
                }
            }
            let log = await cluster.handle(
                WireRequest(method: .get, path: "\(namespace)/pods/p/log"), identity: .admin)
            let token = String(decoding: try await log.body.collect(), as: UTF8.self)
            let answer = await cluster.handle(
                WireRequest(
                    method: .get, path: "\(namespace)/secrets", headers: [.authorization: "Bearer \(token)"]))
            let status = KubeStatus(try JSONValue(parsing: try await answer.body.collect()))
            #expect(status?.message.contains("User \"system:serviceaccount:default:robot\" cannot list") == true)
        }
    }

    private static func post(_ path: String, _ object: JSONValue, to cluster: FakeCluster) async throws {
        let answer = await cluster.handle(
            WireRequest(
                method: .post, path: path, headers: [.contentType: "application/json"], body: object.encoded()),
            identity: .admin)
        let text = String(decoding: try await answer.body.collect(), as: UTF8.self)
        try #require(answer.status == .created, "\(text)")
    }
}
