import KubeObjects

extension SimulationCase {
    /// The lives of a Run of acme.com.
    static let plainRun = [
        SimulationCase(
            "plain Run succeeds", plain, expected: ["phase": "Succeeded", "exitCode": 0, "succeeded": 1]),
        SimulationCase(
            "plain Run fails", plain + "retries: 0\n", exitCodes: [3],
            expected: ["phase": "Failed", "reason": "Error", "exitCode": 3, "failed": 1]),
        SimulationCase(
            "plain Run is edited", plain,
            interventions: [Intervention(phase: "Running", patch: ["command": ["echo", "other"]])],
            expected: ["phase": "Succeeded", "exitCode": 0, "succeeded": 1], jobs: 2, writes: 9),
        SimulationCase(
            "plain Run is edited while a finalizer holds its Job", plain,
            interventions: held(editedBy: [["command": ["echo", "other"]]]),
            expected: ["phase": "Succeeded", "exitCode": 0, "succeeded": 1], jobs: 2, writes: 10),
        SimulationCase(
            "plain Run is edited and back while a finalizer holds its Job", plain,
            interventions: held(editedBy: [["command": ["echo", "other"]], ["command": ["echo", "hello"]]]),
            expected: ["phase": "Succeeded", "exitCode": 0, "succeeded": 1], jobs: 2, writes: 11),
        SimulationCase(
            "plain Run has its retries changed", plain,
            interventions: [Intervention(phase: "Running", patch: ["retries": 3])],
            expected: ["phase": "Succeeded", "exitCode": 0, "succeeded": 1], writes: 6),
        SimulationCase(
            "plain Run loses its Job", plain, exitCodes: [], interventions: [Intervention(phase: "Running")],
            expected: ["phase": "Failed", "reason": "JobLost"]),
        mended,
        SimulationCase(
            "plain Run is refused", plain + "env: {\"A=B\": x}\n",
            expected: ["phase": "Failed", "reason": "InvalidRun"], jobs: 0, writes: 1),
    ]

    /// The lives of a KubernetesJob.
    static let kubernetesJob = [
        SimulationCase(
            "KubernetesJob succeeds", kubernetes(""),
            expected: ["phase": "Succeeded", "exitCode": 0, "outputs": ["namespace": "default", "jobName": "run"]]),
        SimulationCase(
            "KubernetesJob brings along what it needs",
            kubernetes(
                """
                  createNamespace: true
                  configMaps: {words: hello}
                  env: {secrets: {WORD: {value: hush}}}

                """, in: "fresh"), expected: ["phase": "Succeeded", "exitCode": 0], writes: 7),
        SimulationCase(
            "KubernetesJob is edited", kubernetes(""),
            interventions: [Intervention(phase: "Running", patch: ["spec": ["image": ["tag": "2"]]])],
            expected: ["phase": "Succeeded", "exitCode": 0], jobs: 2, writes: 9),
        SimulationCase(
            "KubernetesJob is edited and back while a finalizer holds its Job", kubernetes(""),
            interventions: held(editedBy: [
                ["spec": ["image": ["tag": "2"]]], ["spec": ["image": ["tag": "1"]]],
            ]), expected: ["phase": "Succeeded", "exitCode": 0], jobs: 2, writes: 11),
        SimulationCase(
            "KubernetesJob is held by a queue of Jobs", kubernetes(""),
            interventions: [
                Intervention(phase: "Running", jobPatch: ["spec": ["suspend": true]]),
                Intervention(phase: "Suspended", jobPatch: ["spec": ["suspend": false]]),
                // Either change may be seen before the Job controller has said what it makes of it.
            ], expected: ["phase": "Succeeded", "exitCode": 0], writes: 9),
        SimulationCase(
            "KubernetesJob waits and is resumed", kubernetes("  suspend: true\n"),
            interventions: [Intervention(phase: "Suspended", patch: ["spec": ["suspend": false]])],
            expected: ["phase": "Succeeded", "exitCode": 0], writes: 7),
    ]

    /// Refused after an edit, which ends it and its Job, and edited back.
    private static let mended: SimulationCase = {
        var life = SimulationCase(
            "plain Run is refused and mended", plain,
            interventions: [
                Intervention(phase: "Running", patch: ["env": ["A=B": "x"]]),
                Intervention(phase: "Failed", patch: ["env": .null], awaitsAbsence: true),
            ], expected: ["phase": "Succeeded", "exitCode": 0], jobs: 2, writes: 10)
        life.isOver = { SimulationCase.fact("phase", of: $0) == "Succeeded" }
        return life
    }()

    /// Somebody puts a finalizer on the Job, the run is edited, and the Job is let go.
    private static func held(editedBy edits: [JSONValue]) -> [Intervention] {
        let finalizers = { (names: [JSONValue]) -> JSONValue in ["metadata": ["finalizers": .array(names)]] }
        let edited = edits.enumerated().map { number, edit in
            Intervention(phase: number == 0 ? "Running" : "Waiting", patch: edit, awaitsDeletion: number > 0)
        }
        return [Intervention(phase: "Running", jobPatch: finalizers(["example.test/hold"]))] + edited
            + [Intervention(phase: "Waiting", jobPatch: finalizers([]), awaitsDeletion: true)]
    }

    private static let plain = """
        apiVersion: acme.com/v1
        kind: Run
        metadata: {name: run, namespace: default}
        command: [echo, hello]

        """

    private static func kubernetes(_ more: String, in namespace: String = "default") -> String {
        """
        apiVersion: kubernetes.project-planton.org/v1
        kind: KubernetesJob
        metadata: {name: run}
        spec:
          namespace: {value: \(namespace)}
          image: {repo: busybox, tag: "1"}

        """ + more
    }
}
