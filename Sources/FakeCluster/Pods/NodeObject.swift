import KubeObjects
import KubeWire

/// The one node of the cluster as an object.
enum NodeObject {
    /// A new node with its status: ready, with room for everything.
    static func make(_ node: NodeIdentity, now: Timestamp) -> KubeObject {
        var object = KubeObject(apiVersion: "v1", kind: "Node", name: node.name)
        object.metadata["labels"] = [
            "beta.kubernetes.io/arch": .string(architecture), "beta.kubernetes.io/os": "linux",
            "kubernetes.io/arch": .string(architecture), "kubernetes.io/hostname": .string(node.name),
            "kubernetes.io/os": "linux",
        ]
        object["status"] = .object(status(node, now: now))
        return object
    }

    /// What the node has, by resource: enough for every test.
    static let room = [
        "cpu": "64", "ephemeral-storage": "1Ti", "hugepages-1Gi": "0", "hugepages-2Mi": "0", "memory": "256Gi",
        "pods": "10000",
    ]

    #if arch(arm64)
    static let architecture = "arm64"
    #else
    static let architecture = "amd64"
    #endif

    private static func status(_ node: NodeIdentity, now: Timestamp) -> JSONObject {
        let room = JSONValue.object(
            JSONObject(Self.room.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        return [
            "capacity": room, "allocatable": room,
            "addresses": [
                ["type": "InternalIP", "address": .string(node.address)],
                ["type": "Hostname", "address": .string(node.name)],
            ],
            "conditions": .array([
                condition(
                    "MemoryPressure", "False", "KubeletHasSufficientMemory", now,
                    "kubelet has sufficient memory available"),
                condition("DiskPressure", "False", "KubeletHasNoDiskPressure", now, "kubelet has no disk pressure"),
                condition(
                    "PIDPressure", "False", "KubeletHasSufficientPID", now, "kubelet has sufficient PID available"),
                condition("Ready", "True", "KubeletReady", now, "kubelet is posting ready status"),
            ]),
            "nodeInfo": [
                "machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "", "osImage": "the host",
                "containerRuntimeVersion": "fake://1.0.0", "kubeletVersion": "v1.36.2", "kubeProxyVersion": "",
                "operatingSystem": "linux", "architecture": .string(architecture),
            ],
        ]
    }

    private static func condition(
        _ type: String, _ status: String, _ reason: String, _ now: Timestamp, _ message: String
    ) -> JSONValue {
        [
            "type": .string(type), "status": .string(status), "lastHeartbeatTime": .string(now.rfc3339),
            "lastTransitionTime": .string(now.rfc3339), "reason": .string(reason), "message": .string(message),
        ]
    }
}
