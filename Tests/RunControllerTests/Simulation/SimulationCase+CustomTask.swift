import KubeObjects
import RunCore

extension SimulationCase {
    /// The lives of Tekton's runs.
    static let customTask =
        [
            SimulationCase(
                "CustomRun succeeds", custom(""), terminationMessage: #"{"sum": "7"}"#,
                expected: [
                    "status": "True", "reason": "Succeeded", "results": [["name": "sum", "value": "7"]],
                ]),
            SimulationCase("Run succeeds", run(""), expected: ["status": "True", "reason": "Succeeded"]),
            SimulationCase(
                "CustomRun by reference brings its claim along", template + reference(.customRun) + claim,
                expected: ["status": "True", "reason": "Succeeded"], writes: 5),
            SimulationCase(
                "Run by reference loses its Job and has another try",
                template + reference(.run)
                    + claim + "  retries: 1\n",
                interventions: [Intervention(phase: "Running")],
                expected: ["status": "True", "reason": "Succeeded"], jobs: 2, writes: 10),
            SimulationCase(
                "CustomRun succeeds at the second attempt", custom("  retries: 2\n"), exitCodes: [3, 0],
                expected: ["status": "True", "reason": "Succeeded"], jobs: 2, writes: 8),
            SimulationCase(
                "CustomRun fails three times", custom("  retries: 2\n"), exitCodes: [3],
                expected: [
                    "status": "False", "reason": "Failed", "extraFields.phase": "Failed", "extraFields.exitCode": 3,
                    "extraFields.attempt": 2, "retriesStatus.0.extraFields.exitCode": 3,
                    "retriesStatus.1.conditions.0.reason": "Failed",
                ], jobs: 3, writes: 12),
            SimulationCase(
                "CustomRun times out twice", custom("  retries: 1\n  timeout: 5s\n"), exitCodes: [],
                expected: ["status": "False", "reason": "CustomRunTimedOut"], jobs: 2, writes: 10, isTimed: true),
            SimulationCase(
                "Run times out once for all", run("  retries: 1\n  timeout: 5s\n"), exitCodes: [],
                expected: ["status": "False", "reason": "RunTimedOut"], writes: 5, isTimed: true),
            SimulationCase(
                "CustomRun is cancelled", custom("  retries: 1\n"), exitCodes: [], interventions: [cancel],
                expected: ["status": "False", "reason": "CustomRunCancelled", "message": "stop please"], writes: 5),
            SimulationCase(
                "Run is cancelled before it starts", run("  status: RunCancelled\n"),
                expected: ["status": "False", "reason": "RunCancelled"], jobs: 0, writes: 1),
            SimulationCase(
                "CustomRun loses its Job and has another try", custom("  retries: 1\n"),
                interventions: [Intervention(phase: "Running")],
                expected: ["status": "True", "reason": "Succeeded"], jobs: 2, writes: 8),
            SimulationCase(
                "CustomRun without target", reference(.customRun, to: extendedJobKind),
                expected: ["status": "False", "reason": "TargetNotFound"], jobs: 0, writes: 2),
            SimulationCase(
                "Run without target", reference(.run, to: extendedJobKind),
                expected: ["status": "False", "reason": "TargetNotFound"], jobs: 0, writes: 2),
        ]
        + CustomTaskKind.allCases.flatMap { kind in
            [
                SimulationCase(
                    "\(kind.resource.kind) of a plain Run", plainRunObject + reference(kind, to: plainRunKind),
                    expected: ["status": "True", "reason": "Succeeded"]),
                SimulationCase(
                    "\(kind.resource.kind) of a KubernetesJob with what it brings along",
                    kubernetesJobObject + reference(kind, to: kubernetesJobKind),
                    expected: ["status": "True", "reason": "Succeeded"], writes: 6),
            ]
        }

    private static let cancel = Intervention(
        phase: "Running", patch: ["spec": ["status": "RunCancelled", "statusMessage": "stop please"]])

    private static func custom(_ more: String) -> String {
        """
        apiVersion: tekton.dev/v1beta1
        kind: CustomRun
        metadata: {name: run, namespace: default}
        spec:
          customSpec: {apiVersion: batch/v1, kind: Job, spec: \(job)}

        """ + more
    }

    private static func run(_ more: String) -> String {
        """
        apiVersion: tekton.dev/v1alpha1
        kind: Run
        metadata: {name: run, namespace: default}
        spec:
          spec: {apiVersion: batch/v1, kind: Job, spec: \(job)}

        """ + more
    }

    private static let job = """
        {template: {spec: {restartPolicy: Never, containers: [{name: main, image: busybox, command: [sleep, "60"]}]}}}
        """

    private static let template = """
        apiVersion: cellbytes.io/v1
        kind: JobTemplate
        metadata: {name: echo, namespace: default}
        spec: \(job)
        ---

        """

    private static let plainRunObject = """
        apiVersion: acme.com/v1
        kind: Run
        metadata: {name: echo, namespace: default}
        command: [sleep, "60"]
        ---

        """

    private static let kubernetesJobObject = """
        apiVersion: kubernetes.project-planton.org/v1
        kind: KubernetesJob
        metadata: {name: echo}
        spec:
          namespace: {value: default}
          image: {repo: busybox, tag: "1"}
          configMaps: {words: hello}
          env: {secrets: {WORD: {value: hush}}}
        ---

        """

    private static let plainRunKind = "apiVersion: acme.com/v1, kind: Run"
    private static let kubernetesJobKind = "apiVersion: kubernetes.project-planton.org/v1, kind: KubernetesJob"
    private static let jobTemplateKind = "apiVersion: cellbytes.io/v1, kind: JobTemplate"
    private static let extendedJobKind = "apiVersion: fissile.cloudfoundry.org/v1alpha1, kind: ExtendedJob"

    private static func reference(_ kind: CustomTaskKind, to target: String = jobTemplateKind) -> String {
        """
        apiVersion: \(kind.resource.apiVersion)
        kind: \(kind.resource.kind)
        metadata: {name: run, namespace: default}
        spec:
          \(kind == .run ? "ref" : "customRef"): {\(target), name: echo}
          params: [{name: args, value: ["1"]}]

        """
    }

    private static let claim = """
          workspaces:
          - name: data
            volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}}

        """
}
