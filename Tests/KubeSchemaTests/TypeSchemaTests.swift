import KubeObjects
import TestSupport
import Testing

@testable import KubeSchema

struct TypeSchemaTests {
    private func schema(_ kind: String) throws -> TypeSchema {
        let group = kind == "Job" || kind == "CronJob" ? "batch" : ""
        return try #require(BuiltinTypes.schema(for: GroupVersionKind(group: group, version: "v1", kind: kind)))
    }

    private func job(_ spec: JSONValue) -> JSONValue {
        ["apiVersion": "batch/v1", "kind": "Job", "metadata": ["name": "one"], "spec": spec]
    }

    @Test func unknownFieldsGoAndAreNamed() throws {
        var value = job([
            "backofLimit": 3,
            "template": [
                "spec": ["containers": [["name": "main", "comand": ["x"], "env": [["name": "A", "value": .null]]]]],
                "metadata": ["labels": ["any": "thing"], "creationTimestamp": .null],
            ],
        ])
        #expect(
            try schema("Job").decode(&value) == [
                #"unknown field "spec.backofLimit""#, #"unknown field "spec.template.spec.containers[0].comand""#,
            ])
        #expect(
            value
                == job([
                    "template": [
                        "spec": ["containers": [["name": "main", "env": [["name": "A"]]]]],
                        "metadata": ["labels": ["any": "thing"]],
                    ]
                ]))
    }

    struct MismatchCase: Sendable, CustomTestStringConvertible {
        var kind: String
        var value: JSONValue
        var message: String
        var testDescription: String { message }

        init(_ kind: String, _ value: JSONValue, _ message: String) {
            self.kind = kind
            self.value = value
            self.message = message
        }
    }

    @Test(arguments: [
        MismatchCase(
            "ConfigMap", ["data": ["a": 1]],
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string"),
        MismatchCase(
            "ConfigMap", ["data": "text"],
            "json: cannot unmarshal string into Go struct field ConfigMap.data of type map[string]string"),
        MismatchCase(
            "Job", ["spec": ["backoffLimit": "three"]],
            "json: cannot unmarshal string into Go struct field JobSpec.spec.backoffLimit of type int32"),
        MismatchCase(
            "Job", ["spec": ["backoffLimit": 1.5]],
            "json: cannot unmarshal number 1.5 into Go struct field JobSpec.spec.backoffLimit of type int32"),
        MismatchCase(
            "Job", ["spec": ["backoffLimit": 3_000_000_000]],
            "json: cannot unmarshal number 3000000000 into Go struct field JobSpec.spec.backoffLimit of type int32"),
        MismatchCase(
            "Job", ["spec": ["template": ["spec": ["containers": [["command": "echo"]]]]]],
            "json: cannot unmarshal string into Go struct field Container.spec.template.spec.containers.command of type "
                + "[]string"),
        MismatchCase(
            "Job", ["spec": ["template": ["spec": ["containers": "x"]]]],
            "json: cannot unmarshal string into Go struct field PodSpec.spec.template.spec.containers of type "
                + "[]v1.Container"),
        MismatchCase(
            "Job", ["spec": "x"], "json: cannot unmarshal string into Go struct field Job.spec of type v1.JobSpec"),
        MismatchCase(
            "Pod", ["spec": ["restartPolicy": 1]],
            "json: cannot unmarshal number into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy"),
        MismatchCase("Pod", [1], "json: cannot unmarshal array into Go value of type v1.Pod"),
        MismatchCase("Secret", ["data": ["a": "*"]], "illegal base64 data at input byte 0"),
        MismatchCase(
            "Pod", ["metadata": ["creationTimestamp": "today"]],
            #"parsing time "today" as "2006-01-02T15:04:05Z07:00": cannot parse "today" as "2006""#),
        MismatchCase(
            "Pod", ["spec": ["containers": [["resources": ["limits": ["cpu": "much"]]]]]],
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
        MismatchCase(
            "Pod", ["spec": ["containers": [["livenessProbe": ["httpGet": ["port": true]]]]]],
            "json: cannot unmarshal bool into Go value of type int32"),
    ])
    func wrongTypesAreToldInGosWords(_ test: MismatchCase) throws {
        var value = test.value
        #expect {
            _ = try schema(test.kind).decode(&value)
        } throws: { "\($0)" == test.message }
    }

    @Test func zeroValuesAreLeftOutAsGoDoes() throws {
        var value: JSONValue = [
            "metadata": ["name": "one", "labels": [:], "finalizers": []],
            "spec": [
                "suspend": false, "backoffLimit": 0, "selector": ["matchLabels": [:]],
                "template": [
                    "spec": [
                        "hostNetwork": false, "automountServiceAccountToken": false, "volumes": [],
                        "containers": [
                            [
                                "name": "", "tty": false, "args": [], "env": [["name": "A", "value": ""]],
                                "resources": ["limits": [:]], "securityContext": [:],
                            ]
                        ],
                    ]
                ],
            ],
        ]
        #expect(try schema("Job").decode(&value) == [])
        #expect(
            value == [
                "metadata": ["name": "one"],
                "spec": [
                    "suspend": false, "backoffLimit": 0, "selector": [:],
                    "template": [
                        "spec": [
                            "automountServiceAccountToken": false,
                            "containers": [
                                ["name": "", "env": [["name": "A"]], "resources": [:], "securityContext": [:]]
                            ],
                        ]
                    ],
                ],
            ])
    }

    @Test func quantitiesAndTimesBecomeCanonical() throws {
        var value: JSONValue = [
            "metadata": ["creationTimestamp": "2024-01-01T02:00:00.5+02:00"],
            "spec": ["containers": [["resources": ["limits": ["cpu": 0.5, "memory": "1024Mi", "x": 3]]]]],
        ]
        #expect(try schema("Pod").decode(&value) == [])
        #expect(value["metadata"]?["creationTimestamp"] == "2024-01-01T00:00:00Z")
        let limits = value["spec"]?["containers"]?[0]?["resources"]?["limits"]
        #expect(limits == ["cpu": "500m", "memory": "1Gi", "x": "3"])
    }

    @Test func schemasInsideOfDefinitionsAreRead() throws {
        let definitions = GroupVersionKind(
            group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition")
        var value: JSONValue = [
            "spec": [
                "versions": [
                    [
                        "schema": [
                            "openAPIV3Schema": [
                                "properties": ["a": ["items": ["typ": "string"], "default": ["x": 1]]],
                                "additionalProperties": true,
                            ]
                        ]
                    ]
                ]
            ]
        ]
        #expect(
            try #require(BuiltinTypes.schema(for: definitions)).decode(&value) == [
                #"unknown field "spec.versions[0].schema.openAPIV3Schema.properties.a.items.typ""#
            ])
    }

    @Test func mergeKeysAndStrategiesAreKnown() throws {
        let podSpec = try #require(BuiltinTypes.schema(named: "api.core.v1.PodSpec"))
        let containers = try #require(podSpec.member("containers"))
        #expect(containers.patchMergeKey == "name")
        #expect(containers.patchStrategies == ["merge"])
        #expect(containers.listType == "map")
        #expect(containers.listMapKeys == ["name"])
        let ports = try #require(containers.element?.member("ports"))
        #expect(ports.listMapKeys == ["containerPort", "protocol"])
        #expect(ports.patchMergeKey == "containerPort")
        #expect(podSpec.member("volumes")?.patchStrategies == ["merge", "retainKeys"])
        #expect(podSpec.member("nodeSelector")?.isAtomicMap == true)
        #expect(podSpec.member("securityContext")?.member("seLinuxOptions") != nil)
        #expect(podSpec.member("nothing") == nil)
    }

    @Test func theExportedJobSpecIsStructural() throws {
        let jobSpec = try #require(BuiltinTypes.openAPIV3(named: "api.batch.v1.JobSpec"))
        let schema = try StructuralSchema(openAPIV3: ["type": "object", "properties": ["spec": jobSpec]])
        var value: JSONValue = [
            "spec": [
                "template": [
                    "metadata": ["creationTimestamp": .null],
                    "spec": [
                        "restartPolicy": "Never",
                        "containers": [
                            [
                                "name": "main", "image": "busybox",
                                "resources": ["limits": ["cpu": 1, "memory": "1Gi"]],
                                "ports": [["containerPort": 80]],
                            ]
                        ],
                    ],
                ]
            ]
        ]
        #expect(schema.prune(&value) == [])
        schema.applyDefaults(to: &value)
        #expect(schema.validate(value, old: nil) == [])
        value["spec"]?["template"]?["spec"]?["containers"] = [
            ["name": "main", "comand": ["x"], "ports": [["name": 1]]]
        ]
        #expect(schema.prune(&value) == ["spec.template.spec.containers[0].comand"])
        #expect(
            schema.validate(value, old: nil).map(\.field) == [
                "spec.template.spec.containers[0].ports[0].name",
                "spec.template.spec.containers[0].ports[0].containerPort",
            ])
    }

    @Test func theTablesAreCurrent() throws {
        func blocks(_ file: String) throws -> [String] {
            try Repository.text("scripts/\(file).txt").split(separator: "\n\n").dropFirst()
                .map { String($0.hasSuffix("\n") ? $0.dropLast() : $0) }
        }
        let described = try blocks("builtin-types")
        let added = try blocks("builtin-types-added")
        let isCore = { (block: String) in block.hasPrefix("package api.core.v1\n") }
        #expect(BuiltinTypeTable.core == described.filter(isCore).joined(separator: "\n\n"))
        #expect(BuiltinTypeTable.groups == described.filter { !isCore($0) }.joined(separator: "\n\n"))
        #expect(BuiltinTypeTable.added == added.joined(separator: "\n\n"))
        let lines = (described + added).flatMap { $0.split(separator: "\n") }
        #expect(BuiltinTypes.definitions.count == lines.count { $0.hasPrefix("type ") })
        #expect(BuiltinTypes.definitions.reduce(0) { $0 + $1.fields.count } == lines.count { $0.hasPrefix("  ") })
    }
}
