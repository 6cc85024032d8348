import Foundation
import Testing

/// What the API server refuses is shown where the user looks.
@Suite(.timeLimit(.minutes(5)))
struct RejectionTests {
    private static let policy = """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: versions-only}
        spec:
          failurePolicy: Fail
          matchConstraints:
            resourceRules:
            - {apiGroups: [batch], apiVersions: [v1], operations: [CREATE], resources: [jobs]}
          validations:
          - expression: "object.spec.template.spec.containers.all(c, !c.image.endsWith(':latest'))"
            message: images need a version
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: versions-only}
        spec: {policyName: versions-only, validationActions: [Deny]}
        """

    private static let runs = """
        apiVersion: acme.com/v1
        kind: Run
        metadata: {name: denied}
        image: busybox:latest
        command: [echo, hello]
        ---
        apiVersion: tekton.dev/v1beta1
        kind: CustomRun
        metadata: {name: denied}
        spec: {customRef: {apiVersion: acme.com/v1, kind: Run, name: denied}}
        """

    @Test("a Job that an admission policy denies")
    func admissionPolicy() async throws {
        let kubectl = "kubectl-1.34"
        try await RunningCluster.with { cluster in
            try await cluster.output(kubectl, "apply", "-f", "-", input: Self.policy)
            try await cluster.output(kubectl, "apply", "-f", "-", input: Self.runs)
            try await cluster.output(
                kubectl, "wait", "--for=jsonpath={.status.reason}=InvalidTemplate", "runs.acme.com/denied",
                "--timeout=120s")
            let message = try await cluster.output(
                kubectl, "get", "runs.acme.com", "denied", "-o", "jsonpath={.status.message}")
            #expect(message.contains("versions-only") && message.contains("images need a version"), "\(message)")
            let table = try await cluster.output(kubectl, "get", "runs.acme.com", "denied")
            #expect(table.contains("Failed"), "\(table)")
            try await cluster.output(
                kubectl, "wait", "--for=jsonpath={.status.conditions[0].reason}=InvalidTemplate", "customrun/denied",
                "--timeout=120s")
            let events = try await cluster.output(kubectl, "get", "events", "-o", "jsonpath={.items[*].reason}")
            #expect(events.contains("InvalidTemplate"), "\(events)")
            #expect(try await cluster.output(kubectl, "get", "jobs", "-o", "name") == "")
        }
    }

    /// A Tekton run that asks for something that there is not, and the beginning of the refusal.
    private static let unsupported: [(name: String, run: String, words: String)] = [
        (
            "namespace",
            "{apiVersion: tekton.dev/v1beta1, kind: CustomRun, spec: {customRef: "
                + "{apiVersion: cellbytes.io/v1, kind: JobTemplate, name: echo, namespace: other}}}",
            #"spec.customRef.namespace: "other" is not the run's namespace"#
        ),
        (
            "resolver",
            "{apiVersion: tekton.dev/v1beta1, kind: CustomRun, spec: {customRef: "
                + "{apiVersion: cellbytes.io/v1, kind: JobTemplate, name: echo, resolver: git}}}",
            "spec.customRef.resolver: not supported"
        ),
        (
            "bundle",
            "{apiVersion: tekton.dev/v1alpha1, kind: Run, spec: {ref: "
                + "{apiVersion: cellbytes.io/v1, kind: JobTemplate, name: echo, bundle: example.com/tasks}}}",
            "spec.ref.bundle: not supported"
        ),
        (
            "pod-template",
            "{apiVersion: tekton.dev/v1beta1, kind: CustomRun, spec: {podTemplate: {hostNetwork: true}, "
                + "customRef: {apiVersion: cellbytes.io/v1, kind: JobTemplate, name: echo}}}",
            "spec.podTemplate: a CustomRun has none"
        ),
    ]

    /// The template of that name in the run's own namespace must not be run instead.
    @Test("what a Tekton run may not ask for gets past the definition and is refused")
    func unsupportedFields() async throws {
        let kubectl = "kubectl-1.34"
        try await RunningCluster.with { cluster in
            try await cluster.output(
                kubectl, "apply", "-f", "-",
                input: """
                    apiVersion: cellbytes.io/v1
                    kind: JobTemplate
                    metadata: {name: echo}
                    spec: {template: {spec: {restartPolicy: Never, containers: [{name: main, image: busybox, command: [echo]}]}}}
                    """)
            for (name, run, _) in Self.unsupported {
                let named = run.replacing("spec: {", with: "metadata: {name: \(name)}, spec: {", maxReplacements: 1)
                try await cluster.output(kubectl, "create", "-f", "-", input: named)
            }
            for (name, run, words) in Self.unsupported {
                let object = "\(run.contains("CustomRun") ? "customruns" : "runs").tekton.dev/\(name)"
                try await cluster.output(
                    kubectl, "wait", "--for=jsonpath={.status.conditions[0].reason}=InvalidSpec", object,
                    "--timeout=120s")
                let message = try await cluster.output(
                    kubectl, "get", object, "-o", "jsonpath={.status.conditions[0].message}")
                #expect(message.hasPrefix(words), "\(message)")
            }
            #expect(try await cluster.output(kubectl, "get", "jobs", "-o", "name") == "")
        }
    }
}
