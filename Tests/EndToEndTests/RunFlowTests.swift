import Testing

/// What people do to runs that are under way, and what stands in their way, on a cluster whose own controllers and pods
/// take part.
@Suite(.timeLimit(.minutes(5)))
struct RunFlowTests {
    private let kubectl = "kubectl-1.34"

    private static func jobRun(_ name: String, command: String, account: String = "default") -> String {
        """
        apiVersion: cellbytes.io/v1
        kind: JobTemplate
        metadata: {name: \(name)}
        spec:
          template:
            spec:
              restartPolicy: Never
              serviceAccountName: \(account)
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                image: busybox
                command: \(command)
                env: [{name: GO, valueFrom: {configMapKeyRef: {name: go, key: go, optional: true}}}]
        ---
        apiVersion: cellbytes.io/v1
        kind: JobRun
        metadata: {name: \(name)}
        spec: {templateRef: \(name)}
        """
    }

    private func apply(_ manifest: String, to cluster: RunningCluster) async throws {
        try await cluster.output(kubectl, "apply", "-f", "-", input: manifest)
    }

    private func wait(_ object: String, for condition: String, in cluster: RunningCluster) async throws {
        try await cluster.output(kubectl, "wait", "--for=\(condition)", object, "--timeout=120s")
    }

    private func patch(_ object: String, _ patch: String, in cluster: RunningCluster) async throws {
        try await cluster.output(kubectl, "patch", object, "--type=merge", "-p", patch)
    }

    @Test("a run is suspended on its way, and ends after it was resumed")
    func suspended() async throws {
        try await RunningCluster.with { cluster in
            try await apply(Self.jobRun("held", command: #"[sh, -c, 'test "$GO" || sleep 300']"#), to: cluster)
            try await wait("jobrun/held", for: "jsonpath={.status.phase}=Running", in: cluster)
            try await patch("jobrun/held", #"{"spec": {"suspend": true}}"#, in: cluster)
            try await wait("jobrun/held", for: "jsonpath={.status.phase}=Suspended", in: cluster)
            try await wait("jobrun/held", for: "condition=Suspended", in: cluster)
            try await cluster.output(kubectl, "create", "configmap", "go", "--from-literal=go=now")
            try await patch("jobrun/held", #"{"spec": {"suspend": false}}"#, in: cluster)
            try await wait("jobrun/held", for: "condition=Suspended=false", in: cluster)
            try await wait("jobrun/held", for: "condition=Complete", in: cluster)
            let run = try await cluster.output(
                kubectl, "get", "jobrun/held", "-o", "jsonpath={.status.phase} {.status.succeeded} {.status.failed}")
            #expect(run == "Succeeded 1 ")
        }
    }

    @Test("pods that the server refuses are told of, and come when nothing is against them any more")
    func refused() async throws {
        try await RunningCluster.with { cluster in
            try await apply(Self.jobRun("refused", command: "['true']", account: "late"), to: cluster)
            try await wait("jobrun/refused", for: "jsonpath={.status.reason}=PodCreateFailed", in: cluster)
            let message = try await cluster.output(
                kubectl, "get", "jobrun/refused", "-o", "jsonpath={.status.message}")
            #expect(message.contains(#"serviceaccount "late" not found"#), "\(message)")
            try await cluster.output(kubectl, "create", "serviceaccount", "late")
            try await wait("jobrun/refused", for: "condition=Complete", in: cluster)
        }
    }

    @Test("an edited run waits for its former Job, though a finalizer holds that")
    func finalizer() async throws {
        try await RunningCluster.with { cluster in
            func run(_ name: String, _ command: String) -> String {
                "{apiVersion: acme.com/v1, kind: Run, metadata: {name: \(name)}, command: \(command)}"
            }
            try await apply(run("edited", "[sleep, '300']"), to: cluster)
            try await wait("runs.acme.com/edited", for: "jsonpath={.status.phase}=Running", in: cluster)
            let former = try await cluster.output(
                kubectl, "get", "runs.acme.com/edited", "-o", "jsonpath={.status.jobName}")
            try await patch("job/\(former)", #"{"metadata": {"finalizers": ["example.com/hold"]}}"#, in: cluster)
            try await patch("runs.acme.com/edited", #"{"command": ["true"]}"#, in: cluster)
            try await wait("job/\(former)", for: "jsonpath={.metadata.deletionTimestamp}", in: cluster)
            // Whatever there was to do for the first run is done when a later one is over.
            try await apply(run("other", "['true']"), to: cluster)
            try await wait("runs.acme.com/other", for: "condition=Complete", in: cluster)
            let selector = ["-l", "acme.com/run=edited", "-o", "name"]
            #expect(try await cluster.output(kubectl, ["get", "jobs"] + selector) == "job.batch/\(former)\n")
            try await patch("job/\(former)", #"{"metadata": {"finalizers": null}}"#, in: cluster)
            try await wait("runs.acme.com/edited", for: "condition=Complete", in: cluster)
            let jobs = try await cluster.output(kubectl, ["get", "jobs"] + selector)
            #expect(jobs.hasPrefix("job.batch/edited-") && !jobs.contains(former), "\(jobs)")
        }
    }
}
