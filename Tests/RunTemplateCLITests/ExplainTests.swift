import KubeClient
import KubeObjects
import KubeWire
import RunCore
import Testing

@testable import RunTemplateCLI

/// The story of a run.
@Suite(.timeLimit(.minutes(5)))
struct ExplainTests {
    @Test func aFailedRunsStory() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            _ = await cluster.plugin("shell", "--name", "seven", "-q", "--", "echo broken; exit 7")
            try await cluster.awaitEvent(about: "seven")
            let result = await cluster.plugin("explain", "seven")
            #expect(result.exitCode == 0)
            #expect(
                result.output.settled.withoutPreparation == """
                    jobrun.cellbytes.io/seven of the template shell failed with exit code 7, reason=Error: container main \
                    of pod seven-POD ended with exit code 7 (Error)

                    TIME  created by kubectl-run-template
                    TIME  Job seven-JOB made
                    TIME  pod seven-POD made
                    TIME  pod seven-POD placed on node fake-node
                    TIME  pod seven-POD: container main started
                    TIME  pod seven-POD: container main ended with exit code 7 (Error)
                    TIME  Job seven-JOB failed: BackoffLimitExceeded: Job has reached the specified backoff limit
                    TIME  Warning: Error: container main of pod seven-POD ended with exit code 7 (Error)

                    Next: read what it said last:
                      kubectl run-template logs seven --tail 20
                      kubectl run-template rerun seven

                    """, "\(result.output)")
            #expect(await cluster.plugin("describe", "jr/seven").output == result.output)
        }
    }

    @Test func whatARunWaitsForIsTold() async throws {
        let template = shellTemplate.replacing("busybox:1.36", with: "registry.invalid/none:1")
        try await CLICluster.run(templates: [template, manifestOfAllFamilies]) { cluster in
            _ = await cluster.plugin("shell", "--name", "stuck", "-d", "-q")
            let name = try RunName("stuck")
            while try await RunLookup(client: cluster.client).find(name).status.reason != "ImagePullBackOff" {
                try await cluster.awaitChange(of: .jobRuns)
            }
            // The story is told from Events too, which come on their own; those of others tell the same.
            while try await !cluster.client.list(.events, namespace: "default").items.contains(where: {
                $0["message"]?.string?.hasPrefix("Failed to pull image") == true
                    && $0[path: "involvedObject", "name"]?.string?.hasPrefix("stuck") == true
            }) {
                try await cluster.awaitChange(of: .events)
            }
            let stuck = await cluster.plugin("explain", "stuck").output.settled
            #expect(
                stuck.hasPrefix(
                    "jobrun.cellbytes.io/stuck of the template shell is pending, reason=ImagePullBackOff: image "
                        + "registry.invalid/none:1 of container main of pod stuck-POD cannot be pulled\n"))
            #expect(stuck.contains("pod stuck-POD: Warning: Failed: Failed to pull image \"registry.invalid/none:1\""))
            #expect(
                stuck.contains("Next: correct the image's name, or give the pods a pull secret; then run it again.\n"))
            let foreign = await cluster.plugin("explain", "customrun/foreign").output
            #expect(foreign.hasPrefix("customrun.tekton.dev/foreign is for another controller to carry out\n"))
        }
    }

    @Test func whatIsGoneIsSaid() async throws {
        try await CLICluster.run(templates: [shellTemplate]) { cluster in
            _ = await cluster.plugin("shell", "--name", "r", "-q")
            for job in try await cluster.client.list(.jobs, namespace: "default").items {
                try await cluster.client.delete(
                    .jobs, namespace: "default", name: job.name ?? "",
                    options: DeleteOptions(propagationPolicy: .background))
            }
            try await cluster.awaitNoPods()
            let story = await cluster.plugin("explain", "r").output.settled
            #expect(
                story == """
                    jobrun.cellbytes.io/r of the template shell succeeded after SPAN

                    TIME  created by kubectl-run-template

                    The Job r-JOB and its pods are gone, or not yours to see: the run keeps how it ended, not its logs.

                    Next: nothing is to be done.

                    """)
        }
    }

    struct Advice: Sendable, CustomTestStringConvertible {
        var status: String
        var expected: [String]
        var testDescription: String { status }
    }

    @Test(arguments: [
        Advice(
            status: "{phase: Failed, reason: OOMKilled, exitCode: 137}",
            expected: [
                "Next: it needs more memory than its limit:", "  kubectl run-template rerun r --memory 1Gi -n shop",
            ]),
        Advice(
            status: "{phase: TimedOut, reason: DeadlineExceeded}",
            expected: [
                "Next: the run's own limit ended it; see where the time went, then raise the limit:",
                "  kubectl run-template logs r --tail 20 -n shop",
                "  kubectl run-template rerun r --timeout 1h -n shop",
            ]),
        Advice(
            status: "{phase: Waiting, reason: WaitingForTemplate}",
            expected: ["Next: create the template that it waits for:", "  kubectl run-template list -n shop"]),
        Advice(
            status: "{phase: Failed, reason: TooManyRuns}",
            expected: [
                "Next: run it again when one of the others is over:", "  kubectl run-template runs -n shop",
                "  kubectl run-template rerun r -n shop",
            ]),
        Advice(
            status: "{phase: Waiting, reason: WaitingForFormerJob}",
            expected: [
                "Next: wait until its former Job is gone; have whoever put the finalizers on that Job that the message may "
                    + "name take them off:", "  kubectl run-template wait r -n shop",
            ]),
        Advice(
            status: "{phase: Failed, reason: OverrideNotAllowed}",
            expected: [
                "Next: see what the template allows:", "  kubectl run-template describe t -n shop",
                "  kubectl run-template t --help -n shop",
            ]),
        Advice(
            status: "{phase: Failed, reason: InvalidParameter}",
            expected: [
                "Next: see what the template allows:", "  kubectl run-template describe t -n shop",
                "  kubectl run-template rerun r -p NAME=VALUE -n shop",
            ]),
        Advice(
            status: "{phase: Failed, reason: ContainerNotFound}",
            expected: [
                "Next: see what the template allows:", "  kubectl run-template describe t -n shop",
                "  kubectl run-template rerun r --container NAME -n shop",
            ]),
        Advice(
            status: "{phase: Suspended}",
            expected: [
                "Next: it goes on when it is resumed:",
                "  kubectl patch jobrun.cellbytes.io/r -n shop --type merge -p '{\"spec\": {\"suspend\": false}}'",
            ]),
        Advice(
            status: "{phase: Pending, reason: Unschedulable}",
            expected: [
                "Next: ask for less, make room, or loosen what the pod demands of its node.",
                "  kubectl describe pod POD -n shop", "  kubectl describe nodes",
            ]),
        Advice(
            status: "{phase: Running}",
            expected: [
                "Next: it runs:", "  kubectl run-template logs -f r -n shop", "  kubectl run-template cancel r -n shop",
            ]),
        Advice(
            status: "{}",
            expected: ["Next: see that the run controller is running; it looks at a run within a second."]),
    ])
    func whatToDoNext(_ test: Advice) throws {
        let story = RunStory(run: FamilyRun(family: JobTemplateFamily(), object: try Self.run("r", test.status)))
        #expect(NextStep(story: story).lines == test.expected)
    }

    private static func object(_ yaml: String) throws -> KubeObject {
        try #require(try YAML.parse(yaml).first.flatMap { KubeObject($0.value) })
    }

    /// - Parameter second: when it was made, a second of a certain minute.
    private static func run(_ name: String, _ status: String, second: Int = 30, template: String = "t") throws
        -> KubeObject
    {
        try object(
            """
            {apiVersion: cellbytes.io/v1, kind: JobRun,
            metadata: {name: \(name), namespace: shop, uid: "\(name)", creationTimestamp: "2026-01-01T00:00:\(second)Z"},
            spec: {templateRef: \(template)}, status: \(status)}
            """)
    }

    @Test func howManyGoFirstIsSaid() throws {
        let waiting = "{phase: Waiting, reason: WaitingForTurn}"
        var story = RunStory(run: FamilyRun(family: JobTemplateFamily(), object: try Self.run("r", waiting)))
        func advice(_ line: String) -> [String] {
            [
                "Next: wait for its turn; \(line):", "  kubectl run-template wait r -n shop",
                "  kubectl run-template cancel r -n shop",
            ]
        }
        #expect(NextStep(story: story).lines == advice("0 of the template's runs are under way, none goes first"))
        story.companions = try [
            Self.run("over", "{phase: Failed, jobRef: {name: j, uid: u}}", second: 10),
            Self.run("begun", "{phase: Running, jobRef: {name: j, uid: u}}", second: 50),
            Self.run("older", waiting, second: 20), Self.run("a-twin", waiting), Self.run("z-twin", waiting),
            Self.run("younger", waiting, second: 40), Self.run("new", "{}", second: 11),
        ].map { FamilyRun(family: JobTemplateFamily(), object: $0) }
        #expect(NextStep(story: story).lines == advice("1 of the template's runs is under way, 2 more go first"))
    }

    @Test(
        "a container that outlives the one that counts is named",
        arguments: [
            (#"{name: main, state: {terminated: {exitCode: 0}}}, {name: istio-proxy, state: {running: {}}}"#, true),
            (#"{name: main, state: {running: {}}}, {name: istio-proxy, state: {running: {}}}"#, false),
            (#"{name: main, state: {terminated: {exitCode: 0}}}"#, false),
        ])
    func aHeldRun(statuses: String, isHeld: Bool) throws {
        var story = RunStory(run: FamilyRun(family: JobTemplateFamily(), object: try Self.run("r", "{phase: Running}")))
        story.pods = [
            try Self.object(
                """
                {kind: Pod, metadata: {name: p}, spec: {containers: [{name: main}, {name: istio-proxy}]},
                status: {phase: Running, containerStatuses: [\(statuses)]}}
                """)
        ]
        let line =
            "Next: its container \"main\" has ended, and \"istio-proxy\" still keeps the pod; end it with the other, or "
            + "make it an init container with restartPolicy: Always."
        #expect((NextStep(story: story).lines.first == line) == isHeld, "\(NextStep(story: story).lines)")
    }
}

extension String {
    /// The story without what the kubelet tells of images, which depends on what it has.
    fileprivate var withoutPreparation: String {
        split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains(": Pull") }.joined(
            separator: "\n")
    }
}

extension CLICluster {
    /// Waits for the next change of an object.
    fileprivate func awaitChange(of resource: APIResource) async throws {
        let list = try await client.list(resource, namespace: "default")
        let stream = try await client.watch(
            resource, namespace: "default",
            options: WatchOptions(resourceVersion: list.resourceVersion, timeoutSeconds: 1))
        for try await _ in stream { return }
    }

    /// Waits until something was reported of an object: events are written behind.
    fileprivate func awaitEvent(about name: String) async throws {
        let options = ListOptions(fieldSelector: "involvedObject.name=\(name)")
        while try await client.list(.events, namespace: "default", options: options).items.isEmpty {
            try await awaitChange(of: .events)
        }
    }

    /// Waits until no pod is left.
    fileprivate func awaitNoPods() async throws {
        while try await !client.list(.pods, namespace: "default").items.isEmpty { try await awaitChange(of: .pods) }
    }
}
