import Foundation
import TestSupport
import Testing

/// `run-controller` as a process of its own: what it says of itself, and how it ends.
@Suite(.timeLimit(.minutes(5)))
struct ControllerProcessTests {
    private let kubectl = "kubectl-1.34"

    private func withDefinitions(_ work: (RunningCluster) async throws -> Void) async throws {
        try await RunningCluster.with(controller: false) { cluster in
            let definitions = try await cluster.output("run-controller", "crds", "--tekton")
            try await cluster.output(kubectl, "create", "-f", "-", input: definitions)
            try await work(cluster)
        }
    }

    private func holder(_ cluster: RunningCluster) async throws -> String {
        try await cluster.output(
            kubectl, "get", "lease", "run-controller", "-o", "jsonpath={.spec.holderIdentity}")
    }

    @Test("health, and what the metrics say after a run")
    func metrics() async throws {
        try await withDefinitions { cluster in
            try await ControllerProcess.with(
                cluster, "--leader-elect", "true", "--lease-namespace", "default", "--listen", "127.0.0.1:0"
            ) { controller in
                let line = try await controller.wait(for: "health and metrics are served")
                let address = try #require(line.split(separator: "address=").last).prefix { !$0.isWhitespace }
                let endpoint = try HealthEndpoint(String(address))
                _ = try await controller.wait(for: "this process leads")
                try await cluster.output(kubectl, "apply", "-f", Program.root + "/docs/examples/echo-template.yaml")
                try await cluster.output(
                    kubectl, "wait", "--for=condition=Complete", "jobrun/hello-world", "--timeout=120s")
                _ = try await controller.wait(for: "run over")
                #expect(try await endpoint.get("/readyz") == HealthEndpoint.Answer(code: 200, text: "ok\n"))
                #expect(try await endpoint.get("/healthz") == HealthEndpoint.Answer(code: 200, text: "ok\n"))
                let text = try await endpoint.get("/metrics").text
                Self.check(text)
            }
        }
    }

    /// One run, and nothing else, has been.
    private static func check(_ text: String) {
        var values: [String: Double] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " ") else { continue }
            values[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
        let family = #"family="job-template""#
        let exact: [(String, Double)] = [
            ("run_jobs_created_total{\(family)}", 1), ("run_create_to_job_seconds_count{\(family)}", 1),
            ("run_job_to_start_seconds_count{\(family)}", 1),
            (#"runs_finished_total{\#(family),result="Succeeded"}"#, 1),
            (#"run_duration_seconds_count{\#(family),result="Succeeded"}"#, 1),
            (#"leader_election_master_status{name="run-controller"}"#, 1),
            (#"workqueue_depth{name="job-template"}"#, 0),
            (#"controller_runtime_reconcile_errors_total{controller="job-template"}"#, 0),
            (#"controller_runtime_max_concurrent_reconciles{controller="job-template"}"#, 16),
        ]
        for (name, value) in exact { #expect(values[name] == value, "\(name) in \(text)") }
        // Each look at the run waited for a worker, and ended well.
        let looks = values[#"controller_runtime_reconcile_total{controller="job-template",result="success"}"#] ?? 0
        #expect(looks >= 2)
        #expect(values[#"workqueue_queue_duration_seconds_count{name="job-template"}"#] ?? 0 >= looks)
        #expect(values[#"workqueue_adds_total{name="job-template"}"#] ?? 0 >= looks)
        #expect(values[#"controller_runtime_reconcile_time_seconds_count{controller="job-template"}"#] ?? 0 >= looks)
        // A Job and at most three statuses; what was asked beside them was read, or had changed meanwhile.
        let writes = values["run_status_writes_total{\(family)}"] ?? 0
        #expect((1...3).contains(writes))
        #expect((writes + 1...writes + 4).contains(values["run_api_requests_total{\(family)}"] ?? 0))
        #expect(values[#"rest_client_requests_total{code="201",method="POST"}"#] ?? 0 >= 1)
        let activity = values[#"reflector_last_activity_timestamp_seconds{resource="jobruns.cellbytes.io"}"#] ?? 0
        #expect(abs(activity - Date.now.timeIntervalSince1970) < 900, "\(activity)")
        #expect(values["run_duration_seconds_sum{\(family),result=\"Succeeded\"}"] ?? -1 >= 0)
    }

    @Test("SIGTERM gives the lease back, and the next process takes over at once")
    func leaseIsGivenBack() async throws {
        try await withDefinitions { cluster in
            let arguments = ("--leader-elect", "true", "--lease-namespace", "default")
            try await ControllerProcess.with(cluster, arguments.0, arguments.1, arguments.2, arguments.3) { first in
                _ = try await first.wait(for: "this process leads")
                let leader = try await holder(cluster)
                #expect(!leader.isEmpty)
                try await ControllerProcess.with(cluster, arguments.0, arguments.1, arguments.2, arguments.3) {
                    second in
                    _ = try await second.wait(for: "run controller starts")
                    let clock = ContinuousClock()
                    let begin = clock.now
                    first.terminate()
                    _ = try await first.wait(for: "the lease was given back")
                    _ = try await second.wait(for: "this process leads")
                    // A lease that is not given back lasts 15 seconds.
                    #expect(clock.now - begin < .seconds(10))
                    let next = try await holder(cluster)
                    #expect(!next.isEmpty && next != leader)
                    try await cluster.output(kubectl, "apply", "-f", Program.root + "/docs/examples/echo-template.yaml")
                    try await cluster.output(
                        kubectl, "wait", "--for=condition=Complete", "jobrun/hello-world", "--timeout=120s")
                }
            }
            #expect(try await holder(cluster) == "")
        }
    }

    @Test("a wrong command line is one line and code 2", arguments: [["--nope"], ["--families", "nope"]])
    func wrongCommandLine(arguments: [String]) async throws {
        let result = try await Program.run("run-controller", arguments)
        #expect(result.exitCode == 2, "\(result)")
        #expect(result.error.hasPrefix("Error: "), "\(result)")
        #expect(result.error.contains(arguments.last ?? ""), "\(result)")
    }
}
