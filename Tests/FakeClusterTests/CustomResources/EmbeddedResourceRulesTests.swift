import KubeObjects
import KubeSchema
import Testing

@testable import FakeCluster

struct EmbeddedResourceRulesTests {
    private static let schema: JSONValue = [
        "type": "object",
        "properties": [
            "spec": [
                "type": "object",
                "properties": [
                    "object": [
                        "type": "object", "x-kubernetes-embedded-resource": true,
                        "x-kubernetes-preserve-unknown-fields": true,
                    ]
                ],
            ]
        ],
    ]

    /// `validateEmbeddedResource` of `schema/objectmeta`.
    @Test(
        arguments: [
            (["apiVersion": "v1", "kind": "Pod"], []),
            (["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "a"]], []),
            (
                ["kind": "Pod"],
                ["spec.object.apiVersion: Required value: must not be empty"]
            ),
            (
                ["apiVersion": "a/b/c", "kind": ""],
                [
                    "spec.object.apiVersion: Invalid value: \"a/b/c\": unexpected GroupVersion string: a/b/c",
                    "spec.object.kind: Invalid value: \"\": must not be empty",
                ]
            ),
            (
                ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "a/b"]],
                ["spec.object.metadata.name: Invalid value: \"a/b\": may not contain '/'"]
            ),
        ] as [(JSONValue, [String])])
    func `an embedded object names its kind and version`(object: JSONValue, faults: [String]) throws {
        let schema = try StructuralSchema(openAPIV3: Self.schema, at: .root)
        let value: JSONValue = ["spec": ["object": object]]
        #expect(EmbeddedResourceRules.validate(value, schema).map(\.description) == faults)
    }
}
