import KubeObjects
import KubeSchema
import RunCore
import Testing

/// What the API server refuses of an ExtendedJob before any controller sees it.
struct ExtendedJobDefinitionTests {
    struct SpecCase: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var spec: String
        var isAccepted: Bool

        init(_ spec: String, _ isAccepted: Bool) {
            testDescription = spec
            self.spec = spec
            self.isAccepted = isAccepted
        }
    }

    static let specs = [
        SpecCase("run: once", true),
        SpecCase("run: manually", true),
        SpecCase("run: now", true),
        SpecCase("run: sometimes", false),
        SpecCase("updateOnConfigChange: true", false),
        SpecCase("{run: once, triggers: {when: ready}}", false),
        SpecCase("triggers: {when: ready}", true),
        SpecCase("triggers: {when: gone}", false),
        SpecCase("triggers: {selector: {matchLabels: {a: b}}}", false),
        SpecCase(
            "triggers: {when: ready, selector: {matchExpressions: [{key: a, operator: notIN, values: [b]}]}}", true),
        SpecCase("triggers: {when: ready, selector: {matchExpressions: [{key: a, operator: '!'}]}}", false),
        SpecCase("trigger: {strategy: once}", true),
        SpecCase("trigger: {strategy: manual}", true),
        SpecCase("trigger: {strategy: now}", true),
        SpecCase("trigger: {strategy: done}", true),
        SpecCase("trigger: {strategy: manually}", false),
        SpecCase("trigger: {strategy: podstate, podstate: {when: ready, selector: {matchLabels: {a: b}}}}", true),
        SpecCase("trigger: {strategy: podstate}", false),
        SpecCase("trigger: {strategy: podstate, podstate: {selector: {}}}", false),
        SpecCase("trigger: {strategy: once, podstate: {when: ready}}", false),
        SpecCase("trigger: {podstate: {when: ready}}", false),
        SpecCase("{run: once, trigger: {strategy: once}}", false),
        SpecCase("{triggers: {when: ready}, trigger: {strategy: once}}", false),
        SpecCase("{run: once, output: {stdout: {configRef: a}, stderr: {secretRef: a/b}}}", true),
        SpecCase("{run: once, output: {stdout: {configRef: a, secretRef: b}}}", false),
        SpecCase("{run: once, output: {stdout: {overwrite: true}}}", false),
        SpecCase("{run: once, output: {stdout: {configMapRef: a}, outputType: json}}", true),
    ]

    @Test(arguments: specs)
    func theDefinitionKnowsWhatIsRight(_ row: SpecCase) throws {
        var spec = try #require(try YAML.parse(row.spec).first?.value)
        spec["template"] = ["spec": ["containers": [["name": "c", "image": "busybox"]]]]
        let object: JSONValue = [
            "apiVersion": "fissile.cloudfoundry.org/v1alpha1", "kind": "ExtendedJob", "metadata": ["name": "x"],
            "spec": spec,
        ]
        let faults = try DefinedSchema.of("ExtendedJob").validate(object, old: nil)
        #expect(faults.isEmpty == row.isAccepted, "\(faults)")
    }
}
