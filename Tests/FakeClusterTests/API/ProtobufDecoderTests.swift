import KubeObjects
import Testing

@testable import FakeCluster

struct ProtobufDecoderTests {
    /// Writes messages, for tests.
    private struct Writer {
        var bytes: [UInt8] = []

        mutating func varint(_ value: UInt64) {
            var value = value
            while value >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
                value >>= 7
            }
            bytes.append(UInt8(value))
        }

        mutating func integer(_ number: UInt64, _ value: Int64) {
            varint(number << 3)
            varint(UInt64(bitPattern: value))
        }

        mutating func field(_ number: UInt64, _ content: some Collection<UInt8>) {
            varint(number << 3 | 2)
            varint(UInt64(content.count))
            bytes.append(contentsOf: content)
        }

        mutating func field(_ number: UInt64, _ content: String) { field(number, Array(content.utf8)) }

        mutating func message(_ number: UInt64, _ build: (inout Writer) -> Void) { field(number, Self.message(build)) }

        static func message(_ build: (inout Writer) -> Void) -> [UInt8] {
            var writer = Writer()
            build(&writer)
            return writer.bytes
        }

        /// A body: the magic bytes and the envelope.
        static func body(_ apiVersion: String, _ kind: String, _ build: (inout Writer) -> Void) -> [UInt8] {
            ProtobufDecoder.magic
                + message {
                    $0.message(1) {
                        $0.field(1, apiVersion)
                        $0.field(2, kind)
                    }
                    $0.field(2, message(build))
                }
        }
    }

    @Test func objectsBecomeTheirJSON() throws {
        let body = Writer.body("batch/v1", "Job") { job in
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
            Writer.body("v1", "Secret") { secret in
                secret.message(1) { metadata in metadata.message(8) { $0.integer(1, 1_767_225_600) } }
                secret.message(2) {
                    $0.field(1, "k")
                    $0.field(2, "v1")
                }
            })
        #expect(secret[path: "data", "k"] == "djE=")
        #expect(secret[path: "metadata", "creationTimestamp"] == "2026-01-01T00:00:00Z")
        let service = try ProtobufDecoder().decode(
            Writer.body("v1", "Service") { service in
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

    @Test func optionsAreTheSameInEveryGroup() throws {
        let options = try ProtobufDecoder().decode(
            Writer.body("apps/v1", "DeleteOptions") { $0.field(4, "Background") })
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
        let body = Writer.body("v1", "Pod") { pod in
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
