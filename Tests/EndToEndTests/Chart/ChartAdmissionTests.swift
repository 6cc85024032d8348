import Foundation
import KubeObjects
import TestSupport
import Testing

/// The chart's admission policies: who may set what, before any controller has seen it.
@Suite(.timeLimit(.minutes(5)))
struct ChartAdmissionTests {
    /// An object, who makes it, and what the API server says.
    private struct Attempt {
        var who: String
        var manifest: String
        /// A part of the refusal; nil if it is allowed.
        var refusal: String?
        /// The end of the warning; nil if there is none.
        var warning: String?

        init(_ who: String, _ manifest: String, refusal: String? = nil, warning: String? = nil) {
            self.who = who
            self.manifest = manifest
            self.refusal = refusal
            self.warning = warning
        }
    }

    private static let setup = """
        apiVersion: cellbytes.io/v1
        kind: JobTemplate
        metadata: {name: report}
        overridable: [args, parameters]
        parameters: [{name: month}, {name: format, default: csv}]
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: main, image: busybox, command: [echo], args: ["$(params.month)"]}]
        ---
        apiVersion: cellbytes.io/v1
        kind: JobTemplate
        metadata: {name: open}
        overridable: ["*"]
        spec:
          template:
            spec: {restartPolicy: Never, containers: [{name: main, image: busybox, command: ["true"]}]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: use-worker}
        rules: [{apiGroups: [""], resources: [serviceaccounts], resourceNames: [worker], verbs: [use]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: writer}
        rules:
          - {apiGroups: ["*"], resources: [jobruns, jobtemplates, extendedjobs, kubernetesjobs, customruns], verbs: ["*"]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: writer}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: writer}
        subjects: [{kind: User, name: writer, apiGroup: rbac.authorization.k8s.io}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: use-worker}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: use-worker}
        subjects: [{kind: User, name: writer, apiGroup: rbac.authorization.k8s.io}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: editor}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
        subjects: [{kind: User, name: editor, apiGroup: rbac.authorization.k8s.io}]
        """

    private static func run(_ spec: String) -> String {
        "{apiVersion: cellbytes.io/v1, kind: JobRun, metadata: {generateName: r-}, spec: {\(spec)}}"
    }

    private static func template(_ pod: String) -> String {
        "{apiVersion: cellbytes.io/v1, kind: JobTemplate, metadata: {generateName: t-}, spec: {template: {spec: "
            + "{restartPolicy: Never, \(pod), containers: [{name: main, image: busybox}]}}}}"
    }

    private static func template(named name: String) -> String {
        template("terminationGracePeriodSeconds: 1").replacing("generateName: t-", with: "name: \(name)")
    }

    private static func extendedJob(_ template: String) -> String {
        "{apiVersion: fissile.cloudfoundry.org/v1alpha1, kind: ExtendedJob, metadata: {generateName: e-}, "
            + "spec: {run: manually, template: {spec: \(template)}}}"
    }

    private static func customRun(_ spec: String) -> String {
        "{apiVersion: tekton.dev/v1beta1, kind: CustomRun, metadata: {generateName: c-}, spec: {\(spec)}}"
    }

    private static func kubernetesJob(_ namespace: String) -> String {
        "{apiVersion: kubernetes.project-planton.org/v1, kind: KubernetesJob, metadata: {generateName: k-}, "
            + "spec: {namespace: {value: \(namespace)}, image: {repo: busybox, tag: '1.36'}, command: ['true']}}"
    }

    private static let month = "parameters: [{name: month, value: may}]"
    private static let pod = "restartPolicy: Never, containers: [{name: main, image: busybox}]"
    private static let job = "customSpec: {apiVersion: batch/v1, kind: Job, spec: {template: {spec: {"

