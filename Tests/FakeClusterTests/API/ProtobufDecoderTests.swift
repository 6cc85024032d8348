import KubeObjects
import Testing

@testable import FakeCluster

struct ProtobufDecoderTests {
    @Test func objectsBecomeTheirJSON() throws {
        let body = MessageWriter.body("batch/v1", "Job") { job in
            job.message(1) { metadata in
                metadata.field(1, "one")
                metadata.message(8) { _ in }
                for (key, value) in [("a", "1"), ("b", "2")] {
                    metadata.message(11) {
                        $0.field(1, key)
                        $0.field(2, value)
                    }
                }
            }
            job.message(2) { spec in
                spec.integer(7, 0)
                spec.message(6) { template in
                    template.message(2) { pod in
                        pod.message(1) { volume in
                            volume.field(1, "v")
                            volume.message(2) { $0.message(2) { _ in } }
                        }
                        pod.message(2) { container in
                            container.field(1, "main")
                            container.field(3, "sh")
                            container.field(3, "-c")
                        }
                    }
                }
            }
        }
        let job = try ProtobufDecoder().decode(body)
        #expect(
            job == [
                "kind": "Job", "apiVersion": "batch/v1",
                "metadata": ["name": "one", "labels": ["a": "1", "b": "2"]],
                "spec": [
                    "backoffLimit": 0,
                    "template": [
                        "spec": [
                            // The source's members stand beside the volume's name.
                            "volumes": [["name": "v", "emptyDir": [:]]],
                            "containers": [["name": "main", "command": ["sh", "-c"]]],
                        ]
                    ],
                ],
            ])
    }

    @Test func singleValuesAreWrittenAsInJSON() throws {
        let secret = try ProtobufDecoder().decode(
            MessageWriter.body("v1", "Secret") { secret in
                secret.message(1) { metadata in metadata.message(8) { $0.integer(1, 1_767_225_600) } }
                secret.message(2) {
                    $0.field(1, "k")
                    $0.field(2, "v1")
                }
            })
        #expect(secret[path: "data", "k"] == "djE=")
        #expect(secret[path: "metadata", "creationTimestamp"] == "2026-01-01T00:00:00Z")
        let service = try ProtobufDecoder().decode(
            MessageWriter.body("v1", "Service") { service in
                service.message(2) { spec in
                    for (type, port) in [(Int64(0), "80"), (1, "http")] {
                        spec.message(1) { entry in
                            entry.message(4) {
                                $0.integer(1, type)
                                if type == 0 { $0.integer(2, 80) } else { $0.field(3, port) }
                            }
                        }
                    }
                }
            })
        #expect(service[path: "spec", "ports"] == [["targetPort": 80], ["targetPort": "http"]])
    }

    @Test func integersMayStandInARow() throws {
        let pod = try ProtobufDecoder().decode(
            MessageWriter.body("v1", "Pod") { pod in
                pod.message(2) { spec in
                    spec.message(14) { context in
                        context.integer(4, 1)
                        context.field(4, [2, 0x80, 0x01])
                    }
                }
            })
        #expect(pod[path: "spec", "securityContext", "supplementalGroups"] == [1, 2, 128])
    }

    @Test func negativeIntegersTakeTenBytes() throws {
        let options = try ProtobufDecoder().decode(MessageWriter.body("v1", "DeleteOptions") { $0.integer(1, -1) })
        #expect(options["gracePeriodSeconds"] == -1)
    }

    @Test func anEntryWithoutAValueHasItsTypesZero() throws {
        let quota = try ProtobufDecoder().decode(
            MessageWriter.body("v1", "ResourceQuota") { quota in
                quota.message(1) { metadata in metadata.message(11) { $0.field(1, "a") } }
                quota.message(2) { spec in spec.message(1) { $0.field(1, "pods") } }
            })
        #expect(quota[path: "metadata", "labels"] == ["a": ""])
        #expect(quota[path: "spec", "hard"] == ["pods": "0"])
    }

    @Test func aSchemasVariantsBecomeTheOneThatIsThere() throws {
        let definition = try ProtobufDecoder().decode(
            MessageWriter.body("apiextensions.k8s.io/v1", "CustomResourceDefinition") { definition in
                definition.message(2) { spec in
                    spec.message(7) { version in version.message(4) { $0.message(1, Self.schema) } }
                }
            })
        #expect(
            definition[path: "spec", "versions"]?.array?.first?[path: "schema", "openAPIV3Schema"] == [
                "type": "object", "default": ["a": 1], "enum": ["x", .null],
                "items": ["type": "string"], "additionalProperties": false,
                "properties": ["p": ["additionalProperties": ["type": "integer"], "maximum": 1.5]],
                "x-kubernetes-list-map-keys": ["k"],
            ])
    }

    private static func schema(_ schema: inout MessageWriter) {
        schema.field(5, "object")
        schema.message(8) { $0.field(1, #"{"a":1}"#) }
        for value in [#""x""#, "null"] { schema.message(20) { $0.field(1, value) } }
        schema.message(24) { items in items.message(1) { $0.field(5, "string") } }
        schema.message(30) { $0.integer(1, 0) }
        schema.message(29) { entry in
            entry.field(1, "p")
            entry.message(2) { property in
                property.message(30) { variants in
                    variants.integer(1, 1)
                    variants.message(2) { $0.field(5, "integer") }
                }
                property.double(9, 1.5)
            }
        }
        schema.field(41, "k")
    }

    @Test func optionsAreTheSameInEveryGroup() throws {
        let options = try ProtobufDecoder().decode(
            MessageWriter.body("apps/v1", "DeleteOptions") { $0.field(4, "Background") })
        #expect(options["propagationPolicy"] == "Background")
    }

    @Test(arguments: [
        [], [1, 2, 3, 4], [0x6B, 0x38, 0x73, 0], [0x6B, 0x38, 0x73, 0, 0x0A, 0xFF],
        [0x6B, 0x38, 0x73, 0, 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
        [0x6B, 0x38, 0x73, 0, 0x0F],
    ])
    func whatIsNoBodyIsRefused(_ bytes: [UInt8]) {
        #expect(throws: ProtobufError.self) { try ProtobufDecoder().decode(bytes) }
    }

    @Test func changedBytesNeverCrash() {
        let body = MessageWriter.body("v1", "Pod") { pod in
            pod.message(1) { $0.field(1, "p") }
            pod.message(2) { $0.message(2) { $0.field(1, "main") } }
        }
        for position in body.indices {
            for value in [0, 1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var changed = body
                changed[position] = value
                _ = try? ProtobufDecoder().decode(changed)
            }
            _ = try? ProtobufDecoder().decode(Array(body[..<position]))
        }
    }
}
