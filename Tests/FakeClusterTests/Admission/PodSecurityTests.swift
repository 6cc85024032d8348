import HTTPTypes
import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

/// A pod's specification and what a level says of it.
struct SecurityCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var spec: String
    var level: PodSecurityPolicy.Level
    var violation: String?
}

struct PodSecurityTests {
    private static let safe =
        "securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}, containers: [{name: a, "
        + "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]"

    @Test(arguments: [
        SecurityCase(
            testDescription: "nothing special", spec: "{containers: [{name: a}]}", level: .baseline, violation: nil),
        SecurityCase(
            testDescription: "the host's namespaces",
            spec: "{hostNetwork: true, hostIPC: true, containers: [{name: a}]}",
            level: .baseline, violation: "host namespaces (hostNetwork=true, hostIPC=true)"),
        SecurityCase(
            testDescription: "privileged containers",
            spec: "{containers: [{name: a, securityContext: {privileged: true}}], initContainers: [{name: b, "
                + "securityContext: {privileged: true}}]}", level: .baseline,
            violation: "privileged (containers \"b\", \"a\" must not set securityContext.privileged=true)"),
        SecurityCase(
            testDescription: "capabilities",
            spec: "{containers: [{name: a, securityContext: {capabilities: {add: [SYS_ADMIN, CHOWN, NET_RAW]}}}]}",
            level: .baseline,
            violation: "non-default capabilities (container \"a\" must not include \"NET_RAW\", \"SYS_ADMIN\" in "
                + "securityContext.capabilities.add)"),
        SecurityCase(
            testDescription: "host paths and ports",
            spec: "{volumes: [{name: v, hostPath: {path: /}}], containers: [{name: a, ports: [{hostPort: 80}]}]}",
            level: .baseline,
            violation: "hostPath volumes (volume \"v\"), hostPort (container \"a\" uses hostPort 80)"),
        SecurityCase(
            testDescription: "a host of a probe",
            spec: "{containers: [{name: a, livenessProbe: {httpGet: {host: h}}}]}", level: .baseline,
            violation: "probe or lifecycle host (container \"a\" uses probe or lifecycle host \"h\")"),
        SecurityCase(
            testDescription: "unconfined",
            spec: "{securityContext: {seccompProfile: {type: Unconfined}}, containers: [{name: a}]}", level: .baseline,
            violation: "seccompProfile (pod must not set securityContext.seccompProfile.type to \"Unconfined\")"),
        SecurityCase(
            testDescription: "sysctls", spec: "{securityContext: {sysctls: [{name: kernel.x}]}, containers: []}",
            level: .baseline, violation: "forbidden sysctls (kernel.x)"),
        SecurityCase(
            testDescription: "SELinux",
            spec: "{securityContext: {seLinuxOptions: {type: x, user: u}}, containers: []}", level: .baseline,
            violation: "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type \"x\"; user may not be "
                + "set)"),
        SecurityCase(testDescription: "safe", spec: "{\(safe)}", level: .restricted, violation: nil),
        SecurityCase(
            testDescription: "a volume of a restricted type",
            spec: "{\(safe), volumes: [{name: v, hostPath: {path: /}}]}",
            level: .restricted,
            violation: "restricted volume types (volume \"v\" uses restricted volume type \"hostPath\")"),
        SecurityCase(
            testDescription: "everything unsaid", spec: "{containers: [{name: a}]}", level: .restricted,
            violation: "allowPrivilegeEscalation != false (container \"a\" must set "
                + "securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container \"a\" must set "
                + "securityContext.capabilities.drop=[\"ALL\"]), runAsNonRoot != true (pod or container \"a\" must set "
                + "securityContext.runAsNonRoot=true), seccompProfile (pod or container \"a\" must set "
                + "securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"),
        SecurityCase(
            testDescription: "root said twice",
            spec: "{securityContext: {runAsUser: 0, runAsNonRoot: false, seccompProfile: {type: Localhost}}, "
                + "containers: [{name: a, securityContext: {runAsUser: 0, allowPrivilegeEscalation: false, "
                + "capabilities: {drop: [ALL], add: [NET_BIND_SERVICE, KILL]}}}]}", level: .restricted,
            violation: "unrestricted capabilities (container \"a\" must not include \"KILL\" in "
                + "securityContext.capabilities.add), runAsNonRoot != true (pod must not set "
                + "securityContext.runAsNonRoot=false), runAsUser=0 (pod and container \"a\" must not set runAsUser=0)"),
    ])
    func `levels say what pods break`(_ pod: SecurityCase) throws {
        let checks = PodSecurityChecks(spec: try PolicyServer.yaml(pod.spec), annotations: [:])
        #expect(checks.violation(of: .init(level: pod.level)) == pod.violation)
    }

