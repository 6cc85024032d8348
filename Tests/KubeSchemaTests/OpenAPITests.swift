import KubeObjects
import Testing

@testable import KubeSchema

struct OpenAPITests {
    private let job = GroupVersionKind(group: "batch", version: "v1", kind: "Job")

    @Test func kindsAreDescribedWithAllThatTheyReferTo() throws {
        #expect(BuiltinTypes.openAPIName(of: job) == "io.k8s.api.batch.v1.Job")
        for version in [OpenAPIVersion.v2, .v3] {
            let definitions = BuiltinTypes.openAPIDefinitions(version, of: [job])
            let names = Set(definitions.map(\.name))
            #expect(names.contains("io.k8s.api.core.v1.PodSpec"))
            #expect(!names.contains("io.k8s.api.apps.v1.Deployment"))
            for (_, schema) in definitions {
                for reference in references(in: schema) {
                    #expect(reference.hasPrefix(version.referencePrefix))
                    #expect(names.contains(String(reference.dropFirst(version.referencePrefix.count))))
                }
            }
        }
    }

    @Test func descriptionsCarryWhatClientsMergeBy() throws {
        let definitions = Dictionary(
            BuiltinTypes.openAPIDefinitions(.v2).map { ($0.name, $0.schema) }, uniquingKeysWith: { first, _ in first })
        #expect(
            definitions["io.k8s.api.batch.v1.Job"]?["x-kubernetes-group-version-kind"] == [
                ["group": "batch", "kind": "Job", "version": "v1"]
            ])
        #expect(
            definitions["io.k8s.api.core.v1.PodSpec"]?["properties"]?["containers"] == [
                "type": "array", "items": ["$ref": "#/definitions/io.k8s.api.core.v1.Container"],
                "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge",
            ])
        #expect(definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] == ["type": "string"])
    }

    private func references(in schema: JSONValue) -> [String] {
        switch schema {
        case .object(let members):
            members.flatMap { $0.key == "$ref" ? [$0.value.string ?? ""] : references(in: $0.value) }
        case .array(let elements): elements.flatMap(references)
        default: []
        }
    }

    @Test func customResourcesAreDescribedAsEachVersionCan() {
        let kind = GroupVersionKind(group: "example.com", version: "v1", kind: "Widget")
        #expect(CustomResourceOpenAPI.name(of: kind) == "com.example.v1.Widget")
        let schema: JSONValue = [
            "type": "object",
            "properties": [
                "spec": [
                    "type": "object", "required": ["a", "b"],
                    "properties": [
                        "a": ["type": "string", "nullable": true], "b": ["type": "string", "default": "x"],
                        "c": [
                            "type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": ["x": [:]],
                        ],
                        "d": [
                            "x-kubernetes-int-or-string": true, "anyOf": [["type": "integer"], ["type": "string"]],
                        ],
                    ],
                ]
            ],
        ]
        let old = CustomResourceOpenAPI.schema(of: schema, kind: kind, .v2)
        #expect(
            old["properties"]?["spec"] == [
                "type": "object", "required": ["b"],
                "properties": [
                    "a": [:], "b": ["type": "string"],
                    "c": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                    "d": ["x-kubernetes-int-or-string": true],
                ],
            ])
        let new = CustomResourceOpenAPI.schema(of: schema, kind: kind, .v3)
        #expect(new["properties"]?["spec"] == schema["properties"]?["spec"])
        #expect(
            new["properties"]?["metadata"]
                == ["$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"])
        #expect(
            new["x-kubernetes-group-version-kind"] == [["group": "example.com", "kind": "Widget", "version": "v1"]])
    }
}
