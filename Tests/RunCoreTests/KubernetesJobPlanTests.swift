import KubeObjects
import RunCore
import Testing

/// What a KubernetesJob becomes, beside the golden cases.
struct KubernetesJobPlanTests {
    private func outcome(_ spec: JSONObject, _ settings: RunSettings = RunSettings()) -> PlanOutcome {
        var run = KubeObject(apiVersion: "kubernetes.project-planton.org/v1", kind: "KubernetesJob", name: "run")
        run.metadata["uid"] = "run-uid"
        run.metadata["generation"] = 1
        run["spec"] = .object(spec)
        run["spec"]?["namespace"] = ["value": "demo"]
        let namespace = RunReference(resource: .namespaces, key: ObjectKey(namespace: "", name: "demo"))
        return KubernetesJobFamily().plan(
            run,
            inputs: PlanInputs(
                references: [namespace: KubeObject(apiVersion: "v1", kind: "Namespace", name: "demo")],
                now: Fixture.now, settings: settings))
    }

    private func podSpec(_ outcome: PlanOutcome) -> JSONValue? {
        guard case .create(let plan) = outcome else { return nil }
        return plan.job[path: "spec", "template", "spec"]
    }

    @Test func theRegistrysSecretIsThePods() {
        let image: JSONObject = ["repo": "registry.example.test/app", "tag": "1", "pullSecretName": "registry"]
        #expect(podSpec(outcome(["image": .object(image)]))?["imagePullSecrets"] == [["name": "registry"]])
        let open = podSpec(outcome(["image": ["repo": "busybox", "pullSecretName": ""]]))
        #expect(open != nil && open?["imagePullSecrets"] == nil)
    }

    struct ResourceCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let given: JSONValue?
        let limits: JSONValue
        let requests: JSONValue
    }

    static let resourceCases = [
        ResourceCase(
            testDescription: "nothing is given", given: nil, limits: ["cpu": "1000m", "memory": "1Gi"],
            requests: ["cpu": "50m", "memory": "100Mi"]),
        ResourceCase(
            testDescription: "limits below the default requests", given: ["limits": ["cpu": "10m", "memory": "64Mi"]],
            limits: ["cpu": "10m", "memory": "64Mi"], requests: ["cpu": "10m", "memory": "64Mi"]),
        ResourceCase(
            testDescription: "requests above the default limits", given: ["requests": ["cpu": 2, "memory": "2Gi"]],
            limits: ["cpu": 2, "memory": "2Gi"], requests: ["cpu": 2, "memory": "2Gi"]),
        ResourceCase(
            testDescription: "one half of one amount", given: ["requests": ["memory": "512Mi"]],
            limits: ["cpu": "1000m", "memory": "1Gi"], requests: ["cpu": "50m", "memory": "512Mi"]),
        ResourceCase(
            testDescription: "both halves, which is the server's to judge",
            given: ["limits": ["cpu": "1"], "requests": ["cpu": "2"]], limits: ["cpu": "1", "memory": "1Gi"],
            requests: ["cpu": "2", "memory": "100Mi"]),
        ResourceCase(
            testDescription: "no amounts at all", given: ["limits": ["cpu": "lots"], "requests": ["memory": ""]],
            limits: ["cpu": "lots", "memory": "1Gi"], requests: ["cpu": "50m", "memory": "100Mi"]),
    ]

    @Test(arguments: resourceCases)
    func defaultsGiveWayToWhatIsGiven(_ row: ResourceCase) {
        var spec: JSONObject = ["image": ["repo": "busybox"]]
        spec["resources"] = row.given
        let container = podSpec(outcome(spec))?["containers"]?[0]
        #expect(container?["resources"] == ["limits": row.limits, "requests": row.requests])
    }

    /// Only where the operator allows it.
    @Test func aPathOfTheNodeIsMounted() {
        let spec: JSONObject = [
            "image": ["repo": "busybox"],
            "volumeMounts": [
                ["name": "v", "mountPath": "/v", "hostPath": ["path": "/etc", "type": "Directory"], "readOnly": true]
            ],
        ]
        let pod = podSpec(outcome(spec, RunSettings(allowsHostPath: true)))
        #expect(pod?["volumes"] == [["name": "v", "hostPath": ["path": "/etc", "type": "Directory"]]])
        #expect(pod?["containers"]?[0]?["volumeMounts"] == [["name": "v", "mountPath": "/v", "readOnly": true]])
        guard case .reject(let rejection) = outcome(spec) else {
            Issue.record("it is mounted without leave")
            return
        }
        #expect(rejection.reason == .hostPathNotAllowed)
    }
}
