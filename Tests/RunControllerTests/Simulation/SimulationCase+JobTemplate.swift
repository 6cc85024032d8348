import KubeObjects

extension SimulationCase {
    /// The lives of a JobRun.
    static let jobTemplate = [
        SimulationCase(
            "JobRun succeeds", template + run(""), terminationMessage: #"{"rows": 7}"#,
            expected: [
                "phase": "Succeeded", "exitCode": 0, "succeeded": 1, "results": [["name": "rows", "value": "7"]],
            ]),
        SimulationCase(
            "JobRun fails", template + run(""), exitCodes: [3],
            expected: ["phase": "Failed", "reason": "Error", "exitCode": 3, "failed": 1]),
        SimulationCase(
            "JobRun succeeds at the second pod", template + run("  backoffLimit: 1\n"), exitCodes: [3, 0],
            expected: ["phase": "Succeeded", "exitCode": 0, "succeeded": 1, "failed": 1], writes: 6),
        SimulationCase(
            "JobRun without template", run(""),
            expected: ["phase": "Failed", "reason": "TemplateNotFound", "failed": 1], jobs: 0, writes: 2),
        SimulationCase(
            "JobRun is cancelled", template + run(""), exitCodes: [],
            interventions: [Intervention(phase: "Running", patch: ["spec": ["cancel": true]])],
            expected: ["phase": "Cancelled", "reason": "Cancelled"], writes: 5),
        SimulationCase(
            "JobRun waits and is resumed", template + run("  suspend: true\n"),
            interventions: [Intervention(phase: "Suspended", patch: ["spec": ["suspend": false]])],
            expected: ["phase": "Succeeded", "exitCode": 0], writes: 7),
        SimulationCase(
            "JobRun takes its turn", limited + run(""), exitCodes: [3],
            expected: ["phase": "Failed", "reason": "Error", "exitCode": 3, "failed": 1]),
        SimulationCase(
            "JobRun loses its Job", template + run(""), exitCodes: [],
            interventions: [Intervention(phase: "Running")],
            expected: ["phase": "Failed", "reason": "JobLost"]),
        SimulationCase(
            "JobRun announces its end", template + run("  callbackUrl: https://hooks.example.test/done\n"),
            expected: ["phase": "Succeeded", "exitCode": 0], writes: announced, callbacks: 1),
        SimulationCase(
            "JobRun announces its end with a token",
            secret + template
                + run(
                    """
                      callbackUrl: https://hooks.example.test/done
                      callbackTokenSecretRef: {name: hook, key: token}

                    """),
            expected: ["phase": "Succeeded", "exitCode": 0], writes: announced, callbacks: 1),
    ]

    /// One more than others: the announcement is on record as owed with the end, and as made after it. None of the other
    /// steps can wait for that: the Job's name must be on record before it runs, and that it runs is worth knowing.
    private static let announced = 5

    private static let secret = """
        apiVersion: v1
        kind: Secret
        metadata: {name: hook, namespace: default}
        stringData: {token: t0ken}
        ---

        """

    /// A template that lets one of its runs go on at once.
    private static let limited = "concurrency: {maxRuns: 1}\n" + template

    private static let template = """
        apiVersion: cellbytes.io/v1
        kind: JobTemplate
        metadata: {name: echo, namespace: default}
        overridable: ["*"]
        spec:
          backoffLimit: 0
          template:
            spec:
              restartPolicy: Never
              containers: [{name: main, image: busybox, command: [echo, hello]}]
        ---

        """

    private static func run(_ more: String) -> String {
        """
        apiVersion: cellbytes.io/v1
        kind: JobRun
        metadata: {name: run, namespace: default}
        spec:
          templateRef: echo

        """ + more
    }
}
