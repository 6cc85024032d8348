import Foundation
import KubeObjects
import TestSupport
import Testing

/// The objects that the chart is rendered into: what selects what, whose labels are whose, what is left out.
@Suite(.timeLimit(.minutes(5)))
struct ChartObjectTests {
    /// A set of values.
    struct ValueCase: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The release and its namespace.
        var release = (name: "runs", namespace: "job-runs")
        /// A values file of the golden cases, which comes first.
        var file = "everything"
        /// More values, as YAML.
        var values = "{}"
    }

    private static let helms = ["helm", "helm-3"]

    /// All objects but the definitions, as real helm renders them. A key that stands twice in a map is an error.
    private static func render(_ row: ValueCase, with helm: String) async throws -> [KubeObject] {
        let file = NSTemporaryDirectory() + "values-\(UUID().uuidString).yaml"
        try row.values.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let common = Repository.url("Tests/EndToEndTests/Clients/chart/\(row.file).yaml").path
        let result = try await Program.run(
            helm,
            [
                "template", row.release.name, ChartInstallation.chart, "--namespace", row.release.namespace, "--set",
                "crds.enabled=false", "--values", common, "--values", file,
            ])
        try #require(result.exitCode == 0, "\(result)")
        return try YAML.parse(result.output).compactMap { KubeObject($0.value) }
    }

    private static func one(_ kind: String, of objects: [KubeObject]) throws -> KubeObject {
        let found = objects.filter { $0.kind == kind }
        try #require(found.count == 1, "\(found.count) of \(kind)")
        return found[0]
    }

    // MARK: Selectors

    /// Labels that fight for their keys with those that selectors look at.
    private static let greedy = """
        commonLabels: {app.kubernetes.io/name: common, app.kubernetes.io/instance: common, app.kubernetes.io/component: common, tier: all}
        podLabels: {app.kubernetes.io/name: pods, app.kubernetes.io/component: pods, tier: pods}
        metrics:
          service: {labels: {app.kubernetes.io/instance: metrics, app.kubernetes.io/component: metrics, tier: service}}
          serviceMonitor: {labels: {app.kubernetes.io/name: metrics, tier: monitor}}
        """

    private static let selections = [
        ValueCase(testDescription: "everything"),
        ValueCase(testDescription: "labels of the same names", values: greedy),
        ValueCase(
            testDescription: "names of digits", release: ("1234", "5678"),
            values: #"{fullnameOverride: "12", nameOverride: "0x1f"}"#),
        ValueCase(
            testDescription: "a monitor at home, in namespaces of digits", release: ("on", "1e3"),
            values: #"{watchNamespaces: ["123", "1e9"], metrics: {serviceMonitor: {namespace: ""}}}"#),
    ]

    /// The selector of an object, and what stands where it looks.
    private static func check(_ selector: JSONValue?, finds labels: JSONValue?, not others: JSONValue?) throws {
        let selector = try LabelSelector(try #require(selector))
        #expect(!selector.isEmpty)
        #expect(selector.matches(labels?.object), "\(selector) does not match \(labels?.encodedString() ?? "")")
        #expect(!selector.matches(others?.object), "\(selector) matches \(others?.encodedString() ?? "")")
    }

    @Test("every selector finds the controller's pods or their Service, and not the test's pod", arguments: selections)
    func selectors(_ row: ValueCase) async throws {
        for helm in Self.helms {
            let objects = try await Self.render(row, with: helm)
            let deployment = try Self.one("Deployment", of: objects)
            let service = try Self.one("Service", of: objects)
            let pods = deployment[path: "spec", "template", "metadata", "labels"]
            let test = try Self.one("Pod", of: objects)["metadata"]?["labels"]
            let spread = deployment[path: "spec", "template", "spec", "topologySpreadConstraints"]?[0]
            let budget = try Self.one("PodDisruptionBudget", of: objects)
            let policy = try Self.one("NetworkPolicy", of: objects)
            for selector in [
                deployment[path: "spec", "selector"], spread?["labelSelector"], budget[path: "spec", "selector"],
                policy[path: "spec", "podSelector"], service[path: "spec", "selector"].map { ["matchLabels": $0] },
            ] { try Self.check(selector, finds: pods, not: test) }

            let monitor = try Self.one("ServiceMonitor", of: objects)
            try Self.check(monitor[path: "spec", "selector"], finds: service["metadata"]?["labels"], not: test)
            let namespaces = monitor[path: "spec", "namespaceSelector", "matchNames"]?.array
            #expect(namespaces == [.string(row.release.namespace)])
            #expect(service.namespace == row.release.namespace)
            let ports = service[path: "spec", "ports"]?.array ?? []
            #expect(ports.contains { $0["name"] == monitor[path: "spec", "endpoints"]?[0]?["port"] })
            let listening = deployment[path: "spec", "template", "spec", "containers"]?[0]?["ports"]?.array ?? []
            #expect(listening.contains { $0["name"] == ports.first?["targetPort"] })
        }
    }

    // MARK: Labels and names

    @Test("an object's own labels win over the common ones, also with an empty text", arguments: helms)
    func labels(helm: String) async throws {
        let row = ValueCase(
            testDescription: "", file: "default",
            values: """
                commonLabels: {tier: all}
                podLabels: {tier: pods}
                metrics: {service: {labels: {tier: ""}}, serviceMonitor: {enabled: true, labels: {tier: monitor}}}
                commonAnnotations: {a: common, b: common}
                podAnnotations: {a: "", c: pods}
                """)
        let objects = try await Self.render(row, with: helm)
        let tier = { (object: KubeObject) in object.labels["tier"] }
        #expect(tier(try Self.one("Service", of: objects)) == "")
        #expect(tier(try Self.one("ServiceMonitor", of: objects)) == "monitor")
        #expect(tier(try Self.one("ServiceAccount", of: objects)) == "all")
        let pod = try Self.one("Deployment", of: objects)[path: "spec", "template", "metadata"]
        #expect(pod?["labels"]?["tier"] == "pods")
        #expect(pod?["annotations"] == ["a": "", "b": "common", "c": "pods"])
    }

    /// What a release, a namespace or a person is called may look like a number or a truth value.
    @Test("names and labels stay texts", arguments: helms)
    func names(helm: String) async throws {
        let row = ValueCase(
            testDescription: "", release: ("1234", "5678"),
            values: """
                watchNamespaces: ["123", "1e9"]
                fullnameOverride: "1"
                nameOverride: "12"
                serviceAccount: {name: "null"}
                metrics: {serviceMonitor: {namespace: "0"}}
                """)
        for object in try await Self.render(row, with: helm) {
            func check(_ value: JSONValue, _ path: String) {
                for (key, value) in value.object ?? [:] {
                    if ["name", "namespace", "serviceAccountName", "policyName"].contains(key) {
                        #expect(value.string != nil, "\(object.kind)\(path).\(key): \(value.encodedString())")
                    }
                    if ["labels", "annotations", "matchLabels"].contains(key) {
                        for (name, text) in value.object ?? [:] {
                            #expect(text.string != nil, "\(object.kind)\(path).\(key).\(name): \(text.encodedString())")
                        }
                    }
                    check(value, "\(path).\(key)")
                }
                for element in value.array ?? [] { check(element, "\(path)[]") }
            }
            check(object.value, "")
            #expect(object["metadata"]?["name"]?.string != nil, "\(object.kind)")
        }
    }

    // MARK: What is left out

    /// All values that the schema lets be absent, set to null.
    private static func nulls() throws -> String {
        func nulls(_ schema: JSONValue) -> JSONValue {
            let required = schema["required"]?.array ?? []
            var values = JSONObject()
            for (name, property) in schema["properties"]?.object ?? [:] where name != "global" {
                values[name] =
                    required.contains(.string(name)) ? property["properties"].map { _ in nulls(property) } : .null
            }
            return .object(values)
        }
        let schema = try String(contentsOfFile: ChartInstallation.chart + "/values.schema.json", encoding: .utf8)
        return nulls(try JSONValue(parsing: schema)).encodedString()
    }

    @Test("null and an empty map leave a field out", arguments: helms)
    func absence(helm: String) async throws {
        let rows = [
            ValueCase(testDescription: "null", values: try Self.nulls()),
            ValueCase(
                testDescription: "all members null", file: "default",
                values: """
                    livenessProbe: {periodSeconds: null, timeoutSeconds: null}
                    readinessProbe: {periodSeconds: null, timeoutSeconds: null}
                    resources: {requests: null, limits: null}
                    securityContext: {allowPrivilegeEscalation: null, readOnlyRootFilesystem: null, capabilities: null}
                    podSecurityContext: {runAsNonRoot: null, runAsUser: null, runAsGroup: null, seccompProfile: null}
                    """),
        ]
        for row in rows {
            let deployment = try Self.one("Deployment", of: try await Self.render(row, with: helm))
            let spec = deployment[path: "spec", "template", "spec"]
            let fixed = ["serviceAccountName", "automountServiceAccountToken", "terminationGracePeriodSeconds"]
            let spread = row.file == "default" ? [] : ["topologySpreadConstraints", "hostNetwork"]
            #expect(Set(spec?.object?.keys ?? []) == Set(fixed + spread + ["containers"]), "\(row)")
            #expect(
                Set(spec?["containers"]?[0]?.object?.keys ?? [])
                    == ["name", "image", "imagePullPolicy", "command", "args", "ports"], "\(row)")
        }
    }

    @Test("a probe has the times that are set, and asks what it always asks", arguments: helms)
    func probes(helm: String) async throws {
        let row = ValueCase(
            testDescription: "", file: "default",
            values: """
                livenessProbe: {initialDelaySeconds: 3, failureThreshold: 9, terminationGracePeriodSeconds: 5}
                readinessProbe: null
                """)
        let deployment = try Self.one("Deployment", of: try await Self.render(row, with: helm))
        let container = deployment[path: "spec", "template", "spec", "containers"]?[0]
        #expect(
            container?["livenessProbe"] == [
                "httpGet": ["path": "/healthz", "port": "metrics"], "failureThreshold": 9, "initialDelaySeconds": 3,
                "periodSeconds": 20, "terminationGracePeriodSeconds": 5, "timeoutSeconds": 5,
            ])
        #expect(container?["readinessProbe"] == nil)
    }
}
