import KubeObjects
import KubeWire
import Testing

@testable import FakeCluster

struct CustomResourceDefinitionRulesTests {
    private static let version: JSONValue = [
        "name": "v1", "served": true, "storage": true, "schema": ["openAPIV3Schema": ["type": "object"]],
    ]
    private static let definition: JSONValue = [
        "metadata": ["name": "widgets.example.com"],
        "spec": [
            "group": "example.com", "scope": "Namespaced", "names": ["plural": "widgets", "kind": "Widget"],
            "versions": [version],
        ],
    ]

    private static func version(_ name: String, _ changes: (key: String, value: JSONValue)...) -> JSONValue {
        var changed = version
        changed["name"] = .string(name)
        for (key, value) in changes { changed[key] = value }
        return changed
    }

    @Test(arguments: [
        FaultCase("spec/scope", "Namespaced", nil),
        FaultCase(
            "metadata/name", "other.example.com",
            "metadata.name: Invalid value: \"other.example.com\": must be spec.names.plural+\".\"+spec.group"),
        FaultCase(
            "spec/scope", "World",
            "spec.scope: Unsupported value: \"World\": supported values: \"Cluster\", \"Namespaced\""),
        FaultCase(
            "spec/names/kind", "Wid_get",
            "spec.names.kind: Invalid value: \"Wid_get\": may have mixed case, but should otherwise match: a DNS-1035 label"
        ),
        FaultCase(
            "spec/names/listKind", "Widget",
            "spec.names.listKind: Invalid value: \"Widget\": kind and listKind may not be the same"),
        FaultCase("spec/versions", [version("v1", ("storage", false))], "spec.versions: Invalid value"),
        FaultCase("spec/versions", [version("v1"), version("v1", ("storage", false))], "spec.versions: Invalid value"),
        FaultCase(
            "spec/versions", [version("v1", ("schema", [:]))],
            "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required"),
        FaultCase(
            "spec/preserveUnknownFields", true,
            "spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"
        ),
        FaultCase(
            "spec/versions",
            [version("v1", ("additionalPrinterColumns", [["name": "A", "type": "string", "jsonPath": "spec.a"]]))],
            "spec.additionalPrinterColumns[0].JSONPath: Invalid value: \"spec.a\": must be a simple json path starting with ."
        ),
        FaultCase(
            "spec/versions", [version("v1", ("selectableFields", [["jsonPath": "spec.a"]]))],
            "spec.selectableFields[0].jsonPath: Invalid value: \"spec.a\": is an invalid path: expected [ or . but got: spec"
        ),
        FaultCase(
            "spec/versions", [version("v1", ("storage", false))],
            "status.storedVersions: Invalid value: []: must have at least one stored version"),
        FaultCase(
            "spec/versions", [version("v1"), version("v2")],
            #"spec.versions: Invalid value: [{"Name":"v1","Served":true,"Storage":true,"Deprecated":false,"DeprecationWarning":null,"Schema":null,"Subresources":null,"AdditionalPrinterColumns":null,"SelectableFields":null},{"Name":"v2""#
        ),
        FaultCase("spec/versions", [version("V1")], "spec.version: Invalid value: \"V1\": a DNS-1035 label"),
        FaultCase(
            "spec/versions", [version("v1", ("deprecationWarning", "old"))],
            "spec.versions[0].deprecationWarning: Invalid value: \"old\": can only be set for deprecated versions"),
        FaultCase(
            "spec/versions", [version("v1", ("subresources", ["scale": ["specReplicasPath": ".replicas"]]))],
            "spec.subresources.scale.specReplicasPath: Invalid value: \".replicas\": should be a json path under .spec"
        ),
        FaultCase(
            "spec/versions", [version("v1", ("selectableFields", [["jsonPath": ".spec.color"]]))],
            "spec.selectableFields[0].jsonPath: Invalid value: \".spec.color\": is an invalid path"),
        FaultCase(
            "spec/versions", [version("v1", ("additionalPrinterColumns", [["name": "A", "type": "string"]]))],
            "spec.additionalPrinterColumns[0].JSONPath: Required value"),
        FaultCase(
            "spec/conversion", ["strategy": "Magic"],
            "spec.conversion.strategy: Unsupported value: \"Magic\": supported values: \"None\", \"Webhook\""),
        FaultCase(
            "spec/versions",
            [version("v1", ("additionalPrinterColumns", [["name": "A", "type": "text", "jsonPath": ".a"]]))],
            "spec.additionalPrinterColumns[0].type: Invalid value: \"text\": must be one of boolean,date,integer,number,string"
        ),
        FaultCase(
            "spec/conversion", ["strategy": "Webhook"],
            "spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook"),
        FaultCase("spec/preserveUnknownFields", true, "spec.preserveUnknownFields: Invalid value: true"),
    ])
    func `a definition that breaks a rule is refused`(example: FaultCase) throws {
        let walk = try KindWalk("CustomResourceDefinition", "apiextensions.k8s.io/v1")
        let (_, faults) = try walk.create(example.applied(to: Self.definition))
        if let fault = example.fault {
            #expect(faults.contains { $0.hasPrefix(fault) }, "\(faults)")
        } else {
            #expect(faults.isEmpty, "\(faults)")
        }
    }

