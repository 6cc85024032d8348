import KubeObjects
import Testing

@testable import FakeCluster

struct PodWarningsTests {
    private static func pod(_ container: JSONValue, name: String = "one") -> KubeObject {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", name: name)
        pod["spec"] = ["containers": [container]]
        return pod
    }

    @Test(
        arguments: [
            ([["name": "A", "value": "1"], ["name": "A", "value": "2"]], true),
            ([["name": "A", "value": "1"], ["name": "A", "value": "$(A):2"]], false),
            ([["name": "A", "value": "1"], ["name": "A", "value": "$(A)"]], true),
            ([["name": "A", "value": "1"], ["name": "A", "valueFrom": [:]]], true),
            ([["name": "A", "value": "1"], ["name": "B", "value": "1"]], false),
        ] as [(JSONValue, Bool)])
    func `a variable that hides another is warned of`(variables: JSONValue, isWarnedOf: Bool) {
        let warning =
            "spec.containers[0].env[1]: hides previous definition of \"A\", which may be dropped when using apply"
        #expect(PodWarnings.pod(Self.pod(["env": variables]), old: nil) == (isWarnedOf ? [warning] : []))
    }

    @Test func `a part of a byte is warned of`() {
        let pod = Self.pod(["resources": ["requests": ["memory": "100m", "cpu": "100m"]]])
        #expect(
            PodWarnings.pod(pod, old: nil) == [
                "spec.containers[0].resources.requests[memory]: fractional byte value \"100m\" is invalid, must be an integer"
            ])
    }

    @Test func `a Job's name that is no DNS label is warned of when it is made`() throws {
        let walk = try KindWalk("Job", "batch/v1")
        let (job, faults) = try walk.create(
            [
                "spec": [
                    "template": [
                        "spec": ["restartPolicy": "Never", "containers": [["name": "a", "image": "i"]]]
                    ]
                ]
            ], name: "a.b")
        #expect(faults.isEmpty)
        let warnings = walk.definition.strategy.warnings(job, old: nil)
        #expect(
            warnings.first?.hasPrefix(
                "metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [a lowercase RFC 1123 label"
            ) == true)
        #expect(walk.definition.strategy.warnings(job, old: job).isEmpty)
    }

    @Test func `a negative grace period is allowed and warned of`() throws {
        var pod = Self.pod(["name": "a", "image": "i"])
        pod.json.edit("spec") { $0["terminationGracePeriodSeconds"] = -1 }
        #expect(try KindWalk("Pod").create(pod.value).faults.isEmpty)
        #expect(
            PodWarnings.pod(pod, old: nil) == [
                "spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1"
            ])
    }

    /// `warningsForPodSpecAndMeta`.
    @Test(
        arguments: [
            (
                ["imagePullSecrets": [["name": "a"], ["name": "a"]]],
                ["spec.imagePullSecrets[1].name: duplicate name \"a\""]
            ),
            (["imagePullSecrets": [[:]]], ["spec.imagePullSecrets[0].name: invalid empty name \"\""]),
            (
                ["nodeSelector": ["beta.kubernetes.io/os": "linux"]],
                [
                    "spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \"kubernetes.io/os\" instead"
                ]
            ),
            (["volumes": [["name": "v", "gitRepo": [:]]]], ["spec.volumes[0].gitRepo: deprecated in v1.11"]),
            (
                [
                    "containers": [
                        ["ports": [["containerPort": 80, "protocol": "TCP"]]],
                        ["ports": [["containerPort": 80, "protocol": "TCP"]]],
                    ]
                ],
                [
                    "spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]"
                ]
            ),
        ] as [(JSONValue, [String])])
    func `what is probably not meant is warned of`(spec: JSONValue, warnings: [String]) {
        var pod = KubeObject(apiVersion: "v1", kind: "Pod", name: "one")
        pod["spec"] = spec
        #expect(PodWarnings.pod(pod, old: nil) == warnings)
    }
}
