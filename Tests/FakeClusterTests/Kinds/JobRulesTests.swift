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
            "spec.successPolicy: Invalid value: {\"rules\":[{\"succeededCount\":1}]}: requires indexed completion mode"),
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
            ["rules": [["action": "FailJob", "onExitCodes": ["operator": "In", "values": [2, 1]]]]],
            "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,1]: must be ordered"),
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