    @Test func `groups of Kubernetes itself need an approval`() throws {
        let walk = try KindWalk("CustomResourceDefinition", "apiextensions.k8s.io/v1")
        var definition = Self.definition
        definition.set("widgets.x.k8s.io", at: ["metadata", "name"])
        definition.set("x.k8s.io", at: ["spec", "group"])
        #expect(try walk.create(definition).faults.first?.contains("protected groups must have approval") == true)
        definition.set(["api-approved.kubernetes.io": "https://example.com"], at: ["metadata", "annotations"])
        #expect(try walk.create(definition).faults.isEmpty)
    }

    @Test(arguments: [
        FaultCase("spec/names/shortNames", ["wd"], nil),
        FaultCase("spec/scope", "Cluster", "spec.scope: Invalid value: \"Cluster\": field is immutable"),
        FaultCase("spec/names/kind", "Gadget", "spec.names.kind: Invalid value: \"Gadget\": field is immutable"),
        FaultCase(
            "spec/versions", [version("v2")],
            "status.storedVersions[0]: Invalid value: \"v1\": missing from spec.versions"),
    ])
    func `what is served already stays`(example: FaultCase) throws {
        let walk = try KindWalk("CustomResourceDefinition", "apiextensions.k8s.io/v1")
        let crd = try walk.create(Self.definition).object
        let (_, faults) = try walk.update(crd) { $0 = example.applied(to: $0) }
        if let fault = example.fault {
            #expect(faults.contains { $0.hasPrefix(fault) }, "\(faults)")
        } else {
            #expect(faults.isEmpty, "\(faults)")
        }
    }

    @Test(
        arguments: [
            (["type": "string", "format": "foo"], [#"unrecognized format "foo""#]),
            (["type": "string", "format": "date"], []),
            (["type": "integer", "format": "int32"], []),
            (["type": "array", "format": "cidr", "items": ["type": "string"]], [#"unrecognized format "cidr""#]),
        ] as [(JSONValue, [String])])
    func `a format that means nothing is warned of`(schema: JSONValue, warnings: [String]) throws {
        var definition = Self.definition
        let root: JSONValue = ["type": "object", "properties": ["a": schema]]
        definition.set([Self.version("v1", ("schema", ["openAPIV3Schema": root]))], at: ["spec", "versions"])
        let rules = CustomResourceDefinitionRules { _, _ in CustomResourceNames() }
        let object = try #require(KubeObject(definition))
        #expect(rules.warnings(object, old: nil) == warnings)
        #expect(rules.warnings(object, old: object).isEmpty)
    }

    /// A store may hold a definition from before the costs of rules were estimated.
    @Test func `rules that may cost too much are refused, but not where they stand already`() throws {
        let walk = try KindWalk("CustomResourceDefinition", "apiextensions.k8s.io/v1")
        let list: JSONValue = [
            "type": "array", "items": ["type": "string"],
            "x-kubernetes-validations": [["rule": "self.all(x, self.exists(y, x == y))"]],
        ]
        let schema: JSONValue = ["openAPIV3Schema": ["type": "object", "properties": ["list": list]]]
        let costly = [Self.version("v1", ("schema", schema))]
        var definition = Self.definition
        definition.set(.array(costly), at: ["spec", "versions"])
        let refusals = try walk.create(definition).faults
        #expect(refusals.count == 3 && refusals.allSatisfy { $0.contains("cost") }, "\(refusals)")

        var stored = try walk.create(Self.definition).object
        stored["spec"]?["versions"] = .array(costly)
        let (changed, faults) = try walk.update(stored) { $0.set("Cheap", at: ["metadata", "annotations", "is"]) }
        #expect(faults.isEmpty, "\(faults)")
        #expect(ResourceDefinition.custom(changed).map(\.resource.version) == ["v1"])
        let touched: JSONValue = [
            "openAPIV3Schema": ["type": "object", "properties": ["list": list, "n": ["type": "integer"]]]
        ]
        let (_, others) = try walk.update(changed) {
            $0.set([Self.version("v1", ("schema", touched))], at: ["spec", "versions"])
        }
        #expect(others.count == 3, "\(others)")
    }

    @Test func `a version in which objects were stored is remembered`() throws {
        let walk = try KindWalk("CustomResourceDefinition", "apiextensions.k8s.io/v1")
        let crd = try walk.create(Self.definition).object
        let changed = try walk.update(crd) {
            $0.set([Self.version("v1", ("storage", false)), Self.version("v2")], at: ["spec", "versions"])
        }
        #expect(changed.object["status"]?["storedVersions"] == ["v1", "v2"])
    }
}
