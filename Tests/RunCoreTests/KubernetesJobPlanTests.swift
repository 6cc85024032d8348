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
