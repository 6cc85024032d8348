import KubeObjects
import Testing

@testable import FakeCluster

/// Where a pod may run, what it may do, and what of that may change.
struct PodSpecRulesTests {
    private static let pod: JSONValue = ["spec": ["containers": [["name": "main", "image": "busybox"]]]]

    /// A pod with one constraint on its spread: these members and what any has.
    private static func spread(_ members: JSONValue, _ faults: String...) -> (JSONValue, [String]) {
        var constraint: JSONValue = ["maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"]
        for (name, value) in members.object ?? [:] { constraint[name] = value }
        return (constraint, faults.map { "spec.topologySpreadConstraints[0]." + $0 })
    }

    @Test(arguments: [
        spread(["minDomains": 2, "nodeAffinityPolicy": "Honor", "nodeTaintsPolicy": "Ignore"]),
        spread(["minDomains": 0], "minDomains: Invalid value: 0: must be greater than zero"),
        spread(
            ["minDomains": -1, "whenUnsatisfiable": "ScheduleAnyway"],
            "minDomains: Invalid value: -1: must be greater than zero",
            "minDomains: Invalid value: -1: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway"
        ),
        spread(
            ["nodeAffinityPolicy": "A", "nodeTaintsPolicy": "B"],
            #"nodeAffinityPolicy: Unsupported value: "A": supported values: "Honor", "Ignore""#,
            #"nodeTaintsPolicy: Unsupported value: "B": supported values: "Honor", "Ignore""#),
        spread(
            ["matchLabelKeys": ["a"]], "matchLabelKeys: Forbidden: must not be specified when labelSelector is not set"),
        spread(
            [
                "matchLabelKeys": ["a", "b", "c"],
                "labelSelector": [
                    "matchLabels": ["a": "x"], "matchExpressions": [["key": "c", "operator": "Exists"]],
                ],
            ], "matchLabelKeys[0]: Invalid value: \"a\": exists in both matchLabelKeys and labelSelector",
            "matchLabelKeys[2]: Invalid value: \"c\": exists in both matchLabelKeys and labelSelector"),
    ])
    func `a constraint on a pod's spread keeps the rules`(constraint: JSONValue, faults: [String]) throws {
        let pod = FaultCase("spec/topologySpreadConstraints", [constraint], nil).applied(to: Self.pod)
        #expect(try KindWalk("Pod").create(pod).faults == faults)
    }

    /// A term of a pod's affinity to nodes or to pods, and its faults.
    @Test(
        arguments: [
            ("node", ["matchFields": [["key": "metadata.name", "operator": "In", "values": ["a"]]]], []),
            (
                "node", ["matchFields": [["key": "metadata.name", "operator": "In", "values": ["a", "b"]]]],
                [
                    "matchFields[0].values: Required value: must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
                ]
            ),
            (
                "node", ["matchFields": [["key": "spec.x", "operator": "Exists"]]],
                [
                    "matchFields[0].operator: Invalid value: \"Exists\": not a valid selector operator",
                    "matchFields[0].key: Invalid value: \"spec.x\": not a valid field selector key",
                ]
            ),
            (
                "pod", ["topologyKey": "zone", "namespaces": ["A"]],
                [
                    "namespace: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
                ]
            ),
            (
                "pod", ["matchLabelKeys": ["a"], "mismatchLabelKeys": ["b"]],
                [
                    "matchLabelKeys: Forbidden: must not be specified when labelSelector is not set",
                    "mismatchLabelKeys: Forbidden: must not be specified when labelSelector is not set",
                    "topologyKey: Required value: can not be empty",
                ]
            ),
            (
                "pod",
                [
                    "topologyKey": "zone", "labelSelector": [:], "matchLabelKeys": ["b", "a"],
                    "mismatchLabelKeys": ["a"],
                ],
                ["matchLabelKeys[1]: Invalid value: \"a\": exists in both matchLabelKeys and mismatchLabelKeys"]
            ),
        ] as [(String, JSONValue, [String])])
    func `a term of an affinity keeps the rules`(_ kind: String, _ term: JSONValue, _ faults: [String]) throws {
        let required = "requiredDuringSchedulingIgnoredDuringExecution"
        let affinity: JSONValue =
            kind == "node"
            ? ["nodeAffinity": [required: ["nodeSelectorTerms": [term]]]] : ["podAffinity": [required: [term]]]
        let place =
            "spec.affinity.\(kind)Affinity.\(required)" + (kind == "node" ? ".nodeSelectorTerms[0]." : "[0].")
        let pod = FaultCase("spec/affinity", affinity, nil).applied(to: Self.pod)
        let found = try KindWalk("Pod").create(pod).faults
        #expect(found.filter { !$0.hasPrefix(place + "topologyKey: Invalid") } == faults.map { place + $0 })
    }

    @Test(
        arguments: [
            ("seccompProfile", ["type": "Localhost", "localhostProfile": "a/b"], []),
            (
                "seccompProfile", ["type": "Localhost", "localhostProfile": "/a/../b"],
                [
                    "localhostProfile: Invalid value: \"/a/../b\": must be a relative path",
                    "localhostProfile: Invalid value: \"/a/../b\": must not contain '..'",
                ]
            ),
            (
                "seccompProfile", ["type": "Some", "localhostProfile": "a"],
                [
                    #"type: Unsupported value: "Some": supported values: "Localhost", "RuntimeDefault", "Unconfined""#,
                    #"localhostProfile: Invalid value: {"Type":"Some","LocalhostProfile":"a"}: can only be set when seccomp type is Localhost"#,
                ]
            ),
            ("appArmorProfile", ["type": "Localhost", "localhostProfile": "a"], []),
            (
                "appArmorProfile", ["type": "Localhost"],
                ["localhostProfile: Required value: must be set when AppArmor type is Localhost"]
            ),
            (
                "appArmorProfile", ["type": "Localhost", "localhostProfile": " a"],
                ["localhostProfile: Invalid value: \" a\": must not be padded with whitespace"]
            ),
            (
                "appArmorProfile", ["type": "Unconfined", "localhostProfile": "a"],
                ["localhostProfile: Invalid value: \"a\": can only be set when AppArmor type is Localhost"]
            ),
            (
                "appArmorProfile", ["type": "Some"],
                [#"type: Unsupported value: "Some": supported values: "Localhost", "RuntimeDefault", "Unconfined""#]
            ),
            ("appArmorProfile", [:], ["type: Required value: type is required when appArmorProfile is set"]),
        ] as [(String, JSONValue, [String])])
    func `a profile keeps the rules`(_ kind: String, _ profile: JSONValue, _ faults: [String]) throws {
        let ofPod = FaultCase("spec/securityContext", [kind: profile], nil).applied(to: Self.pod)
        #expect(try KindWalk("Pod").create(ofPod).faults == faults.map { "spec.securityContext.\(kind)." + $0 })
        let container: JSONValue = ["name": "main", "image": "busybox", "securityContext": [kind: profile]]
        let ofContainer = FaultCase("spec/containers", [container], nil).applied(to: Self.pod)
        #expect(
            try KindWalk("Pod").create(ofContainer).faults
                == faults.map { "spec.containers[0].securityContext.\(kind)." + $0 })
    }

    @Test(arguments: [
        FaultCase(
            "spec/securityContext", ["supplementalGroupsPolicy": "Some"],
            #"spec.securityContext.supplementalGroupsPolicy: Unsupported value: "Some": supported values: "Merge", "Strict""#
        ),
        FaultCase(
            "spec/securityContext", ["seLinuxChangePolicy": "Some"],
            #"spec.securityContext.seLinuxChangePolicy: Unsupported value: "Some": supported values: "MountOption", "Recursive""#
        ),
    ])
    func `a choice of a pod is one that there is`(example: FaultCase) throws {
        #expect(try KindWalk("Pod").create(example.applied(to: Self.pod)).faults == example.faults)
    }

    @Test func `a pod that waits has no node yet`() throws {
        var pod = Self.pod
        pod.set([["name": "a"]], at: ["spec", "schedulingGates"])
        #expect(try KindWalk("Pod").create(pod).faults.isEmpty)
        pod.set("node", at: ["spec", "nodeName"])
        #expect(
            try KindWalk("Pod").create(pod).faults == [
                "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared"
            ])
    }

