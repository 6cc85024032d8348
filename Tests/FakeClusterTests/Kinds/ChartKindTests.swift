import KubeObjects
import KubeSchema
import Testing

@testable import FakeCluster

/// Kinds that charts bring along: what each may say.
struct ChartKindTests {
    static let ingress: JSONValue = [
        "spec": [
            "rules": [
                [
                    "host": "example.com",
                    "http": [
                        "paths": [
                            [
                                "path": "/", "pathType": "Prefix",
                                "backend": ["service": ["name": "web", "port": ["number": 80]]],
                            ]
                        ]
                    ],
                ]
            ]
        ]
    ]
    private static let path = "/spec/rules/0/http/paths/0"

    /// A change of the Ingress (JSON patch) and the fault that it must bring; none for nil.
    static let ingressFaults: [(JSONValue, String?)] = [
        (
            ["op": "remove", "path": "/spec/rules"],
            "spec: Invalid value: {}: either `defaultBackend` or `rules` must be specified"
        ),
        (
            ["op": "remove", "path": .string("\(path)/pathType")],
            "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"
        ),
        (
            ["op": "replace", "path": .string("\(path)/path"), "value": "shop"],
            "spec.rules[0].http.paths[0].path: Invalid value: \"shop\": must be an absolute path"
        ),
        (
            ["op": "remove", "path": .string("\(path)/backend/service/port")],
            "spec.rules[0].http.paths[0].backend: Required value: port name or number is required"
        ),
        (["op": "replace", "path": "/spec/rules/0/host", "value": "*.example.com"], nil),
    ]

    @Test(arguments: ingressFaults)
    func `an Ingress has paths with backends`(_ change: JSONValue, _ fault: String?) throws {
        let walk = try KindWalk("Ingress", "networking.k8s.io/v1")
        let changed = try JSONPatch(.array([change])).apply(to: Self.ingress)
        #expect(try walk.create(changed).faults == (fault.map { [$0] } ?? []))
    }

