import KubeObjects
import Testing

@testable import FakeCluster

struct PodTableTests {
    struct PodCase: Sendable, CustomTestStringConvertible {
        var name: String
        var status: JSONValue
        var spec: JSONValue = ["containers": [["name": "a"]]]
        var isBeingDeleted = false
        /// Ready, status, restarts.
        var cells: [JSONValue]
        var testDescription: String { name }
    }

    private static let sidecarSpec: JSONValue = [
        "containers": [["name": "a"]], "initContainers": [["name": "s", "restartPolicy": "Always"], ["name": "i"]],
    ]

    @Test(arguments: [
        PodCase(name: "pending", status: ["phase": "Pending"], cells: ["0/1", "Pending", "0"]),
        PodCase(
            name: "waiting",
            status: [
                "phase": "Pending",
                "containerStatuses": [["name": "a", "state": ["waiting": ["reason": "ErrImagePull"]]]],
            ], cells: ["0/1", "ErrImagePull", "0"]),
        PodCase(
            name: "running and restarted",
            status: [
                "phase": "Running",
                "containerStatuses": [
                    [
                        "name": "a", "ready": true, "restartCount": 2, "state": ["running": [:]],
                        "lastState": ["terminated": ["finishedAt": "2027-01-15T07:59:00Z"]],
                    ]
                ],
            ], cells: ["1/1", "Running", "2 (60s ago)"]),
        PodCase(
            name: "completed",
            status: [
                "phase": "Succeeded",
                "containerStatuses": [
                    ["name": "a", "state": ["terminated": ["reason": "Completed", "exitCode": 0]]]
                ],
            ], cells: ["0/1", "Completed", "0"]),
        PodCase(
            name: "killed by a signal",
            status: [
                "phase": "Failed", "containerStatuses": [["name": "a", "state": ["terminated": ["signal": 9]]]],
            ], cells: ["0/1", "Signal:9", "0"]),
        PodCase(
            name: "one of two done",
            status: [
                "phase": "Running",
                "containerStatuses": [
                    ["name": "a", "state": ["terminated": ["reason": "Completed"]]],
                    ["name": "b", "ready": true, "state": ["running": [:]]],
                ],
            ], spec: ["containers": [["name": "a"], ["name": "b"]]], cells: ["1/2", "NotReady", "0"]),
        PodCase(
            name: "initializing",
            status: [
                "phase": "Pending",
                "initContainerStatuses": [
                    ["name": "s", "ready": true, "started": true, "state": ["running": [:]]],
                    ["name": "i", "state": ["running": [:]]],
                ],
            ], spec: sidecarSpec, cells: ["1/2", "Init:1/2", "0"]),
        PodCase(
            name: "init failed",
            status: [
                "phase": "Pending",
                "initContainerStatuses": [["name": "i", "state": ["terminated": ["exitCode": 3]]]],
            ], cells: ["0/1", "Init:ExitCode:3", "0"]),
        PodCase(
            name: "terminating", status: ["phase": "Running"], isBeingDeleted: true,
            cells: ["0/1", "Terminating", "0"]),
        PodCase(
            name: "evicted", status: ["phase": "Failed", "reason": "Evicted"], cells: ["0/1", "Evicted", "0"]),
    ])
    func `one word tells a pod's state`(example: PodCase) {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", name: "p")
        pod["spec"] = example.spec
        pod["status"] = example.status
        if example.isBeingDeleted { pod.metadata["deletionTimestamp"] = "2027-01-15T08:00:00Z" }
        // 2027-01-15T08:00:00Z.
        let cells = TableConvention.pods.cells(pod, Timestamp(seconds: 1_800_000_000))
        #expect(Array(cells[1...3]) == example.cells)
    }
}
