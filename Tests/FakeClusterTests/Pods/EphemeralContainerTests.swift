import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// What the subresource `ephemeralcontainers` lets through, and what becomes of it.
@Suite(.timeLimit(.minutes(5)))
struct EphemeralContainerTests {
    struct RuleCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// The ephemeral containers, to be added to the one that is there, `first`.
        var containers: JSONValue
        var method = HTTPRequest.Method.patch
        var faults: [String] = []
    }

    private static let pods = "/api/v1/namespaces/demo/pods"
    private static let place = "spec.ephemeralContainers"

    private static func container(_ name: String, _ more: JSONObject = [:]) -> JSONValue {
        var container: JSONObject = ["name": .string(name), "image": "busybox"]
        for (key, value) in more { container[key] = value }
        return .object(container)
    }

    static let rules = [
        RuleCase(testDescription: "another one", containers: [container("second")]),
        RuleCase(
            testDescription: "another one by a replacement", containers: [container("first"), container("second")],
            method: .put),
        RuleCase(
            testDescription: "beside a container", containers: [container("second", ["targetContainerName": "main"])]),
        RuleCase(
            testDescription: "beside one that is not there",
            containers: [container("second", ["targetContainerName": "first"])],
            faults: ["\(place)[1].targetContainerName: Not found: \"first\""]),
        RuleCase(
            testDescription: "a name that is taken", containers: [container("main")],
            faults: ["\(place)[1].name: Duplicate value: \"main\""]),
        RuleCase(
            testDescription: "a part of the pod's work",
            containers: [
                container(
                    "second",
                    [
                        "ports": [["containerPort": 80]], "resources": ["limits": ["cpu": "1"]],
                        "livenessProbe": ["exec": ["command": ["true"]]], "lifecycle": [:],
                        "volumeMounts": [["name": "v", "mountPath": "/v", "subPath": "a"]],
                    ])
            ],
            faults: ["ports", "resources", "livenessProbe", "volumeMounts[0].subPath"].map {
                "\(place)[1].\($0): Forbidden: cannot be set for an Ephemeral Container"
            }),
        RuleCase(
            testDescription: "no image", containers: [["name": "second"]],
            faults: ["\(place)[1].image: Required value"]),
        RuleCase(
            testDescription: "a change of one that is there", containers: [container("first", ["image": "other"])],
            faults: [
                """
                \(place): Forbidden: existing ephemeral containers "first" may not be changed
                @@ -1,6 +1,6 @@
                 {
                  "Name": "first",
                - "Image": "busybox",
                + "Image": "other",
                  "Command": null,
                  "Args": null,
                  "WorkingDir": "",

                """
            ]),
        RuleCase(
            testDescription: "one taken away", containers: [container("second")], method: .put,
            faults: ["\(place): Forbidden: existing ephemeral containers \"first\" may not be removed\n"]),
    ]

    private static func pod(_ command: String) -> JSONValue {
        [
            "metadata": ["name": "p"],
            "spec": [
                "containers": [
                    ["name": "main", "image": "busybox", "command": ["sh", "-c", .string(command)]]
                ],
                "restartPolicy": "Never", "terminationGracePeriodSeconds": 1,
                "volumes": [["name": "v", "emptyDir": [:]]],
            ],
        ]
    }

    /// Adds containers after those that are there, as kubectl does.
    private func add(_ containers: JSONValue, _ server: TestServer) async throws -> TestServer.Answer {
        let present = try await server.send(.get, Self.pods + "/p").json["spec"]?.list("ephemeralContainers") ?? []
        var names: [String] = []
        for name in (present + (containers.array ?? [])).map({ $0.text("name") }) where !names.contains(name) {
            names.append(name)
        }
        let spec: JSONValue = [
            "ephemeralContainers": containers,
            "$setElementOrder/ephemeralContainers": .array(names.map { ["name": .string($0)] }),
        ]
        return try await server.send(
            .patch, Self.pods + "/p/ephemeralcontainers", ["spec": spec, "metadata": ["labels": ["a": "b"]]],
            headers: [.contentType: PatchType.strategicMerge.rawValue])
    }

    @Test(arguments: rules) func additions(_ rule: RuleCase) async throws {
        let server = try await PolicyServer().server
        try #require(try await server.send(.post, Self.pods, Self.pod("true")).status == 201)
        try #require(try await add([Self.container("first")], server).status == 200)
        let answer: TestServer.Answer
        if rule.method == .put {
            var pod = try await server.send(.get, Self.pods + "/p/ephemeralcontainers").json
            pod.set(rule.containers, at: ["spec", "ephemeralContainers"])
            answer = try await server.send(.put, Self.pods + "/p/ephemeralcontainers", pod)
        } else {
            answer = try await add(rule.containers, server)
        }
        let faults = (answer.json[path: "details", "causes"]?.array ?? []).map { cause in
            "\(cause["field"]?.string ?? ""): \(cause["message"]?.string ?? "")"
        }
        #expect(faults == rule.faults, "\(answer.text)")
        #expect(answer.status == (rule.faults.isEmpty ? 200 : 422))
        let pod = try await server.send(.get, Self.pods + "/p").json
        #expect(pod["metadata"]?["labels"] == nil, "nothing else is changed")
        #expect(pod["metadata"]?["generation"] == (rule.faults.isEmpty ? 3 : 2))
        let names = pod["spec"]?.list("ephemeralContainers").map { $0.text("name") }
        #expect(names == (rule.faults.isEmpty ? ["first", "second"] : ["first"]))
        #expect(
            pod["spec"]?.list("ephemeralContainers").first?["terminationMessagePath"] == "/dev/termination-log")
    }

    @Test("a pod begins without any, and gets them by the subresource alone") func elsewhere() async throws {
        let server = try await PolicyServer().server
        var pod = Self.pod("true")
        pod.set([Self.container("d")], at: ["spec", "ephemeralContainers"])
        let refused = try await server.send(.post, Self.pods, pod)
        #expect(
            refused.json["message"]
                == "Pod \"p\" is invalid: spec.ephemeralContainers: Forbidden: cannot be set on create")
        try #require(try await server.send(.post, Self.pods, Self.pod("true")).status == 201)
        let patched = try await server.send(
            .patch, Self.pods + "/p", ["spec": ["ephemeralContainers": [Self.container("d")]]],
            headers: [.contentType: PatchType.strategicMerge.rawValue])
        #expect(patched.status == 422)
        #expect(patched.json["message"]?.string?.contains("pod updates may not change fields other than") == true)
    }

    @Test("a namespace's security level is for them as well") func security() async throws {
        let cluster = try await PolicyServer()
        try #require(try await cluster.server.send(.post, Self.pods, Self.pod("true")).status == 201)
        try await cluster.patch(
            "/api/v1/namespaces/demo", "{metadata: {labels: {pod-security.kubernetes.io/enforce: baseline}}}")
        let answer = try await add([Self.container("d", ["securityContext": ["privileged": true]])], cluster.server)
        #expect(answer.status == 403)
        #expect(answer.message.contains("violates PodSecurity \"baseline:latest\": privileged"))
    }

    @Test("one runs to its end while its pod goes on, and its log is there") func life() async throws {
        try await PolicyServer.running(.init()) { cluster in
            try #require(try await cluster.server.send(.post, Self.pods, Self.pod("sleep 3600")).status == 201)
            try await cluster.wait(for: Self.pods, named: "p") { $0["status"]?.text("phase") == "Running" }
            let command: JSONValue = ["sh", "-c", "echo hello; echo bye > /dev/termination-log; exit 3"]
            let added = try await add([Self.container("d", ["command": command])], cluster.server)
            try #require(added.status == 200, "\(added.text)")
            let pod = try await cluster.wait(for: Self.pods, named: "p") { pod in
                pod[path: "status", "ephemeralContainerStatuses"]?[0]?["state"]?["terminated"] != nil
            }
            let status = try #require(pod[path: "status", "ephemeralContainerStatuses"]?[0])
            #expect(status["state"]?["terminated"]?["exitCode"] == 3)
            #expect(status["state"]?["terminated"]?["message"] == "bye\n")
            #expect(status["ready"] == false && status["restartCount"] == 0 && status["started"] == nil)
            #expect(pod["status"]?["phase"] == "Running")
            let ready = pod["status"]?.list("conditions").first { $0["type"] == "Ready" }
            #expect(ready?["status"] == "True")
            let log = try await cluster.server.send(.get, Self.pods + "/p/log?container=d")
            #expect(log.text == "hello\n")
            let whole = try await cluster.server.send(.get, Self.pods + "/p/log")
            #expect(whole.status == 200, "the pod's own container is meant")
            let event = try await cluster.wait(for: "/api/v1/namespaces/demo/events") {
                $0[path: "involvedObject", "fieldPath"] == "spec.ephemeralContainers{d}"
            }
            #expect(event[path: "involvedObject", "name"] == "p")
        }
    }

    @Test("one ends with its pod", arguments: [true, false]) func end(isDeleted: Bool) async throws {
        try await PolicyServer.running(.init()) { cluster in
            let end = "until [ -e /v/end ]; do sleep 0.1; done"
            var pod = Self.pod(isDeleted ? "trap 'exit 0' TERM; sleep 3600 & wait" : end)
            let mounts: JSONValue = [["name": "v", "mountPath": "/v"]]
            pod.set(
                pod["spec"]?.list("containers").first.map { container in
                    var mounted = container
                    mounted["volumeMounts"] = mounts
                    return [mounted]
                }, at: ["spec", "containers"])
            try #require(try await cluster.server.send(.post, Self.pods, pod).status == 201)
            let wait: JSONValue = ["sh", "-c", "trap 'exit 7' TERM; touch /v/there; sleep 3600 & wait"]
            let added = try await add([Self.container("d", ["command": wait, "volumeMounts": mounts])], cluster.server)
            try #require(added.status == 200, "\(added.text)")
            try await cluster.wait(for: Self.pods, named: "p") { pod in
                pod[path: "status", "ephemeralContainerStatuses"]?[0]?["state"]?["running"] != nil
            }
            if isDeleted {
                try #require(try await cluster.server.send(.delete, Self.pods + "/p").status == 200)
            } else {
                let command: JSONValue = ["sh", "-c", "until [ -e /v/there ]; do sleep 0.1; done; touch /v/end"]
                let ender = Self.container("e", ["command": command, "volumeMounts": mounts])
                try #require(try await add([ender], cluster.server).status == 200)
            }
            let ended = try await cluster.wait(for: Self.pods, named: "p") { pod in
                let states = pod["status"]?.list("ephemeralContainerStatuses") ?? []
                return states.first?["state"]?["terminated"] != nil
            }
            let state = ended[path: "status", "ephemeralContainerStatuses"]?[0]?["state"]?["terminated"]
            #expect([7, 143].contains(state?["exitCode"]?.integer))
            if !isDeleted {
                try await cluster.wait(for: Self.pods, named: "p") { $0["status"]?.text("phase") == "Succeeded" }
            }
        }
    }
}
