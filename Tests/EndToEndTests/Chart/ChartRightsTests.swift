import Foundation
import KubeObjects
import TestSupport
import Testing

/// Who may do what once the chart is installed.
@Suite(.timeLimit(.minutes(5)))
struct ChartRightsTests {
    /// The owner of a namespace has `admin` in it, and what a controller needs beyond that.
    private static let owner = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: team}
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: owner, namespace: team}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: owner, namespace: team}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}
        subjects: [{kind: ServiceAccount, name: owner}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: run-status, namespace: team}
        rules:
          - apiGroups: [cellbytes.io, acme.com, fissile.cloudfoundry.org]
            resources: [jobruns/status, runs/status, extendedjobs/status]
            verbs: [patch]
          - apiGroups: [cellbytes.io, acme.com, fissile.cloudfoundry.org]
            resources: [jobruns/finalizers, runs/finalizers, extendedjobs/finalizers]
            verbs: [update]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: run-status, namespace: team}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: run-status}
        subjects: [{kind: ServiceAccount, name: owner}]
        """

    @Test("in a namespace of one's own, by its owner")
    func ownNamespace() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            // The cluster's administrator brings the definitions and the roles, the owner brings the controller.
            let administrator = ChartInstallation(cluster: cluster)
            try await administrator.install("--set", "replicas=0")
            try await administrator.kubectl("apply", "-f", "-", input: Self.owner)
            let owner = ChartInstallation(
                cluster: try await cluster.asAccount("owner", in: "team"), namespace: "team", createsNamespace: false)
            let values = Repository.url("Tests/EndToEndTests/Clients/chart/own-namespace.yaml").path
            try await owner.install("--values", values)
            try await owner.test()

            try await administrator.example("echo-template", namespace: "default")
            try await owner.example("echo-template", namespace: "team")
            try await owner.kubectl("wait", "--for=condition=Complete", "jobrun/hello-world", "--timeout=120s")
            let elsewhere = try await administrator.kubectl(
                "get", "jobrun/hello-world", "-n", "default", "-o", "jsonpath={.status}")
            #expect(elsewhere == "", "a namespace that is not watched is left alone")

            // Their controller has no rights beyond the namespace.
            let list = try await administrator.kubectl(
                "auth", "can-i", "--list", "-n", "default",
                "--as=system:serviceaccount:team:\(ChartInstallation.deployment)")
            #expect(!list.contains("jobruns") && !list.contains("secrets"), "\(list)")
        }
    }

    @Test("releases of one name in two namespaces do not meet")
    func twoNamespaces() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            for (namespace, hasDefinitions) in [("one", true), ("two", false)] {
                let release = ChartInstallation(cluster: cluster, namespace: namespace)
                try await release.install(
                    "--set", "families={job-template,kubernetes-job},watchNamespaces={\(namespace)}",
                    "--set", "admission.enabled=true,crds.enabled=\(hasDefinitions)")
                try await release.example("echo-template", namespace: namespace)
                try await release.kubectl(
                    "wait", "-n", namespace, "--for=condition=Complete", "jobrun/hello-world", "--timeout=120s")
                let report = try await release.test()
                #expect(report.contains("ok: lease \(namespace)/\(ChartInstallation.deployment): "), "\(report)")
            }
            // What goes with one of them is its own.
            try await ChartInstallation(cluster: cluster, namespace: "one").run("uninstall", "--wait")
            let second = ChartInstallation(cluster: cluster, namespace: "two")
            let report = try await second.test()
            #expect(!report.contains("missing:"), "\(report)")
            let left = try await second.kubectl(
                "get", "clusterroles,validatingadmissionpolicies", "-l", "app.kubernetes.io/instance=runs", "-o", "name"
            )
            #expect(!left.isEmpty && left.split(separator: "\n").allSatisfy { $0.hasSuffix(".two") }, "\(left)")
        }
    }

    @Test("a check names what is missing")
    func check() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            try await cluster.output(ChartInstallation.kubectl, "create", "serviceaccount", "nobody")
            let nobody = try await cluster.asAccount("nobody", in: "default")
            let before = try await nobody.run(
                "run-controller", "check", "--families", "job-template,tekton-custom-run", "--leader-elect", "true")
            #expect(before.exitCode == 1, "\(before)")
            for line in [
                "missing: job-template: jobruns.cellbytes.io v1 is not served; apply its definition: run-controller crds",
                "note: tekton-custom-run: customruns.tekton.dev v1beta1 is not served; it will be used once it is",
                "missing: job-template: the right to create jobs.batch in the whole cluster",
                "missing: job-template: the right to patch jobruns/status.cellbytes.io in the whole cluster",
                "missing: leader election: the right to update leases.coordination.k8s.io in the namespace default",
            ] { #expect(before.output.contains(line), "\(before)") }

            let definitions = try await cluster.output("run-controller", "crds")
            try await cluster.output(ChartInstallation.kubectl, "create", "-f", "-", input: definitions)
            let administrator = try await cluster.run("run-controller", "check", "--families", "job-template")
            #expect(administrator.exitCode == 0, "\(administrator)")
            let noStatus =
                #"[{"op": "remove", "path": "/spec/versions/0/subresources"}]"#
            try await cluster.output(
                ChartInstallation.kubectl, "patch", "crd", "jobruns.cellbytes.io", "--type=json", "-p", noStatus)
            let original = try await cluster.run("run-controller", "check", "--families", "job-template")
            #expect(original.exitCode == 1, "\(original)")
            #expect(
                original.output.contains(
                    "missing: job-template: jobruns.cellbytes.io v1 is served without the subresource status"),
                "\(original)")
            let idle = try await cluster.run(
                "run-controller", "check", "--families", "job-template", "--leader-elect", "true", "--wait", "1s")
            #expect(idle.exitCode == 1, "\(idle)")
            #expect(idle.output.contains("missing: lease default/run-controller: "), "\(idle)")
        }
    }

    /// What a holder of the starter role may do, beside reading.
    private static let starterMay: [(verb: String, resource: String, allowed: Bool)] = [
        ("create", "jobruns.cellbytes.io", true), ("get", "jobtemplates.cellbytes.io", true),
        ("get", "pods/log", true), ("patch", "jobruns.cellbytes.io", false), ("delete", "jobruns.cellbytes.io", false),
        ("create", "jobtemplates.cellbytes.io", false), ("patch", "jobtemplates.cellbytes.io", false),
        ("create", "jobs.batch", false), ("create", "pods", false), ("get", "secrets", false),
        ("create", "runs.acme.com", false), ("create", "extendedjobs.fissile.cloudfoundry.org", false),
        ("create", "pods/exec", false), ("impersonate", "serviceaccounts", false),
    ]

    @Test("the starter role starts runs and does nothing else")
    func starter() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let release = ChartInstallation(cluster: cluster)
            try await release.install("--set", "families={job-template}")
            try await release.example("echo-template")
            try await release.kubectl("create", "serviceaccount", "starter")
            try await release.kubectl(
                "create", "rolebinding", "starter", "--clusterrole=\(ChartInstallation.deployment)-starter.job-runs",
                "--serviceaccount=default:starter")
            let starter = try await cluster.asAccount("starter", in: "default")
            for (verb, resource, allowed) in Self.starterMay {
                let answer = try await starter.run(ChartInstallation.kubectl, "auth", "can-i", verb, resource)
                #expect(answer.output == (allowed ? "yes\n" : "no\n"), "\(verb) \(resource): \(answer)")
            }
            let run = try await starter.run("kubectl-run_template", "echo-template", "--", "by a starter")
            #expect(run.exitCode == 0, "\(run)")
            #expect(run.output.contains("by a starter\n"), "\(run)")
        }
    }

    @Test("the cluster's own roles reach the resources")
    func aggregation() async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let release = ChartInstallation(cluster: cluster)
            try await release.install("--set", "replicas=0")
            let cases = [("view", "get", true), ("view", "create", false), ("edit", "create", true)]
            for (role, verb, allowed) in cases + [("admin", "delete", true)] {
                try await release.kubectl(
                    "create", "rolebinding", "to-\(role)-\(verb)", "--clusterrole=\(role)", "--user=\(role)")
                for resource in ["jobruns.cellbytes.io", "runs.acme.com", "extendedjobs.fissile.cloudfoundry.org"] {
                    let answer = try await cluster.run(
                        ChartInstallation.kubectl, "auth", "can-i", verb, resource, "--as=\(role)")
                    #expect(answer.output == (allowed ? "yes\n" : "no\n"), "\(role) \(verb) \(resource): \(answer)")
                }
            }
        }
    }
}
