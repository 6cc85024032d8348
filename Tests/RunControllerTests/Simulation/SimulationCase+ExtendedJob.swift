import KubeObjects
import RunCore

extension SimulationCase {
    /// The lives of an ExtendedJob.
    static let extendedJob = [
        SimulationCase(
            "one-off succeeds", manifest("run: once"),
            expected: ["phase": "Succeeded", "exitCode": 0, "runs": 1]),
        SimulationCase(
            "one-off keeps its output",
            manifest("run: once\n  output: {stdout: {configRef: kept}, stderr: {secretRef: kept}}"),
            expected: stored(["ConfigMap/kept", "Secret/kept"]), writes: 8,
            data: ["ConfigMap/kept": ["main.stdout": "said\n"], "Secret/kept": ["main.stderr": warned]]),
        SimulationCase(
            "one-off replaces what is there",
            given
                + manifest(
                    "run: once\n  updateOnConfigChange: true\n"
                        + "  output: {stdout: {configRef: given}, stderr: {secretRef: given}}", needs: "given"),
            expected: stored(["ConfigMap/given", "Secret/given"]), writes: 8,
            data: [
                "ConfigMap/given": ["a": "b", "main.stdout": "said\n"],
                "Secret/given": ["a": "Yg==", "main.stderr": warned],
            ]),
        SimulationCase(
            "one-off fails", manifest("run: once"), exitCodes: [3],
            expected: ["phase": "Failed", "reason": "Error", "exitCode": 3, "runs": 1]),
        errand(
            SimulationCase(
                "errand is set back", manifest("run: now\n  output: {stdout: {configRef: kept}}"),
                expected: stored(["ConfigMap/kept"]), writes: 9, data: ["ConfigMap/kept": ["main.stdout": "said\n"]])),
        errand(
            SimulationCase(
                "errand in later words is set back", manifest("trigger: {strategy: now}"),
                expected: ["phase": "Succeeded", "exitCode": 0, "runs": 1], writes: 6)),
        errand(
            SimulationCase(
                "errand loses its Job", manifest("run: now"), exitCodes: [],
                interventions: [Intervention(phase: "Running")],
                expected: ["phase": "Cancelled", "runs": 1], writes: 7)),
        SimulationCase(
            "a pod starts it", manifest("triggers: {when: created, selector: {matchLabels: {app: web}}}"),
            interventions: [Intervention(phase: "Waiting", object: pod)],
            expected: ["phase": "Succeeded", "exitCode": 0, "runs": 1], writes: 5),
        SimulationCase(
            "a pod starts it, and its Job is lost",
            manifest("triggers: {when: created, selector: {matchLabels: {app: web}}}"), exitCodes: [],
            interventions: [Intervention(phase: "Waiting", object: pod), Intervention(phase: "Running")],
            expected: ["phase": "Cancelled", "lastRun.result": "Cancelled", "runs": 1], writes: 5),
    ]

    /// What a status says of a run whose output is where it belongs.
    private static func stored(_ objects: [String]) -> JSONObject {
        [
            "phase": "Succeeded", "runs": 1, "output.state": "Done", "output.reason": "OutputStored",
            "output.written": .array(objects.map(JSONValue.string)),
        ]
    }

    /// What containers write to standard error, as Secrets hold it.
    private static let warned = JSONValue.string(Base64.encode(Array("warned\n".utf8)))

    /// An errand is not over before it is set back, and the status says so.
    private static func errand(_ life: SimulationCase) -> SimulationCase {
        var life = life
        life.isOver = { run in
            (run[path: "spec", "run"] == "manually" || run[path: "spec", "trigger", "strategy"] == "manual")
                && run[path: "status", "observedGeneration"]?.integer == run.generation
        }
        return life
    }

    private static let given = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: given, namespace: default}
        data: {a: b}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: given, namespace: default}
        stringData: {a: b}
        ---

        """

    private static func manifest(_ start: String, needs secret: String? = nil) -> String {
        let sources = secret.map { "[{secretRef: {name: \($0)}}, {configMapRef: {name: \($0)}}]" } ?? "[]"
        return """
            apiVersion: fissile.cloudfoundry.org/v1alpha1
            kind: ExtendedJob
            metadata: {name: ejob, namespace: default}
            spec:
              \(start)
              template:
                spec:
                  backoffLimit: 0
                  template:
                    spec:
                      restartPolicy: Never
                      containers: [{name: main, image: busybox, command: [echo, hello], envFrom: \(sources)}]
            """
    }

    private static let pod = KubeObject(
        [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": "web-0", "namespace": "default", "labels": ["app": "web"]],
            "spec": ["containers": [["name": "c", "image": "busybox"]]],
        ] as JSONObject)
}
