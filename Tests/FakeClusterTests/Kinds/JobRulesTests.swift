import KubeObjects
import Testing

@testable import FakeCluster

struct JobRulesTests {
    private static let job: JSONValue = [
        "spec": [
            "template": [
                "spec": ["restartPolicy": "Never", "containers": [["name": "main", "image": "busybox"]]]
            ]
        ]
    ]

    @Test func `pods are marked and selected by the Job's uid, and the Job shows their labels`() throws {
        let (job, faults) = try KindWalk("Job", "batch/v1").create(Self.job)
        let labels: JSONValue = [
            "batch.kubernetes.io/controller-uid": "uid-1", "batch.kubernetes.io/job-name": "one",
            "controller-uid": "uid-1", "job-name": "one",
        ]
        #expect(faults.isEmpty)
        #expect(job["spec"]?[path: "template", "metadata", "labels"] == labels)
        #expect(job.metadata["labels"] == labels)
        #expect(
            job["spec"]?["selector"] == ["matchLabels": ["batch.kubernetes.io/controller-uid": "uid-1"]])
    }

    @Test(
        arguments: [
            (
                nil,
                [
                    "spec.selector: Required value",
                    "spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`",
                ]
            ),
            (
                ["matchLabels": ["a": "b"], "matchExpressions": [["key": "x", "operator": "Is"]]],
                [#"spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator"#]
            ),
        ] as [(JSONValue?, [String])])
    func `a manual selector is there and selects the Job's pods`(selector: JSONValue?, faults: [String]) throws {
        var object = Self.job
        object.set(true, at: ["spec", "manualSelector"])
        object.set(selector, at: ["spec", "selector"])
        #expect(try KindWalk("Job", "batch/v1").create(object).faults == faults)
    }

    @Test func `a manual selector is left alone`() throws {
        var object = Self.job
        object.set(true, at: ["spec", "manualSelector"])
        object.set(["matchLabels": ["a": "b"]], at: ["spec", "selector"])
        object.set(["a": "b"], at: ["spec", "template", "metadata", "labels"])
        let (job, faults) = try KindWalk("Job", "batch/v1").create(object)
        #expect(faults.isEmpty)
        #expect(job["spec"]?[path: "template", "metadata", "labels"] == ["a": "b"])
    }

    @Test(arguments: [
        FaultCase("spec/parallelism", nil, nil), FaultCase("spec/parallelism", 0, nil),
        FaultCase("spec/completions", -1, "spec.completions: Invalid value: -1: must be greater than or equal to 0"),
        FaultCase(
            "spec/backoffLimitPerIndex", 1,
            "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode"),
        FaultCase(
            "spec/maxFailedIndexes", 1, "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified"),
        FaultCase(
            "spec/successPolicy", ["rules": [["succeededCount": 1]]],
            "spec.successPolicy: Invalid value: {\"Rules\":[{\"SucceededIndexes\":null,\"SucceededCount\":1}]}: requires indexed completion mode"
        ),
        FaultCase(
            "spec/podReplacementPolicy", "Later",
            "spec.podReplacementPolicy: Unsupported value: \"Later\": supported values: \"Failed\", \"TerminatingOrFailed\""
        ),
        FaultCase(
            "spec/podFailurePolicy", ["rules": [["action": "Stop", "onPodConditions": [["type": "A"]]]]],
            "spec.podFailurePolicy.rules[0].action: Unsupported value: \"Stop\": supported values: \"Count\", \"FailIndex\", \"FailJob\", \"Ignore\""
        ),
        FaultCase(
            "spec/podFailurePolicy",
            ["rules": [["action": "FailJob", "onExitCodes": ["operator": "In", "values": [0]]]]],
            "spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator"),
        FaultCase(
            "spec/podFailurePolicy",
            ["rules": [["action": "FailJob", "onExitCodes": ["operator": "In", "values": [-1, 300]]]]], nil),
        FaultCase(
            "spec/podFailurePolicy",
            ["rules": [["action": "FailJob", "onExitCodes": ["operator": "In", "values": [2, 1]]]]],
            "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,1]: must be ordered"),
        FaultCase(
            "spec/podFailurePolicy", ["rules": [["action": "Ignore"]]],
            "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required"
        ),
        FaultCase(
            "spec/podFailurePolicy", ["rules": [["onExitCodes": ["operator": "In", "values": [1]]]]],
            "spec.podFailurePolicy.rules[0].action: Required value: valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]"
        ),
        FaultCase(
            "spec/managedBy", "nobody",
            "spec.managedBy: Invalid value: \"nobody\": must be a domain-prefixed path (such as \"acme.io/foo\")"),
        FaultCase("spec/managedBy", "example.com/controller", nil),
        FaultCase(
            "spec/template/metadata/labels", ["job-name": "other"],
            "spec.template.metadata.labels[job-name]: Invalid value: {\"batch.kubernetes.io/controller-uid\":\"uid-1\",\"batch.kubernetes.io/job-name\":\"one\",\"controller-uid\":\"uid-1\",\"job-name\":\"other\"}: must be 'one'"
        ),
        FaultCase(
            "spec/template/spec/restartPolicy", "Sometimes",
            "spec.template.spec.restartPolicy: Unsupported value: \"Sometimes\": supported values: \"OnFailure\", \"Never\""
        ),
    ])
    func `a new Job that breaks a rule is refused`(example: FaultCase) throws {
        let (_, faults) = try KindWalk("Job", "batch/v1").create(example.applied(to: Self.job))
        if let fault = example.fault {
            #expect(faults.contains(fault), "\(faults)")
        } else {
            #expect(faults.isEmpty)
        }
    }

    @Test(arguments: [
        FaultCase("spec/parallelism", 3, nil), FaultCase("spec/suspend", true, nil),
        FaultCase("spec/activeDeadlineSeconds", 9, nil),
        FaultCase("spec/completions", 3, "spec.completions: Invalid value: 3: field is immutable"),
        FaultCase(
            "spec/completionMode", "Indexed", "spec.completionMode: Invalid value: \"Indexed\": field is immutable"),
        FaultCase("spec/selector/matchLabels/a", "b", "spec.selector: Invalid value"),
        FaultCase("spec/template/spec/nodeSelector", ["a": "b"], "spec.template: Invalid value"),
    ])
    func `only some fields of a Job may change`(example: FaultCase) throws {
        let walk = try KindWalk("Job", "batch/v1")
        let job = try walk.create(Self.job).object
        let (_, faults) = try walk.update(job) { $0 = example.applied(to: $0) }
        if let fault = example.fault {
            #expect(faults.contains { $0.hasPrefix(fault) }, "\(faults)")
        } else {
            #expect(faults.isEmpty)
        }
    }

    /// `validateSuccessPolicyRule` and `validateIndexesFormat`.
    @Test(arguments: [
        FaultCase("spec/successPolicy", ["rules": [["succeededIndexes": "0,2-3", "succeededCount": 2]]], nil),
        FaultCase(
            "spec/successPolicy", ["rules": []],
            "spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified"
        ),
        FaultCase(
            "spec/successPolicy", ["rules": [["succeededIndexes": "0-9"]]],
            "spec.successPolicy.rules[0].succeededIndexes: Invalid value: \"0-9\": error parsing succeededIndexes: too large index: \"9\""
        ),
        FaultCase(
            "spec/successPolicy", ["rules": [["succeededIndexes": "3,1"]]],
            "spec.successPolicy.rules[0].succeededIndexes: Invalid value: \"3,1\": error parsing succeededIndexes: non-increasing order, previous: 3, current: 1"
        ),
        FaultCase(
            "spec/successPolicy", ["rules": [["succeededIndexes": "0,1", "succeededCount": 3]]],
            "spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)"
        ),
        FaultCase(
            "spec/maxFailedIndexes", 5,
            "spec.maxFailedIndexes: Invalid value: 5: must be less than or equal to completions"),
    ])
    func `an Indexed Job that breaks a rule is refused`(example: FaultCase) throws {
        var object = Self.job
        object.set("Indexed", at: ["spec", "completionMode"])
        object.set(4, at: ["spec", "completions"])
        object.set(1, at: ["spec", "backoffLimitPerIndex"])
        let (_, faults) = try KindWalk("Job", "batch/v1").create(example.applied(to: object))
        #expect(faults == (example.fault.map { [$0] } ?? []))
    }

    /// `field.Error.ErrorBody` on an internal type: every field, in the order of its declaration, under its name in Go.
    @Test func `a template that may not change is shown as the server knows it`() throws {
        let walk = try KindWalk("Job", "batch/v1")
        let job = try walk.create(Self.job).object
        let faults = try walk.update(job) {
            $0.set(["a": "b"], at: ["spec", "template", "spec", "nodeSelector"])
        }.faults
        let shown =
            #"spec.template: Invalid value: {"labels":{"batch.kubernetes.io/controller-uid":"uid-1","#
            + #""batch.kubernetes.io/job-name":"one","controller-uid":"uid-1","job-name":"one"},"Spec":{"Volumes":null,"#
            + #""InitContainers":null,"Containers":[{"Name":"main","Image":"busybox","Command":null,"Args":null,"#
            + #""WorkingDir":"","Ports":null,"EnvFrom":null,"Env":null,"Resources":{"Limits":null,"Requests":null,"#
            + #""Claims":null},"ResizePolicy":null,"RestartPolicy":null,"RestartPolicyRules":null,"VolumeMounts":null,"#
            + #""VolumeDevices":null,"LivenessProbe":null,"ReadinessProbe":null,"StartupProbe":null,"Lifecycle":null,"#
            + #""TerminationMessagePath":"/dev/termination-log","TerminationMessagePolicy":"File","#
            + #""ImagePullPolicy":"Always","SecurityContext":null,"Stdin":false,"StdinOnce":false,"TTY":false}],"#
            + #""EphemeralContainers":null,"RestartPolicy":"Never","TerminationGracePeriodSeconds":30,"#
            + #""ActiveDeadlineSeconds":null,"DNSPolicy":"ClusterFirst","NodeSelector":{"a":"b"},"#
            + #""ServiceAccountName":"","AutomountServiceAccountToken":null,"NodeName":"","SecurityContext":"#
            + #"{"HostNetwork":false,"HostPID":false,"HostIPC":false,"ShareProcessNamespace":null,"HostUsers":null,"#
        #expect(faults.count == 1)
        #expect(faults.first?.hasPrefix(shown) == true, "\(faults)")
        #expect(faults.first?.hasSuffix("\"SchedulingGroup\":null}}: field is immutable") == true)
    }

    /// `ValidateJobStatusUpdate` with the options of `getStatusValidationOptions`.
    @Test(
        arguments: [
            ([:], ["succeeded": 1], []),
            ([:], ["active": -1], ["status.active: Invalid value: -1: must be greater than or equal to 0"]),
            (["failed": 2], ["failed": 1], ["status.failed: Invalid value: 1: cannot decrease the failed counter"]),
            (
                [:], ["ready": 1],
                ["status.ready: Invalid value: 1: cannot set more ready pods than active"]
            ),
            (
                [:], ["completedIndexes": "1"],
                [
                    "status.completedIndexes: Invalid value: \"1\": error parsing completedIndexes: too large index: \"1\"",
                    "status.completedIndexes: Invalid value: \"1\": cannot set non-empty completedIndexes when non-indexed completion mode",
                ]
            ),
            (
                [:], ["conditions": [["type": "Complete", "status": "True"]]],
                [
                    "status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition",
                    "status.startTime: Required value: startTime is required for finished job",
                    "status.completionTime: Required value: completionTime is required for Complete jobs",
                ]
            ),
        ] as [(JSONValue, JSONValue, [String])])
    func `a status that clients would not expect is refused`(old: JSONValue, new: JSONValue, faults: [String]) throws {
        let walk = try KindWalk("Job", "batch/v1")
        var job = try walk.create(Self.job).object
        job["status"] = old
        #expect(try walk.update(job, subresource: "status") { $0.set(new, at: ["status"]) }.faults == faults)
    }

    @Test func `the start of a Job changes when it is resumed, and only then`() throws {
        let walk = try KindWalk("Job", "batch/v1")
        func faults(_ suspended: String, then isSuspended: String) throws -> [String] {
            func status(_ suspended: String, _ start: String) -> JSONValue {
                ["startTime": .string(start), "conditions": [["type": "Suspended", "status": .string(suspended)]]]
            }
            var job = try walk.create(Self.job).object
            job["status"] = status(suspended, "2026-01-01T00:00:00Z")
            let changed = status(isSuspended, "2026-01-01T00:00:05Z")
            return try walk.update(job, subresource: "status") { $0.set(changed, at: ["status"]) }.faults
        }
        #expect(try faults("True", then: "False") == [])
        let fault = "status.startTime: Required value: startTime cannot be removed for unsuspended job"
        #expect(try faults("False", then: "False") == [fault])
        #expect(try faults("True", then: "True") == [fault])
    }

    @Test func `where pods may run changes while a Job is suspended and has not started`() throws {
        let walk = try KindWalk("Job", "batch/v1")
        var object = Self.job
        object.set(true, at: ["spec", "suspend"])
        var job = try walk.create(object).object
        let change: (inout JSONValue) -> Void = {
            $0.set(["a": "b"], at: ["spec", "template", "spec", "nodeSelector"])
        }
        #expect(try walk.update(job, change).faults.isEmpty)
        job["status"] = ["startTime": "2026-01-01T00:00:00Z"]
        #expect(try !walk.update(job, change).faults.isEmpty)
    }

    @Test func `completions of an Indexed Job change together with parallelism`() throws {
        let walk = try KindWalk("Job", "batch/v1")
        var object = Self.job
        object.set("Indexed", at: ["spec", "completionMode"])
        object.set(2, at: ["spec", "completions"])
        let job = try walk.create(object).object
        let alone = try walk.update(job) { $0.set(4, at: ["spec", "completions"]) }
        #expect(
            alone.faults == [
                "spec.completions: Invalid value: 4: can only be modified in tandem with spec.parallelism"
            ])
        let together = try walk.update(job) { value in
            for key in ["completions", "parallelism"] { value.set(4, at: ["spec", key]) }
        }
        #expect(together.faults.isEmpty)
    }

    @Test func `the status changes through its subresource only, and only it`() throws {
        let walk = try KindWalk("Job", "batch/v1")
        let job = try walk.create(Self.job).object
        let change: (inout JSONValue) -> Void = { value in
            value.set(1, at: ["status", "succeeded"])
            value.set(5, at: ["spec", "parallelism"])
        }
        let plain = try walk.update(job, change).object
        #expect(plain["status"] == [:])
        #expect(plain["spec"]?["parallelism"] == 5)
        let status = try walk.update(job, subresource: "status", change).object
        #expect(status["status"] == ["succeeded": 1])
        #expect(status["spec"]?["parallelism"] == 1)
    }
}