    @Test func `older versions check less`() throws {
        let spec = try PolicyServer.yaml("{containers: [{name: a, livenessProbe: {httpGet: {host: h}}}]}")
        let checks = PodSecurityChecks(spec: spec, annotations: [:])
        #expect(checks.violation(of: .init(level: .baseline, minor: 33)) == nil)
        #expect(checks.violation(of: .init(level: .baseline, minor: 34)) != nil)
    }

    private static func namespace(_ labels: String) -> String { "metadata: {name: guarded, labels: {\(labels)}}" }
    private static let prefix = "pod-security.kubernetes.io"

    @Test func `pods are refused, workloads are warned of`() async throws {
        let cluster = try await PolicyServer()
        try await cluster.make(
            "/api/v1/namespaces", Self.namespace("\(Self.prefix)/enforce: baseline, \(Self.prefix)/warn: baseline"))
        let spec = "{restartPolicy: Never, hostPID: true, containers: [{name: a, image: i}]}"
        let pod = try await cluster.server.send(
            .post, "/api/v1/namespaces/guarded/pods", PolicyServer.yaml("{metadata: {name: p}, spec: \(spec)}"))
        #expect(
            pod.message == "pods \"p\" is forbidden: violates PodSecurity \"baseline:latest\": host namespaces "
                + "(hostPID=true)")
        #expect(pod.status == 403)
        let job = try await cluster.server.send(
            .post, "/apis/batch/v1/namespaces/guarded/jobs",
            PolicyServer.yaml("{metadata: {name: j}, spec: {template: {spec: \(spec)}}}"))
        #expect(job.status == 201)
        #expect(job.warnings == ["would violate PodSecurity \\\"baseline:latest\\\": host namespaces (hostPID=true)"])
    }

    @Test func `a namespace's labels must make sense`() async throws {
        let cluster = try await PolicyServer()
        let answer = try await cluster.server.send(
            .post, "/api/v1/namespaces",
            PolicyServer.yaml(Self.namespace("\(Self.prefix)/enforce: strict, \(Self.prefix)/warn-version: v2")))
        #expect(answer.status == 422)
        #expect(
            answer.message == "Namespace \"guarded\" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: "
                + "Invalid value: \"strict\": must be one of privileged, baseline, restricted, "
                + "metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: \"v2\": must be \"latest\" or "
                + "\"v1.x\"]")
    }

    @Test func `a namespace that becomes stricter tells of the pods that break it`() async throws {
        let cluster = try await PolicyServer()
        for name in ["a", "b"] {
            try await cluster.make(
                "/api/v1/namespaces/demo/pods",
                "{metadata: {name: \(name)}, spec: {hostIPC: true, containers: [{name: c, image: i}]}}")
        }
        let answer = try await cluster.server.send(
            .patch, "/api/v1/namespaces/demo",
            ["metadata": ["labels": ["pod-security.kubernetes.io/enforce": "baseline"]]],
            headers: [.contentType: "application/merge-patch+json"])
        #expect(answer.status == 200)
        #expect(
            answer.warnings == [
                "existing pods in namespace \\\"demo\\\" violate the new PodSecurity enforce level \\\"baseline:latest\\\"",
                "a (and 1 other pod): host namespaces",
            ])
    }
}