    @Test func `a PriorityClass of a user stays below those of the system, and its value stays`() throws {
        let walk = try KindWalk("PriorityClass", "scheduling.k8s.io/v1")
        let high = try walk.create(["value": 1000], name: "high")
        #expect(high.faults.isEmpty)
        #expect(high.object["preemptionPolicy"] == "PreemptLowerPriority")
        #expect(
            try walk.create(["value": 2_000_000_000], name: "higher").faults == [
                "value: Forbidden: maximum allowed value of a user defined priority is 1000000000"
            ])
        #expect(
            try walk.create(["value": 1], name: "system-mine").faults == [
                "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. "
                    + "error: system-mine is not a known system priority class"
            ])
        let changed = try walk.update(high.object) { $0.set(2, at: ["value"]) }
        #expect(changed.faults == ["value: Forbidden: may not be changed in an update."])
        for object in PriorityClassRules.bootstrap {
            #expect(try walk.create(object.value, name: object.name ?? "").faults.isEmpty)
        }
    }

    @Test func `a pod gets the priority of its class, and none without one`() throws {
        var walk = try KindWalk("Pod")
        let pod: JSONValue = ["spec": ["priorityClassName": "high", "containers": [["name": "c", "image": "i"]]]]
        let lost = try walk.create(pod).object
        #expect(walk.refusal(of: lost) == "no PriorityClass with name high was found")
        var high = KubeObject(apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", name: "high")
        high["value"] = 7
        high["preemptionPolicy"] = "Never"
        walk.stored[ObjectKey(name: "high")] = high
        let found = try walk.create(pod).object
        #expect(walk.refusal(of: found) == nil)
        #expect(found["spec"]?["priority"] == 7 && found["spec"]?["preemptionPolicy"] == "Never")
    }

    @Test func `a HorizontalPodAutoscaler has sensible bounds`() throws {
        let walk = try KindWalk("HorizontalPodAutoscaler", "autoscaling/v2")
        let target: JSONValue = ["kind": "Deployment", "name": "web"]
        let right = try walk.create(["spec": ["maxReplicas": 3, "scaleTargetRef": target]])
        #expect(right.faults.isEmpty)
        #expect(right.object["spec"]?["minReplicas"] == 1)
        #expect(right.object["spec"]?["metrics"]?[0]?["resource"]?["target"]?["averageUtilization"] == 80)
        let wrong = try walk.create(["spec": ["minReplicas": 4, "maxReplicas": 3, "scaleTargetRef": target]])
        #expect(
            wrong.faults == [
                "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`"
            ])
    }

    @Test func `a StorageClass does not change`() throws {
        let walk = try KindWalk("StorageClass", "storage.k8s.io/v1")
        let object = try walk.create(["provisioner": "slow.example.com"]).object
        #expect(object["reclaimPolicy"] == "Delete" && object["volumeBindingMode"] == "Immediate")
        let changed = try walk.update(object) { $0.set("other", at: ["provisioner"]) }
        #expect(changed.faults == ["provisioner: Forbidden: updates to provisioner are forbidden."])
    }

    static let ports: [([JSONValue], String, String)] = [
        (
            [["port": 80, "nodePort": 30080]], "ClusterIP",
            "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"
        ),
        (
            [["port": 80, "nodePort": 1]], "NodePort",
            "spec.ports[0].nodePort: Invalid value: 1: provided port is not in the valid range. The range of valid ports "
                + "is 30000-32767"
        ),
        (
            [["port": 80, "name": "a"], ["port": 80, "name": "b"]], "ClusterIP",
            "spec.ports[1]: Duplicate value: {\"Name\":\"\",\"Protocol\":\"TCP\",\"AppProtocol\":null,\"Port\":80,"
                + "\"TargetPort\":0,\"NodePort\":0}"
        ),
    ]

    @Test(arguments: ports)
    func `a Service has each port once, on its nodes where its type says so`(
        _ ports: [JSONValue], _ type: String, _ fault: String
    ) throws {
        let service: JSONValue = ["spec": ["type": .string(type), "ports": .array(ports)]]
        #expect(try KindWalk("Service").create(service).faults == [fault])
    }

    @Test(
        arguments: [
            (
                ["leaseDurationSeconds": 0], "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"
            ),
            (
                ["leaseTransitions": -1],
                "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"
            ),
            (["preferredHolder": "x"], nil), (["strategy": "Sideways"], nil), (["holderIdentity": ""], nil),
        ] as [(JSONValue, String?)])
    func `a Lease has a holder and no coordination`(_ spec: JSONValue, _ fault: String?) throws {
        let walk = try KindWalk("Lease", "coordination.k8s.io/v1")
        let made = try walk.create(["spec": spec])
        #expect(made.faults == (fault.map { [$0] } ?? []))
        let changed = try walk.update(made.object) { $0.set("x", at: ["spec", "preferredHolder"]) }
        for object in [made.object, changed.object] {
            #expect(object["spec"]?["strategy"] == nil && object["spec"]?["preferredHolder"] == nil)
        }
    }

    @Test func `a Lease's times have six digits after the second`() throws {
        let walk = try KindWalk("Lease", "coordination.k8s.io/v1")
        let error = #expect(throws: TypeDecodingErrorText.self) {
            do {
                _ = try walk.create(["spec": ["renewTime": "2024-01-01T00:00:00Z"]])
            } catch {
                throw TypeDecodingErrorText(text: "\(error)")
            }
        }
        #expect(
            error?.text.contains(
                "parsing time \"2024-01-01T00:00:00Z\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"Z\" as "
                    + "\".000000\"") == true)
        #expect(try walk.create(["spec": ["renewTime": "2024-01-01T00:00:00.000000Z"]]).faults.isEmpty)
    }
}

/// An error by its text.
private struct TypeDecodingErrorText: Error {
    var text: String
}
