import KubeObjects
import Testing

@testable import FakeCluster

struct OpenAPIDocumentsTests {
    private static let binary = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
    private let documents = OpenAPIDocuments()
    private let registry = ResourceRegistry.standard()

    init() {
        let definition: JSONValue = [
            "spec": [
                "group": "example.com", "scope": "Namespaced",
                "names": ["plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"],
                "versions": [
                    [
                        "name": "v1", "served": true, "storage": true,
                        "schema": [
                            "openAPIV3Schema": [
                                "type": "object",
                                "properties": [
                                    "spec": [
                                        "type": "object",
                                        "properties": [
                                            "port": ["x-kubernetes-int-or-string": true],
                                            "maybe": ["type": "string", "nullable": true],
                                        ],
                                    ]
                                ],
                            ]
                        ],
                    ]
                ],
            ]
        ]
        registry.replace(
            GroupResource(group: "example.com", resource: "widgets"),
            with: ResourceDefinition.custom(KubeObject(definition.object ?? [:])))
    }

    private func json(_ path: String) throws -> JSONValue {
        let document = try #require(documents.document(at: path, accept: "", resources: registry.snapshot))
        return try JSONValue(parsing: document.bytes)
    }

    @Test func `every reference of version 3 leads somewhere`() throws {
        for path in ["api/v1", "apis/batch/v1", "apis/apps/v1", "apis/apiextensions.k8s.io/v1", "apis/example.com/v1"] {
            let document = try json("/openapi/v3/\(path)")
            let schemas = document["components"]?.map("schemas") ?? [:]
            let references = Self.references(in: document)
            #expect(!references.isEmpty)
            for reference in references {
                #expect(schemas[String(reference.dropFirst("#/components/schemas/".count))] != nil, "\(reference)")
            }
        }
    }

    @Test func `every reference of version 2 leads somewhere`() throws {
        let document = try json("/openapi/v2")
        for reference in Set(Self.references(in: document)) {
            #expect(
                document["definitions"]?[String(reference.dropFirst("#/definitions/".count))] != nil, "\(reference)")
        }
    }

    @Test func `the index names each group and version with a hash of its document`() throws {
        let url = try #require(
            try json("/openapi/v3")["paths"]?["apis/batch/v1"]?["serverRelativeURL"]?.string)
        let document = try #require(
            documents.document(at: "/openapi/v3/apis/batch/v1", accept: "", resources: registry.snapshot))
        #expect(url == "/openapi/v3/apis/batch/v1?hash=\(OpenAPIHash.text(of: document.bytes))")
    }

    @Test func `a custom resource keeps its schema in version 3 and loses what version 2 cannot say`() throws {
        let new = try json("/openapi/v3/apis/example.com/v1")["components"]?["schemas"]?["com.example.v1.Widget"]
        #expect(new?[path: "properties", "spec", "properties", "maybe", "nullable"] == true)
        #expect(new?["x-kubernetes-group-version-kind"]?[0]?["kind"] == "Widget")
        let old = try json("/openapi/v2")["definitions"]?["com.example.v1.Widget"]
        #expect(old?[path: "properties", "spec", "properties", "maybe"] == [:])
        #expect(old?[path: "properties", "spec", "properties", "port", "x-kubernetes-int-or-string"] == true)
    }

    @Test func `a patch takes the parameters by which clients see what the server can do`() throws {
        let path = "/apis/example.com/v1/namespaces/{namespace}/widgets/{name}"
        let patch = try json("/openapi/v3/apis/example.com/v1")["paths"]?[path]?["patch"]
        #expect(
            patch?["parameters"]?.array?.map { $0.text("name") } == [
                "dryRun", "fieldManager", "fieldValidation", "force",
            ])
    }

    @Test func `only built-in resources can be patched strategically`() throws {
        func types(_ document: String, _ path: String) throws -> [String] {
            try json(document)["paths"]?[path]?["patch"]?["requestBody"]?.map("content").keys ?? []
        }
        let strategic = "application/strategic-merge-patch+json"
        let custom = "/apis/example.com/v1/namespaces/{namespace}/widgets/{name}"
        #expect(try !types("/openapi/v3/apis/example.com/v1", custom).contains(strategic))
        let jobs = "/apis/batch/v1/namespaces/{namespace}/jobs/{name}"
        #expect(try types("/openapi/v3/apis/batch/v1", jobs).contains(strategic))
    }

    @Test func `version 2 is given in the form that is asked for`() throws {
        let binary = try #require(
            documents.document(at: "/openapi/v2", accept: Self.binary, resources: registry.snapshot))
        #expect(binary.mediaType == "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
        // Field 1 of the message, a text of three bytes: the version.
        #expect(binary.bytes.prefix(5) == [0x0A, 3, UInt8(ascii: "2"), UInt8(ascii: "."), UInt8(ascii: "0")])
        let plain = documents.document(at: "/openapi/v2", accept: "*/*", resources: registry.snapshot)
        #expect(plain?.mediaType == "application/json")
    }

    @Test func `a change of the resources changes the documents`() throws {
        let before = try json("/openapi/v3")["paths"]?["apis/example.com/v1"]
        registry.remove(GroupResource(group: "example.com", resource: "widgets"))
        #expect(before != nil)
        #expect(try json("/openapi/v3")["paths"]?["apis/example.com/v1"] == nil)
    }

    private static func references(in value: JSONValue) -> [String] {
        switch value {
        case .object(let members):
            // A schema of schemas has a property of that name, too.
            members.flatMap { member in
                if member.key == "$ref", let reference = member.value.string { return [reference] }
                return references(in: member.value)
            }
        case .array(let elements): elements.flatMap(references)
        default: []
        }
    }
}