    @Test func `what a pod's runtime needs is said by a runtime class`() throws {
        let walk = try KindWalk("Pod")
        let pod = try walk.create(FaultCase("spec/overhead", ["cpu": "1"], nil).applied(to: Self.pod)).object
        #expect(
            walk.refusal(of: pod)
                == "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")
    }

    private static let required = "requiredDuringSchedulingIgnoredDuringExecution"
    private static let terms = "spec.affinity.nodeAffinity.\(required).nodeSelectorTerms"
    private static let one: JSONValue = ["key": "a", "operator": "Exists"]
    private static let other: JSONValue = ["key": "b", "operator": "Exists"]

    private static func affinity(_ terms: JSONValue...) -> JSONValue {
        ["nodeAffinity": [required: ["nodeSelectorTerms": .array(terms)]]]
    }

    @Test(arguments: [
        FaultCase("spec/nodeSelector", ["a": "1", "b": "2"], nil),
        FaultCase(
            "spec/nodeSelector", ["a": "2"],
            #"spec.nodeSelector: Invalid value: {"a":"2"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)"#
        ),
        FaultCase(
            "spec/nodeSelector", nil,
            "spec.nodeSelector: Invalid value: null: only additions to spec.nodeSelector are allowed (no mutations or deletions)"
        ),
        FaultCase("spec/affinity", affinity(["matchExpressions": [one, other]]), nil),
        FaultCase(
            "spec/affinity", affinity(["matchExpressions": [other]]),
            terms + "[0]: Invalid value: "
                + #"{"MatchExpressions":[{"Key":"b","Operator":"Exists","Values":null}],"MatchFields":null}: only additions are allowed (no mutations or deletions)"#
        ),
        FaultCase(
            "spec/affinity", nil,
            terms + ": Invalid value: null: no additions/deletions to non-empty NodeSelectorTerms list are allowed"),
        FaultCase("spec/schedulingGates", nil, nil),
    ])
    func `a pod that waits may be held to fewer nodes`(example: FaultCase) throws {
        let walk = try KindWalk("Pod")
        var waiting = Self.pod
        waiting.set([["name": "gate"]], at: ["spec", "schedulingGates"])
        waiting.set(["a": "1"], at: ["spec", "nodeSelector"])
        waiting.set(Self.affinity(["matchExpressions": [Self.one]]), at: ["spec", "affinity"])
        let (_, faults) = try walk.update(try walk.create(waiting).object) { $0 = example.applied(to: $0) }
        #expect(faults == example.faults)
    }

    @Test func `a pod that waits is not drawn to other pods later`() throws {
        let walk = try KindWalk("Pod")
        var waiting = Self.pod
        waiting.set([["name": "gate"]], at: ["spec", "schedulingGates"])
        let (_, faults) = try walk.update(try walk.create(waiting).object) { pod in
            pod.set(
                ["podAffinity": [Self.required: [["topologyKey": "zone", "labelSelector": [:]]]]],
                at: ["spec", "affinity"])
        }
        #expect(faults.count == 1 && faults[0].hasPrefix("spec: Forbidden: pod updates may not change"), "\(faults)")
    }

    @Test(arguments: [
        FaultCase(
            "status/conditions", [["type": "Ready", "status": "True"], ["type": "a.b/c", "status": "True"]], nil),
        FaultCase(
            "status/conditions", [["type": "Ready", "status": "True", "observedGeneration": -1]],
            "metadata.conditions[0].observedGeneration: Invalid value: -1: must be a non-negative integer"),
        FaultCase(
            "status/conditions", [["type": "", "status": "True"]],
            "metadata.conditions[0].Type: Invalid value: \"\": name part must be non-empty",
            "metadata.conditions[0].Type: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
        ),
        FaultCase(
            "status/nominatedNodeName", "a_",
            "status.nominatedNodeName: Invalid value: \"a_\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        ),
    ])
    func `what is said of a pod's state keeps the rules`(example: FaultCase) throws {
        let walk = try KindWalk("Pod")
        let (_, faults) = try walk.update(try walk.create(Self.pod).object, subresource: "status") {
            $0 = example.applied(to: $0)
        }
        #expect(faults == example.faults)
    }

    /// How a container ended under a policy, and whether it may run again.
    @Test(
        arguments: [
            ("Always", nil, 0, true), ("OnFailure", nil, 0, false), ("OnFailure", nil, 1, true),
            ("Never", nil, 1, false), ("Never", "Always", 0, true), ("Always", "Never", 1, false),
        ] as [(String, String?, Int64, Bool)])
    func `a container that is not run again stays ended`(
        _ policy: String, _ own: String?, _ exitCode: Int64, _ runsAgain: Bool
    ) throws {
        let walk = try KindWalk("Pod")
        var pod = Self.pod
        pod.set(.string(policy), at: ["spec", "restartPolicy"])
        var container: JSONValue = ["name": "main", "image": "busybox"]
        container["restartPolicy"] = own.map { .string($0) }
        pod.set([container], at: ["spec", "containers"])
        let ended = try walk.update(try walk.create(pod).object, subresource: "status") {
            $0.set(
                [["name": "main", "state": ["terminated": ["exitCode": .integer(exitCode)]]]],
                at: ["status", "containerStatuses"])
        }
        #expect(ended.faults.isEmpty)
        let (_, faults) = try walk.update(ended.object, subresource: "status") {
            $0.set([["name": "main", "state": ["running": [:]]]], at: ["status", "containerStatuses"])
        }
        let fault = "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"
        #expect(faults == (runsAgain ? [] : [fault]))
    }
}