    private static let attempts = [
        // What the template allows.
        Attempt("writer", run("templateRef: report, args: [a], \(month)")),
        Attempt("writer", run("templateRef: report, env: [], \(month)")),
        Attempt("writer", run("templateRef: open, image: alpine, backoffLimit: 2")),
        Attempt("writer", run("templateRef: nothing, image: alpine")),
        Attempt(
            "writer", run("templateRef: report, image: alpine, command: [ls], \(month)"),
            refusal: #"spec.command, spec.image may not be set: JobTemplate "report" does not allow it"#),
        Attempt(
            "writer", run("templateRef: report, parameters: [{name: month, value: may}, {name: year, value: 1}]"),
            refusal: #"spec.parameters: JobTemplate "report" has no parameter "year""#),
        Attempt(
            "writer", run("templateRef: report"),
            refusal: #"spec.parameters: JobTemplate "report" needs a value for "month""#),
        // Service accounts, in every place that has one.
        Attempt("writer", run("templateRef: open, serviceAccountName: worker")),
        Attempt("writer", run("templateRef: open, serviceAccountName: default")),
        Attempt("editor", run("templateRef: open, serviceAccountName: boss")),
        Attempt(
            "writer", run("templateRef: open, serviceAccountName: boss"),
            refusal: #"spec.serviceAccountName: writer may not use the service account "boss" (verb use or impersonate"#
        ),
        Attempt("writer", template("serviceAccountName: worker")),
        Attempt(
            "writer", template("serviceAccountName: boss"),
            refusal: "spec.template.spec.serviceAccountName: writer may not use"),
        Attempt(
            "writer", template("serviceAccount: boss"), refusal: "spec.template.spec.serviceAccount: writer may not use"
        ),
        Attempt("writer", extendedJob("{serviceAccountName: worker, \(pod)}")),
        Attempt(
            "writer", extendedJob("{serviceAccountName: boss, \(pod)}"),
            refusal: "spec.template.spec.serviceAccountName: writer may not use"),
        Attempt(
            "writer", extendedJob("{template: {spec: {serviceAccountName: boss, \(pod)}}}"),
            refusal: "spec.template.spec.template.spec.serviceAccountName: writer may not use"),
        Attempt("writer", customRun("\(job)serviceAccountName: worker, \(pod)}}}}")),
        Attempt(
            "writer", customRun("\(job)serviceAccountName: boss, \(pod)}}}}"),
            refusal: "spec.customSpec.spec.template.spec.serviceAccountName: writer may not use"),
        Attempt(
            "writer",
            customRun(
                "serviceAccountName: boss, customRef: {apiVersion: cellbytes.io/v1, kind: JobTemplate, name: open}"),
            refusal: "spec.serviceAccountName: writer may not use"),
        // Names that are verbs of the plugin.
        Attempt(
            "writer", template(named: "list"),
            warning: #": "list" is also a verb of kubectl run-template: run the template as jt/list"#),
        Attempt("writer", template(named: "list-of-all")),
        // Namespaces.
        Attempt("admin", kubernetesJob("default")),
        Attempt(
            "writer", kubernetesJob("default"),
            refusal: #"spec.namespace.value: writer may not create jobs in the namespace "default""#),
    ]

    @Test("runs are bound to what templates allow and to what their authors may use")
    func policies() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let release = ChartInstallation(cluster: cluster)
            try await release.install("--set", "replicas=0,crds.tekton=true,admission.enabled=true")
            try await release.kubectl("apply", "-f", "-", input: Self.setup)
            for attempt in Self.attempts {
                let user = attempt.who == "admin" ? [] : ["--as=\(attempt.who)"]
                let result = try await Program.run(
                    ChartInstallation.kubectl, ["create", "-f", "-"] + user,
                    environment: ["KUBECONFIG": cluster.kubeconfig], input: attempt.manifest)
                if let refusal = attempt.refusal {
                    #expect(result.exitCode == 1 && result.error.contains(refusal), "\(attempt): \(result)")
                } else if let warning = attempt.warning {
                    #expect(result.exitCode == 0 && result.error.hasPrefix("Warning: "), "\(attempt): \(result)")
                    #expect(result.error.hasSuffix(warning + "\n"), "\(attempt): \(result)")
                } else {
                    #expect(result.exitCode == 0 && result.error.isEmpty, "\(attempt): \(result)")
                }
            }
            // Who changes something else is not asked for what is there.
            let kept = Self.template("serviceAccountName: boss").replacing("generateName: t-", with: "name: kept")
            try await release.kubectl("create", "-f", "-", input: kept)
            let label = try await cluster.run(
                ChartInstallation.kubectl, "label", "jobtemplate/kept", "jobtemplate/list", "a=b", "--as=writer")
            #expect(label.exitCode == 0 && label.error.isEmpty, "\(label)")
        }
    }
}
